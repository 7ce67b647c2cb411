package io.portcullis.it.harness;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/** Starts one backend for the whole run, hands it to tests, and stops it at the end. */
public final class BackendExtension
    implements ExecutionCondition, BeforeAllCallback, ParameterResolver {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(BackendExtension.class);

  /** Before anything of a test class is made: a skip of later is a failure to JUnit. */
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return shared(context)
        .skipped()
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("there is a backend"));
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    backend(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestBackend.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return backend(context);
  }

  private static TestBackend backend(ExtensionContext context) {
    return shared(context).backend();
  }

  private static Shared shared(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(Shared.class, key -> Shared.start(), Shared.class);
  }

  /** The backend, or why there is none: a skip must be said by every class, not only the first. */
  private record Shared(Object backendOrSkip) implements AutoCloseable {

    static Shared start() {
      try {
        return new Shared(
            TestBackend.start(System.getProperty("portcullis.it.backend", "embedded")));
      } catch (TestAbortedException skipped) {
        return new Shared(String.valueOf(skipped.getMessage()));
      }
    }

    Optional<String> skipped() {
      return backendOrSkip instanceof String reason ? Optional.of(reason) : Optional.empty();
    }

    TestBackend backend() {
      if (backendOrSkip instanceof TestBackend backend) {
        return backend;
      }
      return Assumptions.abort(backendOrSkip.toString());
    }

    @Override
    public void close() {
      if (backendOrSkip instanceof TestBackend backend) {
        backend.close();
      }
    }
  }
}
