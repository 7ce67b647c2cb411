package io.portcullis.privilege.store.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source that keeps the login timeout it is given, which Connector/J's does not. When it is
 * closed, a pool waits that long for the connections that are being opened; those that come later
 * would be nobody's, and stay open.
 */
final class PatientDataSource implements InvocationHandler {

  private final DataSource driver;

  /** In seconds. */
  private volatile int loginTimeout;

  private PatientDataSource(DataSource driver) {
    this.driver = driver;
  }

  static DataSource of(DataSource driver) {
    return (DataSource)
        Proxy.newProxyInstance(
            PatientDataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            new PatientDataSource(driver));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "setLoginTimeout" -> {
        loginTimeout = (int) Objects.requireNonNull(arguments)[0];
        return null;
      }
      case "getLoginTimeout" -> {
        return loginTimeout;
      }
      default -> {
        try {
          return method.invoke(driver, arguments);
        } catch (InvocationTargetException e) {
          throw e.getTargetException();
        }
      }
    }
  }
}
