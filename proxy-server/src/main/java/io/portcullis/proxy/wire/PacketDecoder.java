package io.portcullis.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.portcullis.sql.text.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of one peer into {@link Packet}s, one at a time: after {@link #hold()} nothing
 * more is passed on until {@link #resume()}, so that a session has at most one command in hand.
 * While held, reading goes on until {@value #HELD_BYTES} bytes wait, so that a peer that goes away
 * is noticed; then auto-read is switched off. Split packets are joined. Compressed bytes wait as
 * they came in, and are inflated when the packets in them are wanted. The receiver owns each
 * packet.
 *
 * <p>A packet over the limit of the phase, or with a sequence id that is not the next one, ends in
 * one {@link ProtocolException} through {@code exceptionCaught}; whatever follows is discarded.
 *
 * <p>Confined to the event loop of its channel; all methods are called there.
 */
public final class PacketDecoder extends ChannelInboundHandlerAdapter {
  private static final int HELD_BYTES = 64 * 1024;

  /** Bytes of packets. */
  private @Nullable ByteBuf cumulation;

  /** Bytes as they came in, where they are compressed. */
  private @Nullable ByteBuf compressed;

  private @Nullable CompressedReader compression;
  private @Nullable ChannelHandlerContext context;
  private int limit;
  private int expected;
  private boolean commandPhase;
  private boolean held;
  private boolean paused;
  private boolean draining;
  private boolean failed;

  /**
   * @param limit largest payload accepted until {@link #limit(int)} says otherwise
   * @param firstSequenceId what the first packet must carry
   */
  public PacketDecoder(int limit, int firstSequenceId) {
    this.limit = limit;
    this.expected = firstSequenceId;
  }

  /** Sets the largest payload accepted from now on. */
  public void limit(int bytes) {
    this.limit = bytes;
  }

  /** What the next packet must carry: called after packets were sent in an exchange. */
  public void expectSequence(int sequenceId) {
    this.expected = sequenceId & 0xff;
  }

  /** From now on every packet starts a command with sequence id 0, unless told otherwise. */
  public void enterCommandPhase() {
    this.commandPhase = true;
    this.expected = 0;
  }

  /**
   * From now on both directions are compressed. Called when the last packet before is written and
   * flushed, between two packets of the peer.
   */
  public void startCompression(CompressionAlgorithm algorithm) {
    ChannelHandlerContext ctx = context;
    if (ctx == null || compression != null) {
      throw new IllegalStateException("compression cannot start now");
    }
    CompressedWriter writer = new CompressedWriter(algorithm);
    compression = new CompressedReader(algorithm, writer, true);
    compressed = cumulation;
    cumulation = null;
    ctx.pipeline().addBefore(ctx.name(), null, writer);
  }

  /** Passes nothing more on until {@link #resume()}. */
  public void hold() {
    held = true;
    pauseWhenFull();
  }

  /** Passes on what waits, and reads again. May call the next handler before it returns. */
  public void resume() {
    held = false;
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      return;
    }
    drain(ctx);
    if (!held && paused) {
      paused = false;
      ctx.channel().config().setAutoRead(true);
    }
  }

  /**
   * Takes the bytes that are not decoded yet, for the TLS handler put in front after an SSL
   * request: they are its, never plain text. The caller owns them; empty when there are none.
   */
  public ByteBuf takeBuffered(ChannelHandlerContext ctx) {
    ByteBuf rest = cumulation;
    cumulation = null;
    return rest == null ? ctx.alloc().buffer(0) : rest;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    context = null;
    releaseCompressed();
    ByteBuf rest = cumulation;
    cumulation = null;
    if (rest != null) {
      if (rest.isReadable() && !failed) {
        ctx.fireChannelRead(rest);
        ctx.fireChannelReadComplete();
      } else {
        rest.release();
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf)) {
      ctx.fireChannelRead(message);
      return;
    }
    ByteBuf bytes = (ByteBuf) message;
    if (failed) {
      bytes.release();
      return;
    }
    if (compression == null) {
      cumulation = merged(ctx, cumulation, bytes);
    } else {
      compressed = merged(ctx, compressed, bytes);
    }
    drain(ctx);
    pauseWhenFull();
  }

  /**
   * What is not read yet of {@code first}, and {@code next}; takes ownership of both. What was read
   * is let go: a peer that sends without a pause would make the buffer grow for ever. While slices
   * of it are still used it is not written to, and the rest goes to another buffer.
   */
  static ByteBuf merged(ChannelHandlerContext ctx, @Nullable ByteBuf first, ByteBuf next) {
    if (first == null) {
      return next;
    }
    if (first.refCnt() == 1) {
      first.discardSomeReadBytes();
    }
    return ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), first, next);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    releaseCumulation();
    releaseCompressed();
    ctx.fireChannelInactive();
  }

  private void pauseWhenFull() {
    ChannelHandlerContext ctx = context;
    ByteBuf waiting = compression == null ? cumulation : compressed;
    if (held
        && !paused
        && ctx != null
        && waiting != null
        && waiting.readableBytes() >= HELD_BYTES) {
      paused = true;
      ctx.channel().config().setAutoRead(false);
    }
  }

  private void drain(ChannelHandlerContext ctx) {
    if (draining) {
      return; // a receiver called resume() from within: the loop below goes on
    }
    draining = true;
    try {
      while (!held && !failed && !ctx.isRemoved()) {
        Packet packet = nextPacket();
        if (packet != null) {
          ctx.fireChannelRead(packet);
        } else if (!uncompress(ctx)) {
          break;
        }
      }
    } catch (ProtocolException e) {
      failed = true;
      releaseCumulation();
      releaseCompressed();
      ctx.fireExceptionCaught(e);
    } finally {
      draining = false;
      ByteBuf rest = cumulation;
      if (rest != null && !rest.isReadable()) {
        releaseCumulation();
      }
      ByteBuf unread = compressed;
      if (unread != null && !unread.isReadable()) {
        releaseCompressed();
      }
    }
  }

  /** Whether there was one more compressed packet. */
  private boolean uncompress(ChannelHandlerContext ctx) {
    CompressedReader reader = compression;
    ByteBuf in = compressed;
    if (reader == null || in == null) {
      return false;
    }
    ByteBuf next = reader.next(ctx.alloc(), in, limit);
    if (next == null) {
      return false;
    }
    ByteBuf rest = cumulation;
    if (rest != null && !rest.isReadable()) {
      releaseCumulation();
      rest = null;
    }
    cumulation = merged(ctx, rest, next);
    return true;
  }

  private @Nullable Packet nextPacket() {
    ByteBuf in = cumulation;
    if (in == null) {
      return null;
    }
    int begin = in.readerIndex();
    int index = begin;
    int sequence = expected;
    long payload = 0;
    int length;
    do {
      if (in.writerIndex() - index < PacketFraming.HEADER_LENGTH) {
        return null;
      }
      length = PacketFraming.payloadLength(in, index);
      payload += length;
      if (payload > limit) {
        throw new ProtocolException(
            ErrorCode.ER_NET_PACKET_TOO_LARGE.error(),
            "packet length: " + payload + " (expected: <= " + limit + ")");
      }
      int actual = PacketFraming.sequenceId(in, index);
      if (actual != sequence) {
        throw new ProtocolException(
            ErrorCode.ER_NET_PACKETS_OUT_OF_ORDER.error(),
            "sequence id: " + actual + " (expected: " + sequence + ")");
      }
      index += PacketFraming.HEADER_LENGTH;
      if (in.writerIndex() - index < length) {
        return null;
      }
      index += length;
      sequence = PacketFraming.next(sequence);
    } while (length == PacketFraming.MAX_FRAME_PAYLOAD);
    boolean split = payload >= PacketFraming.MAX_FRAME_PAYLOAD;
    expected = commandPhase ? 0 : sequence;
    return new Packet(in.readRetainedSlice(index - begin), (sequence - 1) & 0xff, split);
  }

  private void releaseCompressed() {
    ByteBuf rest = compressed;
    compressed = null;
    if (rest != null) {
      rest.release();
    }
  }

  private void releaseCumulation() {
    ByteBuf rest = cumulation;
    cumulation = null;
    if (rest != null) {
      rest.release();
    }
  }
}
