package io.portcullis.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP relay that can be cut and mended: a network, or a server, that goes away, for backends that
 * tests cannot stop. Or a load balancer, that says something before the client does.
 */
public final class Relay implements AutoCloseable {

  private final Endpoint target;
  private final byte[] header;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile ServerSocket listener;

  public Relay(Endpoint target) {
    this(target, new byte[0]);
  }

  /**
   * @param header what is sent to the target first, in every connection
   */
  public Relay(Endpoint target, byte[] header) {
    this.target = target;
    this.header = header.clone();
    this.listener = listen(0);
    this.port = listener.getLocalPort();
    accept(listener);
  }

  public Endpoint endpoint() {
    return new Endpoint("relay", "127.0.0.1", port, target.user(), target.password());
  }

  /** Closes every connection and refuses new ones. */
  public void cut() {
    close(listener);
    for (Socket socket : open) {
      close(socket);
    }
    open.clear();
  }

  /** Closes every connection and keeps accepting. */
  public void drop() {
    for (Socket socket : open) {
      close(socket);
    }
    open.clear();
  }

  /** The port is free a moment after {@link #cut}: when the thread that accepts has noticed. */
  public void mend() throws Exception {
    Await.until(
        "port " + port + " is free",
        () -> {
          try {
            listener = listen(port);
            return true;
          } catch (UncheckedIOException taken) {
            return false;
          }
        });
    accept(listener);
  }

  /**
   * Port 0: one below those that outgoing connections take, so that it can be listened on again.
   */
  private static ServerSocket listen(int port) {
    if (port == 0) {
      for (int candidate = 21_000; candidate < 29_000; candidate++) {
        try {
          return listen(candidate);
        } catch (UncheckedIOException taken) {
          continue;
        }
      }
    }
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new java.net.InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket on) {
    daemon(
        () -> {
          while (!on.isClosed()) {
            Socket front = on.accept();
            try {
              join(front);
            } catch (IOException e) {
              // The target is down, or the relay was dropped meanwhile: this connection's end only.
              front.close();
            }
          }
        });
  }

  private void join(Socket front) throws IOException {
    open.add(front);
    front.setTcpNoDelay(true);
    Socket back = new Socket(target.host(), target.port());
    open.add(back);
    back.setTcpNoDelay(true);
    back.getOutputStream().write(header);
    daemon(() -> copy(front, back));
    daemon(() -> copy(back, front));
  }

  private void copy(Socket from, Socket to) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private static void daemon(Body body) {
    Thread thread =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (IOException e) {
                // A closed socket is how a relay's work ends.
                Thread.yield();
              }
            },
            "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    cut();
  }

  private interface Body {
    void run() throws IOException;
  }
}
