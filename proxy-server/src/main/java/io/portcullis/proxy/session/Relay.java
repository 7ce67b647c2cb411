package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;

/**
 * Passes a response on as it comes. Back-pressure: when the client takes no more, reading from the
 * backend stops until it does. One per session, used for one response after the other.
 */
final class Relay implements ResponseSink {

  /** For commands without a response. */
  static final ResponseSink NOTHING =
      new ResponseSink() {
        @Override
        public void onChunk(ByteBuf framedBytes) {
          framedBytes.release();
        }

        @Override
        public void onEnd(ResponseEnd end) {}

        @Override
        public void onReadComplete() {}

        @Override
        public void onFailure(SqlError error) {}

        @Override
        public void onWritabilityOfBackend(boolean writable) {}
      };

  private static final int ERR = 0xff;

  private final CommandPhase phase;
  private final FrontendPort port;
  private final BackendLease backend;
  private boolean started;
  private boolean paused;
  private boolean replaced;

  Relay(CommandPhase phase, FrontendPort port, BackendLease backend) {
    this.phase = phase;
    this.port = port;
    this.backend = backend;
  }

  @Override
  public void onChunk(ByteBuf framedBytes) {
    if (!started) {
      started = true;
      if (phase.timedOut() && isInterrupted(framedBytes)) {
        framedBytes.release();
        replaced = true;
        return;
      }
    }
    port.write(framedBytes);
    if (!paused && !port.isWritable()) {
      paused = true;
      backend.connection().pauseReading();
      port.flush();
    }
  }

  private static boolean isInterrupted(ByteBuf framed) {
    int begin = framed.readerIndex() + PacketFraming.HEADER_LENGTH;
    return framed.readableBytes() >= PacketFraming.HEADER_LENGTH + 3
        && framed.getUnsignedByte(begin) == ERR
        && framed.getUnsignedShortLE(begin + 1) == ErrorCode.ER_QUERY_INTERRUPTED.errno();
  }

  @Override
  public void onEnd(ResponseEnd end) {
    started = false;
    resume();
    if (replaced) {
      replaced = false;
      phase.fail(ErrorCode.ER_QUERY_TIMEOUT.error());
    } else {
      phase.responseEnded(end);
    }
  }

  @Override
  public void onReadComplete() {
    port.flush();
  }

  @Override
  public void onFailure(SqlError error) {
    boolean midway = started;
    started = false;
    paused = false;
    replaced = false;
    if (midway) {
      phase.brokenOff();
    } else {
      phase.backendFailed(error);
    }
  }

  @Override
  public void onWritabilityOfBackend(boolean writable) {}

  /** Whether a response has begun and not ended. */
  boolean isStarted() {
    return started;
  }

  /** The client takes more. */
  void onClientWritable() {
    resume();
  }

  private void resume() {
    if (paused) {
      paused = false;
      backend.connection().resumeReading();
    }
  }
}
