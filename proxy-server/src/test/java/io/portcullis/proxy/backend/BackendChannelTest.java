package io.portcullis.proxy.backend;

import static io.portcullis.proxy.backend.ResponseBytes.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.proxy.session.BackendIdentity;
import io.portcullis.proxy.session.CommandShape;
import io.portcullis.proxy.session.ResponseEdit;
import io.portcullis.proxy.session.ResponseEnd;
import io.portcullis.proxy.session.ResponseSink;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.CompressedConnection;
import io.portcullis.proxy.wire.CompressionAlgorithm;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.command.QueryAttributes;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BackendChannelTest {
  private static final byte[] COMMAND = {1, 0, 0, 0, 0x0E};

  private final List<String> events = new ArrayList<>();
  private final List<ByteBuf> received = new ArrayList<>();

  /** What sinks are given, as hexadecimal. */
  private StringBuilder relay = new StringBuilder();

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final BackendChannel backend =
      new BackendChannel(
          channel,
          7,
          CapabilityFlags.DEPRECATE_EOF,
          new PoolKey(BackendIdentity.CONFIGURED, 0),
          null,
          closed -> events.add("closed"));

  BackendChannelTest() {
    channel.pipeline().addLast(backend);
  }

  @AfterEach
  void nothingLeaks() {
    channel.finishAndReleaseAll();
    assertThat(received).allMatch(buffer -> buffer.refCnt() == 0);
  }

  @Test
  void chunksEndAndFlushComeInThatOrder() {
    execute("a", CommandShape.QUERY);
    receive(response(true).ok(StatusFlags.AUTOCOMMIT, 0, "").bytes());
    assertThat(events).containsExactly("a chunk 16", "a end 0", "a flush");
  }

  @Test
  void responseIsFlushedWhenNothingMoreWasReceivedForNow() {
    execute("a", CommandShape.QUERY);
    byte[] bytes = response(true).columns(1).bytes();
    receive(bytes);
    assertThat(events).containsExactly("a chunk " + bytes.length, "a flush");
  }

  @Test
  void pipelinedResponsesGoToTheSinksOfTheirCommands() {
    execute("a", CommandShape.SINGLE);
    execute("b", CommandShape.QUERY);
    execute("c", CommandShape.SINGLE);
    ByteBuf all =
        Unpooled.wrappedBuffer(
            response(true).err(1049, "no").bytes(),
            response(true).columns(1).end(StatusFlags.AUTOCOMMIT, 0).bytes(),
            response(true).ok(StatusFlags.AUTOCOMMIT, 0, "").bytes());
    receive(ByteBufUtil.getBytes(all));
    assertThat(events)
        .filteredOn(e -> e.contains("end"))
        .containsExactly("a end 1049", "b end 0", "c end 0");
    assertThat(events).filteredOn(e -> e.contains("chunk")).hasSize(3);
  }

  @Test
  void commandWithoutResponseEndsBeforeExecuteReturns() {
    execute("a", CommandShape.NONE);
    assertThat(events).containsExactly("a end 0");
    assertThat(backend.idle()).isTrue();
  }

  @Test
  void textsAreSentWithTheirAttributesWhereTheServerTakesThem() {
    byte[] query = {9, 0, 0, 0, 0x03, 'S', 'E', 'L', 'E', 'C', 'T', ' ', '1'};
    EmbeddedChannel taking = new EmbeddedChannel();
    BackendChannel there =
        new BackendChannel(
            taking,
            7,
            CapabilityFlags.DEPRECATE_EOF | CapabilityFlags.QUERY_ATTRIBUTES,
            new PoolKey(BackendIdentity.CONFIGURED, 0),
            null,
            closed -> {});
    taking.pipeline().addLast(there);
    there.execute(
        Unpooled.copiedBuffer(query), CommandShape.QUERY, ResponseEdit.NONE, new Recorder("q"));
    assertThat(sent(taking))
        .isEqualTo(new byte[] {11, 0, 0, 0, 0x03, 0, 1, 'S', 'E', 'L', 'E', 'C', 'T', ' ', '1'});
    there.execute(
        Unpooled.copiedBuffer(COMMAND), CommandShape.SINGLE, ResponseEdit.NONE, new Recorder("p"));
    assertThat(sent(taking)).isEqualTo(COMMAND);
    there.attributes(
        QueryAttributes.read(
            Unpooled.wrappedBuffer(new byte[] {0x03, 1, 1, 0, 1, 1, 0, 1, 'n', 7, 'X'})));
    there.execute(
        Unpooled.copiedBuffer(query), CommandShape.QUERY, ResponseEdit.NONE, new Recorder("q"));
    assertThat(sent(taking))
        .startsWith(18, 0, 0, 0, 0x03, 1, 1, 0, 1, 1, 0, 1, 'n', 7, 'S')
        .hasSize(22);
    taking.finishAndReleaseAll();

    backend.execute(
        Unpooled.copiedBuffer(query), CommandShape.QUERY, ResponseEdit.NONE, new Recorder("q"));
    assertThat(sent()).isEqualTo(query);
  }

  /** A server numbers packets inside of compressed ones as it happens to compress them. */
  @Test
  void packetsOfACompressedConnectionAreNumberedAnew() {
    EmbeddedChannel client = new EmbeddedChannel();
    CompressedConnection compression = new CompressedConnection(CompressionAlgorithm.ZLIB);
    BackendChannel there =
        new BackendChannel(
            client,
            7,
            CapabilityFlags.DEPRECATE_EOF,
            new PoolKey(BackendIdentity.CONFIGURED, 0),
            compression,
            closed -> {});
    client.pipeline().addLast(compression, there);
    byte[] command = {1, 0, 0, 0, 0x0E};
    for (int i = 0; i < 2; i++) {
      there.execute(
          Unpooled.copiedBuffer(command), CommandShape.QUERY, ResponseEdit.NONE, new Recorder("q"));
      // Length 5, from 0 on, not compressed.
      assertThat(sent(client)).isEqualTo(new byte[] {5, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x0E});
      byte[] response =
          response(true)
              .columns(1)
              .ints(1, 'a')
              .ints(1, 'b')
              .end(StatusFlags.AUTOCOMMIT, 0)
              .bytes();
      byte[] numbered = response.clone();
      int number = 77;
      for (int at = 0; at < numbered.length; at += 4 + numbered[at]) {
        numbered[at + 3] = (byte) number++;
      }
      StringBuilder relayed = new StringBuilder();
      relay = relayed;
      byte[] first = compressed(1, numbered, 0, 20);
      byte[] second = compressed(2, numbered, 20, numbered.length);
      client.writeInbound(Unpooled.copiedBuffer(Arrays.copyOf(first, 5)));
      client.writeInbound(
          Unpooled.wrappedBuffer(
              Arrays.copyOfRange(first, 5, first.length), Arrays.copyOf(second, 9)));
      client.writeInbound(Unpooled.copiedBuffer(Arrays.copyOfRange(second, 9, second.length)));
      assertThat(relayed.toString()).isEqualTo(ByteBufUtil.hexDump(response));
      assertThat(there.idle()).isTrue();
    }
    client.finishAndReleaseAll();
  }

  private static byte[] compressed(int sequence, byte[] plain, int from, int to) {
    Deflater deflater = new Deflater();
    deflater.setInput(plain, from, to - from);
    deflater.finish();
    byte[] out = new byte[plain.length + 64];
    int length = deflater.deflate(out);
    deflater.end();
    return ByteBufUtil.getBytes(
        Unpooled.buffer()
            .writeMediumLE(length)
            .writeByte(sequence)
            .writeMediumLE(to - from)
            .writeBytes(out, 0, length));
  }

  @Test
  void localInfileIsAnsweredWithAnEmptyPacket() {
    execute("a", CommandShape.QUERY);
    sent();
    receive(response(true).ints(0xFB, 'f').bytes());
    assertThat(sent()).isEqualTo(new byte[] {0, 0, 0, 2});
    receive(new ResponseBytes(true, 3).err(1148, "no").bytes());
    assertThat(events).contains("a end 1148");
  }

  @Test
  void lossFailsEveryOutstandingCommandOnce() {
    execute("a", CommandShape.QUERY);
    execute("b", CommandShape.QUERY);
    receive(new byte[] {1, 0});
    channel.close();
    channel.runPendingTasks();
    assertThat(events)
        .containsExactly("closed", "a failed CR_SERVER_LOST", "b failed CR_SERVER_LOST");
  }

  @Test
  void reasonOfALossIsTold() {
    execute("a", CommandShape.QUERY);
    channel.pipeline().fireExceptionCaught(new IOException("Connection reset"));
    channel.runPendingTasks();
    assertThat(events).contains("a failed CR_SERVER_LOST");
    assertThat(backend.active()).isFalse();
  }

  @Test
  void commandOnALostConnectionFailsAfterExecuteReturned() {
    channel.close();
    channel.runPendingTasks();
    ByteBuf command = Unpooled.copiedBuffer(COMMAND);
    backend.write(command, CommandShape.QUERY, ResponseEdit.NONE, new Recorder("a"));
    assertThat(events).containsExactly("closed");
    channel.runPendingTasks();
    assertThat(events).containsExactly("closed", "a failed CR_SERVER_GONE_ERROR");
    assertThat(command.refCnt()).isZero();
  }

  @Test
  void abandonedSinkHearsNothingMore() {
    execute("a", CommandShape.QUERY);
    receive(response(true).columns(1).bytes());
    events.clear();
    backend.abandon();
    receive(new ResponseBytes(true, 3).ints(1, 'a').bytes());
    backend.close();
    channel.runPendingTasks();
    assertThat(events).containsExactly("closed");
  }

  @Test
  void bytesNobodyAskedForEndTheConnection() {
    receive(response(true).ok(0, 0, "").bytes());
    channel.runPendingTasks();
    assertThat(events).containsExactly("closed");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void bytesBehindAResponseEndTheConnectionAfterIt() {
    execute("a", CommandShape.SINGLE);
    byte[] ok = response(true).ok(0, 0, "").bytes();
    receive(ByteBufUtil.getBytes(Unpooled.wrappedBuffer(ok, ok)));
    channel.runPendingTasks();
    assertThat(events).contains("a end 0", "closed");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void sinkThatFailsAtTheEndIsToldAndTheConnectionEnds() {
    backend.execute(
        Unpooled.copiedBuffer(COMMAND),
        CommandShape.SINGLE,
        ResponseEdit.NONE,
        new Recorder("a") {
          @Override
          public void onEnd(ResponseEnd end) {
            throw new IllegalStateException("bug");
          }
        });
    receive(response(true).ok(0, 0, "").bytes());
    channel.runPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(events).contains("a failed CR_SERVER_LOST");
  }

  @Test
  void writabilityIsToldToTheSinkOfTheRunningCommand() {
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
    execute("a", CommandShape.QUERY);
    channel.runPendingTasks();
    assertThat(events).contains("a writable false", "a writable true");
  }

  @Test
  void pauseAndResumeAreAutoRead() {
    backend.pause();
    assertThat(channel.config().isAutoRead()).isFalse();
    backend.resume();
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void idleConnectionSaysGoodbyeBeforeItCloses() {
    backend.close();
    assertThat(sent()).isEqualTo(new byte[] {1, 0, 0, 0, 1});
    channel.runPendingTasks();
    assertThat(channel.isOpen()).isFalse();
  }

  private void execute(String name, CommandShape shape) {
    backend.execute(Unpooled.copiedBuffer(COMMAND), shape, ResponseEdit.NONE, new Recorder(name));
  }

  private void receive(byte[] bytes) {
    ByteBuf in = Unpooled.copiedBuffer(bytes);
    received.add(in);
    channel.writeInbound(in);
  }

  private byte[] sent() {
    return sent(channel);
  }

  private static byte[] sent(EmbeddedChannel channel) {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      all.writeBytes(out);
      out.release();
    }
    return ByteBufUtil.getBytes(all);
  }

  private class Recorder implements ResponseSink {
    private final String name;

    Recorder(String name) {
      this.name = name;
    }

    @Override
    public void onChunk(ByteBuf framedBytes) {
      events.add(name + " chunk " + framedBytes.readableBytes());
      relay.append(ByteBufUtil.hexDump(framedBytes));
      framedBytes.release();
    }

    @Override
    public void onEnd(ResponseEnd end) {
      events.add(name + " end " + end.errno());
    }

    @Override
    public void onReadComplete() {
      events.add(name + " flush");
    }

    @Override
    public void onFailure(SqlError error) {
      ErrorCode code = error.code();
      events.add(name + " failed " + code);
    }

    @Override
    public void onWritabilityOfBackend(boolean writable) {
      events.add(name + " writable " + writable);
    }
  }
}
