package io.portcullis.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.handshake.AuthSwitchRequest;
import io.portcullis.proxy.wire.handshake.HandshakeResponse41;
import io.portcullis.proxy.wire.handshake.HandshakeV10;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As much of a server as the pool needs: greeting, a login it does not check, and answers to the
 * statements below; one thread per connection. It keeps the current database over a reset, as real
 * servers do.
 */
final class FakeBackend implements AutoCloseable {

  /** How it behaves at login. */
  enum Login {
    ACCEPT,
    SWITCH_PLUGIN,
    REFUSE,
    REFUSE_BEFORE_GREETING,
    NEVER_GREET,
    CLOSE_AT_ONCE,
    SPEAK_HTTP,
    CLOSE_AFTER_RESPONSE
  }

  private static final long CAPABILITIES =
      CapabilityFlags.CLIENT_MYSQL
          | CapabilityFlags.FOUND_ROWS
          | CapabilityFlags.LONG_FLAG
          | CapabilityFlags.IGNORE_SPACE
          | CapabilityFlags.PROTOCOL_41
          | CapabilityFlags.TRANSACTIONS
          | CapabilityFlags.SECURE_CONNECTION
          | CapabilityFlags.MULTI_STATEMENTS
          | CapabilityFlags.MULTI_RESULTS
          | CapabilityFlags.PS_MULTI_RESULTS
          | CapabilityFlags.LOCAL_FILES
          | CapabilityFlags.COMPRESS
          | CapabilityFlags.PLUGIN_AUTH
          | CapabilityFlags.PLUGIN_AUTH_LENENC_CLIENT_DATA
          | CapabilityFlags.CONNECT_ATTRS;

  private final ServerSocket listener;
  private final Login login;
  private final long capabilities;
  private final AtomicInteger threadIds = new AtomicInteger(100);
  private final List<Peer> peers = new CopyOnWriteArrayList<>();

  /** Everything received after login, as {@code thread id: command}. */
  final List<String> received = new CopyOnWriteArrayList<>();

  final List<HandshakeResponse41> responses = new CopyOnWriteArrayList<>();

  /** Connections made to fail when the next command of any kind comes. */
  volatile boolean closeAtNextCommand;

  /** Whether COM_RESET_CONNECTION fails. */
  volatile boolean refuseReset;

  FakeBackend() {
    this(Login.ACCEPT, CapabilityFlags.DEPRECATE_EOF);
  }

  FakeBackend(Login login, long furtherCapabilities) {
    this.login = login;
    this.capabilities = CAPABILITIES | furtherCapabilities;
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread acceptor = new Thread(this::accept, "fake-backend");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Ends the connection with that thread id as a server does that shuts down. */
  void sayGoodbye(long threadId) {
    Peer peer = peer(threadId);
    try {
      peer.send(0, peer.err(1927, "70100", "Connection was killed"));
      peer.socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Peer peer(long threadId) {
    return peers.stream().filter(p -> p.threadId == threadId).findFirst().orElseThrow();
  }

  /** Waits until the connection with that thread id was closed by the other side. */
  void awaitClosed(long threadId) {
    try {
      peer(threadId).closed.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void accept() {
    try {
      while (!listener.isClosed()) {
        Peer peer = new Peer(listener.accept(), threadIds.incrementAndGet());
        peers.add(peer);
        Thread thread = new Thread(peer, "fake-backend-" + peer.threadId);
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException e) {
      // closed
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Peer peer : peers) {
        peer.socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Peer implements Runnable {
    final Socket socket;
    final int threadId;
    final CountDownLatch closed = new CountDownLatch(1);
    private final DataInputStream in;
    private boolean deprecateEof;
    private boolean database;
    private int sequence;

    Peer(Socket socket, int threadId) throws IOException {
      this.socket = socket;
      this.threadId = threadId;
      this.in = new DataInputStream(socket.getInputStream());
    }

    @Override
    public void run() {
      try {
        if (greet()) {
          while (command()) {}
        }
      } catch (IOException e) {
        // gone
      } finally {
        closed.countDown();
      }
    }

    private boolean greet() throws IOException {
      switch (login) {
        case NEVER_GREET -> {
          return in.read() >= 0;
        }
        case CLOSE_AT_ONCE -> {
          socket.close();
          return false;
        }
        case SPEAK_HTTP -> {
          socket
              .getOutputStream()
              .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          return in.read() >= 0;
        }
        case REFUSE_BEFORE_GREETING -> {
          send(0, err(1040, "", "Too many connections"));
          socket.close();
          return false;
        }
        case ACCEPT, SWITCH_PLUGIN, REFUSE, CLOSE_AFTER_RESPONSE -> {}
      }
      AuthData nonce = AuthData.of("12345678901234567890".getBytes(StandardCharsets.US_ASCII));
      HandshakeV10 greeting =
          new HandshakeV10(
              "8.0.99-fake", threadId, nonce, capabilities, 45, 2, "mysql_native_password");
      send(0, bytes(greeting.encode(UnpooledByteBufAllocator.DEFAULT)));
      HandshakeResponse41 response =
          HandshakeResponse41.decode(Unpooled.wrappedBuffer(read()), capabilities);
      responses.add(response);
      deprecateEof = CapabilityFlags.has(response.capabilities(), CapabilityFlags.DEPRECATE_EOF);
      if (login == Login.CLOSE_AFTER_RESPONSE) {
        socket.close();
        return false;
      }
      if (login == Login.REFUSE) {
        send(sequence + 1, err(1045, "28000", "Access denied for user 'svc'@'secret-host'"));
        socket.close();
        return false;
      }
      if (login == Login.SWITCH_PLUGIN) {
        AuthSwitchRequest request = new AuthSwitchRequest("caching_sha2_password", nonce);
        send(sequence + 1, bytes(request.encode(UnpooledByteBufAllocator.DEFAULT)));
        if (read().length != 32) {
          send(sequence + 1, err(1045, "28000", "not a SHA-256 scramble"));
          return false;
        }
        send(sequence + 1, new byte[] {1, 3});
        sequence++;
      }
      send(sequence + 1, ok());
      return true;
    }

    private boolean command() throws IOException {
      byte[] payload = read();
      String argument = new String(payload, 1, payload.length - 1, StandardCharsets.UTF_8);
      received.add(threadId + ": " + (payload[0] == 3 ? argument : code(payload[0]) + argument));
      if (closeAtNextCommand) {
        closeAtNextCommand = false;
        socket.close();
        return false;
      }
      switch (payload[0]) {
        case 0x01 -> {
          socket.close();
          return false;
        }
        case 0x02 -> {
          if (argument.equals("missing")) {
            send(1, err(1049, "42000", "Unknown database 'missing'"));
          } else {
            database = true;
            send(1, ok());
          }
        }
        case 0x1F -> send(1, refuseReset ? err(1047, "08S01", "Unknown command") : ok());
        default -> {
          return query(argument);
        }
      }
      return true;
    }

    private boolean query(String text) throws IOException {
      if (text.startsWith("SELECT @@sql_mode")) {
        row("ANSI", "utf8mb4", database ? "1" : "0");
      } else if (text.startsWith("SELECT DATABASE()")) {
        row(database ? "1" : "0");
      } else if (text.equals("HANG")) {
        return in.read() >= 0;
      } else if (text.equals("HALF")) {
        socket.getOutputStream().write(new byte[] {1, 0, 0, 1, 1, 20, 0, 0, 2, 3, 'd', 'e', 'f'});
        socket.getOutputStream().flush();
        socket.close();
        return false;
      } else if (text.startsWith("ROWS ")) {
        rows(Integer.parseInt(text.substring(5)));
      } else if (text.equals("NONSENSE")) {
        send(1, new byte[] {(byte) 0xFE});
      } else {
        database |= text.startsWith("USE ");
        send(1, ok());
      }
      return true;
    }

    private void row(String... values) throws IOException {
      ResponseBytes response =
          ResponseBytes.response(deprecateEof).columns(values.length).definitionsEnd(2);
      ByteBuf row = Unpooled.buffer();
      for (String value : values) {
        row.writeByte(value.length()).writeCharSequence(value, StandardCharsets.US_ASCII);
      }
      response.packet(bytes(row)).end(StatusFlags.AUTOCOMMIT, 0);
      socket.getOutputStream().write(response.bytes());
    }

    private void rows(int count) throws IOException {
      ResponseBytes response = ResponseBytes.response(deprecateEof).columns(1).definitionsEnd(2);
      byte[] row = ResponseBytes.filled(1000, 0xFC);
      row[1] = (byte) 997;
      row[2] = (byte) (997 >> 8);
      for (int i = 0; i < count; i++) {
        response.packet(row);
      }
      socket.getOutputStream().write(response.end(StatusFlags.AUTOCOMMIT, 0).bytes());
    }

    private byte[] ok() {
      return new byte[] {0, 0, 0, StatusFlags.AUTOCOMMIT, 0, 0, 0};
    }

    byte[] err(int errno, String sqlState, String message) {
      ByteBuf out = Unpooled.buffer().writeByte(0xFF).writeShortLE(errno);
      if (!sqlState.isEmpty()) {
        out.writeByte('#').writeCharSequence(sqlState, StandardCharsets.US_ASCII);
      }
      out.writeCharSequence(message, StandardCharsets.UTF_8);
      return bytes(out);
    }

    synchronized void send(int sequence, byte[] payload) throws IOException {
      socket.getOutputStream().write(new ResponseBytes(false, sequence).packet(payload).bytes());
    }

    private byte[] read() throws IOException {
      int length = in.readUnsignedByte() | in.readUnsignedByte() << 8 | in.readUnsignedByte() << 16;
      sequence = in.readUnsignedByte();
      byte[] payload = new byte[length];
      in.readFully(payload);
      return payload;
    }
  }

  private static String code(int code) {
    return switch (code) {
      case 0x01 -> "QUIT";
      case 0x02 -> "INIT_DB ";
      case 0x1F -> "RESET";
      default -> "COM_" + code + " ";
    };
  }

  private static byte[] bytes(ByteBuf buffer) {
    try {
      return ByteBufUtil.getBytes(buffer);
    } finally {
      buffer.release();
    }
  }
}
