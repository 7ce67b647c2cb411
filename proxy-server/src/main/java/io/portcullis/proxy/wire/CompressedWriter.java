package io.portcullis.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Puts what is written into compressed packets. Small packets are gathered until {@value #CHUNK}
 * bytes or a flush; what would not become smaller is sent as it is. Confined to the event loop of
 * its channel.
 */
public final class CompressedWriter extends ChannelOutboundHandlerAdapter {
  private static final int CHUNK = 64 * 1024;

  /** Shorter ones are not worth it; the servers' own bound. */
  private static final int LEAST = 50;

  private final CompressionAlgorithm algorithm;
  private @Nullable ByteBuf gathered;
  private @Nullable ChannelHandlerContext context;
  private int sequence;

  CompressedWriter(CompressionAlgorithm algorithm) {
    this.algorithm = algorithm;
  }

  /** What is written next is not put into a packet with what came before, and numbered from 0. */
  void begin() {
    ChannelHandlerContext here = context;
    if (here != null) {
      emit(here);
    }
    sequence = 0;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext here) {
    context = here;
  }

  /** Gives the next compressed packet this sequence id. */
  void number(int next) {
    sequence = next;
  }

  /** What the next compressed packet gets. */
  int next() {
    return sequence;
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (!(message instanceof ByteBuf)) {
      context.write(message, promise);
      return;
    }
    ByteBuf bytes = (ByteBuf) message;
    try {
      while (bytes.isReadable()) {
        gather(context, bytes);
      }
    } finally {
      bytes.release();
    }
    if (!promise.isVoid()) {
      emit(context);
      context.write(Unpooled.EMPTY_BUFFER, promise);
    }
  }

  private void gather(ChannelHandlerContext context, ByteBuf bytes) {
    ByteBuf pending = gathered;
    if (pending == null) {
      pending = context.alloc().buffer(Math.min(bytes.readableBytes(), CHUNK), CHUNK);
      gathered = pending;
    }
    pending.writeBytes(bytes, Math.min(bytes.readableBytes(), CHUNK - pending.writerIndex()));
    if (pending.writerIndex() == CHUNK) {
      emit(context);
    }
  }

  @Override
  public void flush(ChannelHandlerContext context) {
    emit(context);
    context.flush();
  }

  private void emit(ChannelHandlerContext context) {
    ByteBuf plain = gathered;
    if (plain == null) {
      return;
    }
    gathered = null;
    try {
      int length = plain.readableBytes();
      ByteBuf out = context.alloc().buffer(CompressedFraming.HEADER_LENGTH + length);
      int deflated =
          length < LEAST
              ? 0
              : algorithm.deflate(plain, length, out, CompressedFraming.HEADER_LENGTH);
      out.writeMediumLE(deflated == 0 ? length : deflated);
      out.writeByte(sequence);
      out.writeMediumLE(deflated == 0 ? 0 : length);
      if (deflated == 0) {
        out.writeBytes(plain);
      } else {
        out.writerIndex(CompressedFraming.HEADER_LENGTH + deflated);
      }
      sequence = PacketFraming.next(sequence);
      context.write(out, context.voidPromise());
    } finally {
      plain.release();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    ByteBuf unsent = gathered;
    if (unsent != null) {
      gathered = null;
      unsent.release();
    }
  }
}
