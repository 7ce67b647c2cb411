package io.portcullis.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * The compressed command phase toward a server: the bytes of packets for the handlers behind it.
 * Reads one compressed packet at a time, and none while the channel does not read, so that a sink
 * that is paused has at most that one ahead.
 *
 * <p>On such a connection servers number the packets inside by the compressed ones around them,
 * whose bounds are nobody's: what numbers they carry means nothing.
 *
 * <p>Confined to the event loop of its channel.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_compression.html">MySQL:
 *     compression</a>
 */
public final class CompressedConnection extends ChannelInboundHandlerAdapter {

  private final CompressedWriter writer;
  private final CompressedReader reader;
  private @Nullable ByteBuf compressed;
  private @Nullable ChannelHandlerContext context;
  private boolean draining;
  private boolean failed;

  public CompressedConnection(CompressionAlgorithm algorithm) {
    writer = new CompressedWriter(algorithm);
    reader = new CompressedReader(algorithm, writer, false);
  }

  /** What is written next begins a command. */
  public void beginCommand() {
    writer.begin();
  }

  /** Goes on with what was received while the channel did not read. */
  public void resume() {
    ChannelHandlerContext here = context;
    if (here != null && compressed != null && !draining) {
      drain(here);
      here.fireChannelReadComplete();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext here) {
    context = here;
    here.pipeline().addBefore(here.name(), null, writer);
  }

  @Override
  public void channelRead(ChannelHandlerContext here, Object message) {
    ByteBuf received = (ByteBuf) message;
    ByteBuf before = compressed;
    if (failed) {
      received.release();
      return;
    }
    compressed = PacketDecoder.merged(here, before, received);
    drain(here);
  }

  private void drain(ChannelHandlerContext here) {
    if (draining) {
      return; // resumed from within
    }
    draining = true;
    try {
      for (ByteBuf in = compressed;
          in != null && here.channel().config().isAutoRead() && !here.isRemoved();
          in = compressed) {
        ByteBuf plain = reader.next(here.alloc(), in, PacketFraming.MAX_FRAME_PAYLOAD);
        if (plain == null) {
          break;
        }
        if (!in.isReadable()) {
          release();
        }
        here.fireChannelRead(plain);
      }
    } catch (ProtocolException e) {
      failed = true;
      release();
      here.fireExceptionCaught(e);
    } finally {
      draining = false;
    }
  }

  private void release() {
    ByteBuf rest = compressed;
    compressed = null;
    if (rest != null) {
      rest.release();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext here) {
    release();
    here.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext here) {
    context = null;
    release();
  }
}
