package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.text.SqlError;
import org.jspecify.annotations.Nullable;

/**
 * Passes the response to a statement with hidden columns on, unless it is an error: that is kept
 * back until it is known whether it speaks of a column. Used for one response.
 */
final class ColumnRelay implements ResponseSink {

  private static final int ERR = 0xff;

  private final CommandPhase phase;
  private final FrontendPort port;
  private final Relay relay;

  /** The beginning of a response, until it is known not to be an error, or is over. */
  private @Nullable CompositeByteBuf kept;

  private boolean passing;

  ColumnRelay(CommandPhase phase, FrontendPort port, Relay relay) {
    this.phase = phase;
    this.port = port;
    this.relay = relay;
  }

  @Override
  public void onChunk(ByteBuf framedBytes) {
    if (passing) {
      relay.onChunk(framedBytes);
      return;
    }
    CompositeByteBuf begun = kept;
    if (begun == null) {
      begun = port.allocator().compositeBuffer();
      kept = begun;
    }
    begun.addComponent(true, framedBytes);
    if (begun.readableBytes() > PacketFraming.HEADER_LENGTH
        && begun.getUnsignedByte(begun.readerIndex() + PacketFraming.HEADER_LENGTH) != ERR) {
      pass(begun);
    }
  }

  private void pass(CompositeByteBuf begun) {
    passing = true;
    kept = null;
    relay.onChunk(begun);
  }

  @Override
  public void onEnd(ResponseEnd end) {
    CompositeByteBuf error = kept;
    if (error != null) {
      if (phase.deniesColumn(error, end)) {
        kept = null;
        error.release();
        return;
      }
      pass(error);
    }
    relay.onEnd(end);
  }

  @Override
  public void onReadComplete() {
    relay.onReadComplete();
  }

  @Override
  public void onFailure(SqlError error) {
    CompositeByteBuf begun = kept;
    if (begun != null) {
      kept = null;
      begun.release();
    }
    relay.onFailure(error);
  }

  @Override
  public void onWritabilityOfBackend(boolean writable) {
    relay.onWritabilityOfBackend(writable);
  }
}
