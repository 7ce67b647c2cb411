package io.portcullis.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** A client that sends what it likes: packets by hand, over a plain socket. */
public final class RawClient implements AutoCloseable {

  private static final int COM_QUERY = 3;
  private static final int LONG_PASSWORD = 1;
  private static final int PROTOCOL_41 = 1 << 9;
  private static final int SECURE_CONNECTION = 1 << 15;
  private static final int PLUGIN_AUTH = 1 << 19;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private int sequence;

  public RawClient(Endpoint endpoint) throws IOException {
    socket = new Socket(endpoint.host(), endpoint.port());
    socket.setSoTimeout(30_000);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** Reads the greeting and logs in with mysql_native_password, by an auth switch if need be. */
  public RawClient login(Endpoint endpoint) throws IOException {
    byte[] greeting = packet();
    assertThat(greeting[0]).as("protocol version").isEqualTo((byte) 10);
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    int capabilities = LONG_PASSWORD | PROTOCOL_41 | SECURE_CONNECTION | PLUGIN_AUTH;
    for (int shift = 0; shift < 32; shift += 8) {
      response.write(capabilities >>> shift);
    }
    response.write(new byte[] {0, 0, 0, 1, 45});
    response.write(new byte[23]);
    response.write(endpoint.user().getBytes(StandardCharsets.UTF_8));
    response.write(0);
    byte[] scrambled = scramble(endpoint.password(), nonce(greeting));
    response.write(scrambled.length);
    response.write(scrambled);
    response.write("mysql_native_password\0".getBytes(StandardCharsets.US_ASCII));
    send(response.toByteArray());
    byte[] answer = packet();
    if (answer[0] == (byte) 0xfe) {
      int end = indexOfZero(answer, 1);
      String plugin = new String(answer, 1, end - 1, StandardCharsets.US_ASCII);
      assertThat(plugin).isEqualTo("mysql_native_password");
      send(scramble(endpoint.password(), Arrays.copyOfRange(answer, end + 1, end + 21)));
      answer = packet();
    }
    assertThat(answer[0]).as("login: %s", text(answer)).isZero();
    return this;
  }

  private static byte[] nonce(byte[] greeting) {
    int version = indexOfZero(greeting, 1);
    byte[] nonce = new byte[20];
    System.arraycopy(greeting, version + 5, nonce, 0, 8);
    System.arraycopy(greeting, version + 5 + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10, nonce, 8, 12);
    return nonce;
  }

  private static int indexOfZero(byte[] bytes, int from) {
    int at = from;
    while (bytes[at] != 0) {
      at++;
    }
    return at;
  }

  private static byte[] scramble(String password, byte[] nonce) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] once = sha1.digest(password.getBytes(StandardCharsets.UTF_8));
      byte[] twice = sha1.digest(once);
      sha1.update(nonce);
      byte[] mask = sha1.digest(twice);
      for (int i = 0; i < mask.length; i++) {
        mask[i] ^= once[i];
      }
      return mask;
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** A command: sequence numbers start again. */
  public void command(int command, String argument) throws IOException {
    sequence = 0;
    byte[] bytes = argument.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[bytes.length + 1];
    payload[0] = (byte) command;
    System.arraycopy(bytes, 0, payload, 1, bytes.length);
    send(payload);
  }

  public void send(byte[] payload) throws IOException {
    header(payload.length, sequence++);
    out.write(payload);
    out.flush();
  }

  /** A header alone: a promise of bytes that may never come. */
  public void header(int length, int number) throws IOException {
    out.write(
        new byte[] {(byte) length, (byte) (length >>> 8), (byte) (length >>> 16), (byte) number});
    out.flush();
  }

  public byte[] packet() throws IOException {
    int length = in.readUnsignedByte() | in.readUnsignedByte() << 8 | in.readUnsignedByte() << 16;
    sequence = in.readUnsignedByte() + 1;
    byte[] payload = new byte[length];
    in.readFully(payload);
    return payload;
  }

  /** The next packet, or empty when the other side closed. */
  public Optional<byte[]> packetOrEnd() throws IOException {
    try {
      return Optional.of(packet());
    } catch (EOFException | java.net.SocketException e) {
      return Optional.empty();
    }
  }

  public static boolean isError(byte[] packet) {
    return packet.length > 2 && packet[0] == (byte) 0xff;
  }

  public static int errno(byte[] packet) {
    return (packet[1] & 0xff) | (packet[2] & 0xff) << 8;
  }

  public static String text(byte[] packet) {
    return new String(packet, StandardCharsets.ISO_8859_1);
  }

  /**
   * Of the first row of a query's answer; it must have one column.
   *
   * @throws IOException when the answer is an error
   */
  public String firstValue(String query) throws IOException {
    command(COM_QUERY, query);
    byte[] columns = packet();
    if (isError(columns)) {
      throw new IOException(text(columns));
    }
    assertThat(columns).as(() -> text(columns)).isEqualTo(new byte[] {1});
    packet();
    assertThat(packet()[0]).as("end of columns").isEqualTo((byte) 0xfe);
    byte[] row = packet();
    byte[] end = packet();
    assertThat(end[0]).as(() -> text(end)).isEqualTo((byte) 0xfe);
    return new String(row, 1, row.length - 1, StandardCharsets.UTF_8);
  }

  /** Closes without a word, as a killed program does. */
  @Override
  public void close() throws IOException {
    if (!socket.isClosed()) {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
