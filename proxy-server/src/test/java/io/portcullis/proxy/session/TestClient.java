package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.proxy.auth.AuthPlugins;
import io.portcullis.proxy.auth.AuthStep;
import io.portcullis.proxy.auth.ClientAuthentication;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.WireValues;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.handshake.HandshakeResponse41;
import io.portcullis.proxy.wire.handshake.HandshakeV10;
import io.portcullis.proxy.wire.message.ErrPacket;
import io.portcullis.proxy.wire.message.OkPacket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A client's end: sends packets, and takes what comes back apart. */
final class TestClient {

  static final long CAPABILITIES =
      CapabilityFlags.LONG_PASSWORD
          | CapabilityFlags.CONNECT_WITH_DB
          | CapabilityFlags.PROTOCOL_41
          | CapabilityFlags.TRANSACTIONS
          | CapabilityFlags.SECURE_CONNECTION
          | CapabilityFlags.PLUGIN_AUTH
          | CapabilityFlags.PLUGIN_AUTH_LENENC_CLIENT_DATA
          | CapabilityFlags.MULTI_STATEMENTS
          | CapabilityFlags.MULTI_RESULTS
          | CapabilityFlags.DEPRECATE_EOF;

  static final int UTF8MB4 = 45;

  final EmbeddedChannel channel;
  private final TestGate gate;

  /** Payloads and their sequence ids, in order. */
  record Received(List<byte[]> payloads, List<Integer> sequences) {

    byte[] last() {
      return payloads.get(payloads.size() - 1);
    }

    boolean isOk() {
      return payloads.size() == 1 && (last()[0] == 0 || last()[0] == (byte) 0xfe);
    }

    int errno() {
      return error().errno();
    }

    ErrPacket error() {
      assertThat(payloads).as("packets").isNotEmpty();
      assertThat(last()[0]).as("ERR").isEqualTo((byte) 0xff);
      return ErrPacket.decode(Unpooled.wrappedBuffer(last()));
    }

    OkPacket ok() {
      assertThat(last()[0]).as("OK: " + new String(last(), StandardCharsets.UTF_8)).isZero();
      return OkPacket.decode(Unpooled.wrappedBuffer(last()), CAPABILITIES);
    }

    /** Results one after the other, as a client reads a text of several statements. */
    List<Result> results() {
      List<Result> results = new ArrayList<>();
      int next = 0;
      while (next < payloads.size()) {
        byte[] first = payloads.get(next++);
        if (first[0] == 0 || first[0] == (byte) 0xff) {
          results.add(new Result(List.of(), first));
          continue;
        }
        int columns = first[0];
        next += columns;
        List<List<@Nullable String>> rows = new ArrayList<>();
        byte[] payload = payloads.get(next++);
        while (payload[0] != (byte) 0xfe && payload[0] != (byte) 0xff) {
          rows.add(row(payload, columns));
          payload = payloads.get(next++);
        }
        results.add(new Result(rows, payload));
      }
      return results;
    }

    private static List<@Nullable String> row(byte[] payload, int columns) {
      ByteBuf in = Unpooled.wrappedBuffer(payload);
      List<@Nullable String> values = new ArrayList<>();
      for (int i = 0; i < columns; i++) {
        if (WireValues.isNull(in)) {
          in.skipBytes(1);
          values.add(null);
        } else {
          values.add(
              WireValues.readLengthEncodedString(in, 1 << 16, StandardCharsets.UTF_8, "value"));
        }
      }
      return values;
    }

    List<List<@Nullable String>> rows() {
      List<Result> results = results();
      assertThat(results).as("results").hasSize(1);
      assertThat(results.get(0).end()[0]).as("end of rows").isEqualTo((byte) 0xfe);
      return results.get(0).rows();
    }
  }

  /** Rows, if any, and the OK or ERR at their end. */
  record Result(List<List<@Nullable String>> rows, byte[] end) {

    /** Of an OK with counters of one byte each. */
    int statusFlags() {
      return (end[3] & 0xff) | (end[4] & 0xff) << 8;
    }
  }

  TestClient(TestGate gate, EmbeddedChannel channel) {
    this.gate = gate;
    this.channel = channel;
  }

  // ---- login

  /** Goes through a login to its OK or ERR. */
  Received login(
      String user, String password, Optional<String> database, int collation, long capabilities) {
    byte[] greeting = receive().last();
    if (greeting[0] == (byte) 0xff) {
      return new Received(List.of(greeting), List.of(0));
    }
    try (ClientAuthentication authentication =
        new ClientAuthentication(
            HandshakeV10.decode(Unpooled.wrappedBuffer(greeting)),
            password.getBytes(StandardCharsets.UTF_8),
            false,
            Optional.empty(),
            true,
            UnpooledByteBufAllocator.DEFAULT)) {
      ByteBuf response =
          new HandshakeResponse41(
                  capabilities,
                  1 << 24,
                  collation,
                  user,
                  authentication.initialResponse(),
                  database,
                  authentication.plugin(),
                  Map.of(),
                  OptionalInt.empty())
              .encode(UnpooledByteBufAllocator.DEFAULT);
      return authenticate(authentication, 1, response);
    }
  }

  Received authenticate(ClientAuthentication authentication, int sequence, ByteBuf first) {
    send(sequence, bytes(first));
    gate.pump();
    while (true) {
      Received received = receive();
      if (received.payloads().isEmpty()) {
        return received;
      }
      byte[] last = received.last();
      if (last[0] == 0 || last[0] == (byte) 0xff) {
        return received;
      }
      AuthStep step = authentication.next(Unpooled.wrappedBuffer(last));
      if (step instanceof AuthStep.Send send) {
        int lastSequence = received.sequences().get(received.sequences().size() - 1);
        send(PacketFraming.next(lastSequence), bytes(send.payload()));
      }
      gate.pump();
    }
  }

  /** COM_CHANGE_USER. */
  Received changeUser(String user, String password) {
    ByteBuf packet = Unpooled.buffer();
    packet.writeByte(CommandByte.CHANGE_USER.code());
    packet.writeCharSequence(user + "\0", StandardCharsets.UTF_8);
    packet.writeByte(0);
    packet.writeByte(0);
    packet.writeShortLE(UTF8MB4);
    packet.writeCharSequence("\0", StandardCharsets.UTF_8);
    HandshakeV10 unused =
        new HandshakeV10(
            "8",
            1,
            AuthData.of(new byte[20]),
            CAPABILITIES,
            UTF8MB4,
            0,
            AuthPlugins.CACHING_SHA2_PASSWORD);
    try (ClientAuthentication authentication =
        new ClientAuthentication(
            unused,
            password.getBytes(StandardCharsets.UTF_8),
            false,
            Optional.empty(),
            true,
            UnpooledByteBufAllocator.DEFAULT)) {
      return authenticate(authentication, 0, packet);
    }
  }

  private static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    buffer.release();
    return bytes;
  }

  // ---- commands

  Received query(String sql) {
    return command(CommandByte.QUERY, sql);
  }

  Received command(CommandByte command, String argument) {
    return command(command, argument.getBytes(StandardCharsets.UTF_8));
  }

  Received command(CommandByte command, byte... argument) {
    begin(command, argument);
    return receive();
  }

  /** Sends without looking at the answer. */
  void begin(CommandByte command, byte... argument) {
    byte[] payload = new byte[argument.length + 1];
    payload[0] = (byte) command.code();
    System.arraycopy(argument, 0, payload, 1, argument.length);
    send(0, payload);
    gate.pump();
  }

  void begin(String sql) {
    begin(CommandByte.QUERY, sql.getBytes(StandardCharsets.UTF_8));
  }

  Received statement(CommandByte command, int id) {
    return switch (command) {
      case STMT_EXECUTE -> command(command, bytes(id, 0, 1, 0, 0, 0));
      case STMT_FETCH -> command(command, bytes(id, 10, 0, 0, 0));
      case STMT_SEND_LONG_DATA -> command(command, bytes(id, 0, 0, 'x'));
      default -> command(command, bytes(id));
    };
  }

  private static byte[] bytes(int id, int... rest) {
    byte[] bytes = new byte[4 + rest.length];
    for (int i = 0; i < 4; i++) {
      bytes[i] = (byte) (id >> (8 * i));
    }
    for (int i = 0; i < rest.length; i++) {
      bytes[4 + i] = (byte) rest[i];
    }
    return bytes;
  }

  /** One packet; the buffer it is sent in. */
  ByteBuf send(int sequence, byte[] payload) {
    ByteBuf framed = gate.buffers.allocator().heapBuffer(payload.length + 4);
    framed.writeMediumLE(payload.length).writeByte(sequence).writeBytes(payload);
    channel.writeInbound(framed);
    return framed;
  }

  /** All packets that came since the last call. */
  Received receive() {
    List<byte[]> payloads = new ArrayList<>();
    List<Integer> sequences = new ArrayList<>();
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
      all.writeBytes(bytes);
      bytes.release();
    }
    while (all.isReadable()) {
      byte[] payload = new byte[all.readUnsignedMediumLE()];
      sequences.add((int) all.readUnsignedByte());
      all.readBytes(payload);
      payloads.add(payload);
    }
    return new Received(payloads, sequences);
  }

  boolean isClosed() {
    return !channel.isOpen();
  }

  /** The client's network is gone. */
  void disconnect() {
    channel.close();
    gate.pump();
  }

  void writable(boolean writable) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
    channel.runPendingTasks();
  }
}
