package io.portcullis.proxy.backend;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.portcullis.proxy.session.BackendIdentity;
import io.portcullis.proxy.wire.EventLoops;
import io.portcullis.proxy.wire.PacketDecoder;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections over TCP and logs in by {@link LoginHandler}. Host names are looked up away
 * from the event loop; their addresses are tried in turn. Thread safe.
 */
final class LoginConnector implements Connector {
  private static final Logger LOG = LoggerFactory.getLogger(LoginConnector.class);
  private static final int LOGIN_LIMIT = 64 * 1024;

  private final BackendServer server;
  private final BackendLogins logins;
  private final Executor blocking;

  /**
   * Logged once, not for every session that meets it; gone when the next login succeeds. A user's
   * own login, which may be wrong for him alone, has an entry of its own.
   */
  private final Map<BackendIdentity, String> failures = new ConcurrentHashMap<>();

  LoginConnector(BackendServer server, BackendLogins logins, Executor blocking) {
    this.server = server;
    this.logins = logins;
    this.blocking = blocking;
  }

  @Override
  public String address() {
    return server.address();
  }

  @Override
  public void connect(
      EventLoop loop, PoolKey key, BackendChannel.CloseListener closeListener, Listener listener) {
    Optional<BackendLogins.Login> login = logins.of(key.identity());
    if (login.isEmpty()) {
      loop.execute(
          () ->
              listener.failed(
                  ErrorCode.ER_CONNECT_TO_FOREIGN_DATA_SOURCE.error(
                      address(), "the gate has no login there for this account")));
      return;
    }
    Attempt attempt = new Attempt(loop, key, login.get(), closeListener, listener);
    loop.schedule(attempt::timedOut, server.connectTimeout().toNanos(), TimeUnit.NANOSECONDS);
    lookUp(loop, attempt::tryNext, attempt::failed);
  }

  private void lookUp(
      EventLoop loop, Consumer<Iterator<InetAddress>> found, Consumer<String> failed) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(server.host());
    if (literal != null) {
      try {
        found.accept(List.of(InetAddress.getByAddress(literal)).iterator());
      } catch (UnknownHostException e) {
        throw new AssertionError("an address literal of " + literal.length + " bytes", e);
      }
      return;
    }
    try {
      blocking.execute(
          () -> {
            try {
              List<InetAddress> all = Arrays.asList(InetAddress.getAllByName(server.host()));
              loop.execute(() -> found.accept(all.iterator()));
            } catch (UnknownHostException e) {
              loop.execute(() -> failed.accept("unknown host"));
            }
          });
    } catch (RejectedExecutionException e) {
      failed.accept("too many name look-ups are waiting");
    }
  }

  /** One connection being opened; confined to the loop. */
  private final class Attempt implements LoginHandler.Listener {
    private final EventLoop loop;
    private final PoolKey key;
    private final BackendLogins.Login login;
    private final BackendChannel.CloseListener closeListener;
    private final Listener listener;
    private final AtomicReference<Channel> channel = new AtomicReference<>();
    private boolean over;

    Attempt(
        EventLoop loop,
        PoolKey key,
        BackendLogins.Login login,
        BackendChannel.CloseListener closeListener,
        Listener listener) {
      this.loop = loop;
      this.key = key;
      this.login = login;
      this.closeListener = closeListener;
      this.listener = listener;
    }

    void tryNext(Iterator<InetAddress> addresses) {
      if (over) {
        return;
      }
      ChannelFuture opening =
          new Bootstrap()
              .group(loop)
              .channel(EventLoops.socketChannel(loop))
              .option(ChannelOption.TCP_NODELAY, true)
              .option(ChannelOption.SO_KEEPALIVE, true)
              .option(
                  ChannelOption.CONNECT_TIMEOUT_MILLIS,
                  (int) Math.min(server.connectTimeout().toMillis() + 1, Integer.MAX_VALUE))
              .handler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel opened) {
                      PacketDecoder decoder = new PacketDecoder(LOGIN_LIMIT, 0);
                      opened
                          .pipeline()
                          .addLast(
                              decoder,
                              new LoginHandler(
                                  server, login, key, decoder, closeListener, Attempt.this));
                    }
                  })
              .connect(new InetSocketAddress(addresses.next(), server.port()));
      channel.set(opening.channel());
      opening.addListener(
          done -> {
            if (!done.isSuccess()) {
              if (addresses.hasNext()) {
                tryNext(addresses);
              } else {
                failed(reason(done.cause()));
              }
            }
          });
    }

    private String reason(Throwable cause) {
      if (cause instanceof ConnectTimeoutException) {
        return noLogin();
      }
      if (cause instanceof ConnectException) {
        return "connection refused";
      }
      String message = cause.getMessage();
      return message == null ? cause.getClass().getSimpleName() : message;
    }

    private String noLogin() {
      return "no login within " + server.connectTimeout().toMillis() + " ms";
    }

    void timedOut() {
      if (!over) {
        failed(noLogin());
        Channel opened = channel.get();
        if (opened != null) {
          opened.close();
        }
      }
    }

    @Override
    public void loggedIn(BackendChannel loggedIn) {
      if (over) {
        loggedIn.close();
        return;
      }
      over = true;
      if (failures.remove(concerned()) != null) {
        LOG.atInfo().addKeyValue("backend", address()).log("backend answers again");
      }
      listener.connected(loggedIn);
    }

    private BackendIdentity concerned() {
      return key.identity() instanceof BackendIdentity.OfUser own
          ? own
          : BackendIdentity.CONFIGURED;
    }

    void failed(String reason) {
      failed(reason, reason);
    }

    @Override
    public void failed(String reason, String detail) {
      if (over) {
        return;
      }
      over = true;
      if (!detail.equals(failures.put(concerned(), detail))) {
        LOG.atWarn()
            .addKeyValue("backend", address())
            .addKeyValue("cause", detail)
            .log("no connection to the backend");
      }
      SqlError error = ErrorCode.ER_CONNECT_TO_FOREIGN_DATA_SOURCE.error(address(), reason);
      listener.failed(error);
    }
  }
}
