package io.portcullis.proxy.wire.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.Packet;
import io.portcullis.proxy.wire.PacketDecoder;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.TrackedBuffers;
import io.portcullis.sql.text.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
  private static final long CLASSIC = CapabilityFlags.PROTOCOL_41;
  private static final long TRACKING = CLASSIC | CapabilityFlags.SESSION_TRACK;
  private static final long DEPRECATE_EOF = CLASSIC | CapabilityFlags.DEPRECATE_EOF;

  private final TrackedBuffers buffers = new TrackedBuffers();

  @AfterEach
  void nothingIsLeft() {
    buffers.assertNothingLeaked();
  }

  private String hex(ByteBuf buffer) {
    return HexFormat.of().formatHex(TrackedBuffers.bytes(buffer));
  }

  /** The example of the protocol manual. */
  @Test
  void okIsTheManuals() {
    assertThat(hex(OkPacket.of(StatusFlags.AUTOCOMMIT).encode(buffers.allocator(), CLASSIC)))
        .isEqualTo("00000002000000");
  }

  @Test
  void okRoundTripsWithAndWithoutTracking() {
    OkPacket ok =
        new OkPacket(
            300,
            70_000,
            StatusFlags.AUTOCOMMIT | StatusFlags.SESSION_STATE_CHANGED,
            3,
            "Rows matched: 1",
            List.of(
                SessionChange.schema("shop"),
                SessionChange.systemVariable("sql_mode", "ANSI_QUOTES"),
                new SessionChange(SessionChange.STATE_CHANGE, "", "1")));
    ByteBuf tracked = ok.encode(buffers.allocator(), TRACKING);
    ByteBuf classic = ok.encode(buffers.allocator(), CLASSIC);

    assertThat(OkPacket.decode(tracked, TRACKING)).isEqualTo(ok);
    assertThat(OkPacket.decode(classic, CLASSIC))
        .isEqualTo(
            new OkPacket(300, 70_000, StatusFlags.AUTOCOMMIT, 3, "Rows matched: 1", List.of()));
    tracked.release();
    classic.release();
  }

  @Test
  void okWithoutInfoRoundTripsWithTracking() {
    OkPacket ok = OkPacket.of(2);
    ByteBuf payload = ok.encode(buffers.allocator(), TRACKING);

    assertThat(OkPacket.decode(payload, TRACKING)).isEqualTo(ok);
    payload.release();
  }

  @Test
  void severalVariablesInOneChangeAndUnknownTypesAreRead() {
    ByteBuf payload =
        buffers.hex(
            "00 00 00 0240 0000 00" + "11" + "000801610131016201 32" + "0601 00" + "010201 78");

    assertThat(OkPacket.decode(payload, TRACKING).changes())
        .containsExactly(
            SessionChange.systemVariable("a", "1"),
            SessionChange.systemVariable("b", "2"),
            SessionChange.schema("x"));
    payload.release();
  }

  /** The example of the protocol manual: No tables used. */
  @Test
  void errIsTheManuals() {
    ErrPacket error = new ErrPacket(1096, "HY000", "No tables used");

    String expected =
        "ff4804234859303030"
            + HexFormat.of().formatHex("No tables used".getBytes(StandardCharsets.UTF_8));
    assertThat(hex(error.encode(buffers.allocator(), CLASSIC))).isEqualTo(expected);
    ByteBuf payload = buffers.hex(expected);
    assertThat(ErrPacket.decode(payload)).isEqualTo(error);
    payload.release();
  }

  @Test
  void errBeforeTheCapabilitiesHasNoState() {
    ErrPacket error = ErrPacket.of(ErrorCode.ER_CON_COUNT_ERROR.error());
    ByteBuf payload = error.encode(buffers.allocator(), 0);

    assertThat(ErrPacket.decode(payload))
        .isEqualTo(new ErrPacket(1040, "HY000", "Too many connections"));
    payload.release();
  }

  @Test
  void longErrorTextIsCutBetweenCharacters() {
    ByteBuf payload =
        new ErrPacket(1105, "HY000", "x" + "é".repeat(3000)).encode(buffers.allocator(), CLASSIC);

    String message = ErrPacket.decode(payload).message();
    assertThat(message).hasSize(1 + 1023).endsWith("é").doesNotContain("\ufffd");
    payload.release();
  }

  @Test
  void eofIsShorterThanARowOfItsFirstByte() {
    ByteBuf eof = new EofPacket(1, 2).encode(buffers.allocator());
    ByteBuf row = buffers.hex("fe 0100000000000000 61");

    assertThat(EofPacket.matches(eof)).isTrue();
    assertThat(EofPacket.matches(row)).isFalse();
    assertThat(EofPacket.decode(eof)).isEqualTo(new EofPacket(1, 2));
    eof.release();
    row.release();
  }

  private List<ByteBuf> payloads(ByteBuf framed, int first) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(buffers.allocator());
    channel.pipeline().addLast(new PacketDecoder(1 << 25, first));
    channel.writeInbound(framed);
    List<ByteBuf> payloads = new ArrayList<>();
    for (Packet packet = channel.readInbound(); packet != null; packet = channel.readInbound()) {
      payloads.add(packet.payload().copy());
      packet.release();
    }
    assertThat(channel.finish()).isFalse();
    return payloads;
  }

  private static final List<ColumnDefinition41> COLUMNS =
      List.of(ColumnDefinition41.varchar("Name"), ColumnDefinition41.bigint("n"));

  private static final List<List<@Nullable String>> ROWS =
      List.of(Arrays.asList("é", "12"), Arrays.asList(null, "-3"), Arrays.asList("", null));

  private Optional<QueryResult> collect(ByteBuf framed, long capabilities, int first) {
    QueryResultDecoder decoder = new QueryResultDecoder(capabilities, 10_000);
    Optional<QueryResult> result = Optional.empty();
    for (ByteBuf payload : payloads(framed, first)) {
      assertThat(result).isEmpty();
      result = decoder.accept(payload);
      payload.release();
    }
    return result;
  }

  @Test
  void textResultSetRoundTripsUnderEachCapability() {
    for (long capabilities :
        new long[] {
          CLASSIC,
          DEPRECATE_EOF,
          DEPRECATE_EOF | CapabilityFlags.SESSION_TRACK,
          CLASSIC | CapabilityFlags.OPTIONAL_RESULTSET_METADATA,
          DEPRECATE_EOF | CapabilityFlags.MARIADB_CACHE_METADATA,
          DEPRECATE_EOF | CapabilityFlags.MARIADB_EXTENDED_METADATA
        }) {
      ByteBuf framed = TextResultSet.write(buffers.allocator(), COLUMNS, ROWS, capabilities, 2, 5);

      assertThat(collect(framed, capabilities, 5)).contains(new QueryResult.Rows(COLUMNS, ROWS, 2));
    }
  }

  @Test
  void textResultSetIsTheseBytes() {
    ByteBuf framed =
        TextResultSet.write(
            buffers.allocator(),
            List.of(ColumnDefinition41.varchar("a")),
            List.of(List.of("1")),
            CLASSIC,
            2,
            1);

    assertThat(PacketFraming.sequenceAfter(framed)).isEqualTo(6);
    assertThat(hex(framed))
        .isEqualTo(
            "0100000101"
                + "17000002036465660000000161000c2d0000040000fd0000000000"
                + "05000003fe00000200"
                + "020000040131"
                + "05000005fe00000200");
  }

  @Test
  void emptyResultSetHasItsColumns() {
    ByteBuf framed =
        TextResultSet.write(buffers.allocator(), COLUMNS, List.of(), DEPRECATE_EOF, 2, 1);

    assertThat(collect(framed, DEPRECATE_EOF, 1))
        .contains(new QueryResult.Rows(COLUMNS, List.of(), 2));
  }

  @Test
  void raggedRowsAreRefusedAndLeakNothing() {
    assertThatThrownBy(
            () ->
                TextResultSet.write(
                    buffers.allocator(), COLUMNS, List.of(List.of("1")), CLASSIC, 2, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rowOf16MiBIsSplit() {
    String value = "x".repeat(PacketFraming.MAX_FRAME_PAYLOAD);
    List<ByteBuf> payloads =
        payloads(
            TextResultSet.write(
                buffers.allocator(),
                List.of(ColumnDefinition41.varchar("a")),
                List.of(List.of(value)),
                DEPRECATE_EOF,
                2,
                1),
            1);

    assertThat(payloads).hasSize(4);
    assertThat(payloads.get(2).readableBytes()).isEqualTo(value.length() + 4);
    payloads.forEach(ByteBuf::release);
  }

  @Test
  void prepareResponseListsParametersThenColumns() {
    for (long capabilities : new long[] {CLASSIC, DEPRECATE_EOF}) {
      List<ByteBuf> payloads =
          payloads(
              PrepareOk.writeResponse(
                  buffers.allocator(),
                  9,
                  List.of(ColumnDefinition41.parameter()),
                  COLUMNS,
                  capabilities,
                  2,
                  1),
              1);

      assertThat(payloads).hasSize(capabilities == CLASSIC ? 6 : 4);
      assertThat(PrepareOk.decode(payloads.get(0))).isEqualTo(new PrepareOk(9, 2, 1, 0));
      payloads.forEach(ByteBuf::release);
    }
    ByteBuf none =
        PrepareOk.writeResponse(buffers.allocator(), 9, List.of(), List.of(), CLASSIC, 2, 1);
    assertThat(hex(none)).isEqualTo("0c000001" + "000900000000000000000000");
  }

  @Test
  void columnRoundTrips() {
    ColumnDefinition41 column =
        new ColumnDefinition41("s", "t", "ot", "n", "on", 255, 0xffff_ffffL, 253, 0x1021, 31);
    for (long capabilities :
        new long[] {CLASSIC, CLASSIC | CapabilityFlags.MARIADB_EXTENDED_METADATA}) {
      ByteBuf payload = column.encode(buffers.allocator(), capabilities);
      assertThat(ColumnDefinition41.decode(payload, capabilities)).isEqualTo(column);
      payload.release();
    }
  }

  @Test
  void okAndErrorAnswersAreCollected() {
    QueryResultDecoder first = new QueryResultDecoder(CLASSIC, 1000);
    ByteBuf ok = OkPacket.of(2).encode(buffers.allocator(), CLASSIC);
    assertThat(first.accept(ok)).contains(new QueryResult.Ok(OkPacket.of(2)));
    assertThatThrownBy(() -> first.accept(ok.readerIndex(0))).isInstanceOf(ProtocolException.class);
    ok.release();

    ErrPacket error = new ErrPacket(1064, "42000", "no");
    ByteBuf payload = error.encode(buffers.allocator(), CLASSIC);
    assertThat(new QueryResultDecoder(CLASSIC, 1000).accept(payload))
        .contains(new QueryResult.Error(error));
    payload.release();
  }

  @Test
  void answersOverTheBoundLocalInfileAndMoreResultsAreRefused() {
    assertThatThrownBy(
            () -> collectInto(new QueryResultDecoder(CLASSIC, 20), buffers.hex("00".repeat(21))))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(
            () -> collectInto(new QueryResultDecoder(CLASSIC, 100), buffers.hex("fb2f61")))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(
            () ->
                collectInto(
                    new QueryResultDecoder(CLASSIC, 100), buffers.hex("00 00 00 0a00 0000")))
        .isInstanceOf(ProtocolException.class);
  }

  private static void collectInto(QueryResultDecoder decoder, ByteBuf payload) {
    try {
      decoder.accept(payload);
    } finally {
      payload.release();
    }
  }
}
