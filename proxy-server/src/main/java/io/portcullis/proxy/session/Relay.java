package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import org.jspecify.annotations.Nullable;

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
  private static final int SHORTEST_ERROR = PacketFraming.HEADER_LENGTH + 3;
  private static final int NOT_FOUND = -1;

  private final CommandPhase phase;
  private final FrontendPort port;
  private final BackendLease backend;
  private boolean started;
  private boolean paused;
  private boolean replaced;

  /** What came last of an answer that the gate has interrupted: it may end with that error. */
  private @Nullable ByteBuf tail;

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
    ByteBuf next = framedBytes;
    if (phase.timedOut()) {
      ByteBuf before = tail;
      tail = framedBytes;
      if (before == null) {
        return;
      }
      next = before;
    }
    port.write(next);
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
      writeTail(end);
      phase.responseEnded(end);
    }
  }

  private void writeTail(ResponseEnd end) {
    ByteBuf last = tail;
    if (last == null) {
      return;
    }
    tail = null;
    int error =
        end.errno() == ErrorCode.ER_QUERY_INTERRUPTED.errno() ? startOfError(last) : NOT_FOUND;
    if (error == NOT_FOUND) {
      port.write(last);
      return;
    }
    int sequence = PacketFraming.sequenceId(last, error);
    last.writerIndex(error);
    if (last.isReadable()) {
      port.write(last);
    } else {
      last.release();
    }
    phase.failMidway(sequence, ErrorCode.ER_QUERY_TIMEOUT.error());
  }

  /** Of the packet that reaches to the end of {@code framed}, from where it is shortest. */
  private static int startOfError(ByteBuf framed) {
    int end = framed.writerIndex();
    for (int at = end - SHORTEST_ERROR; at >= framed.readerIndex(); at--) {
      int begin = at + PacketFraming.HEADER_LENGTH;
      if (framed.getUnsignedByte(begin) == ERR
          && begin + PacketFraming.payloadLength(framed, at) == end
          && framed.getUnsignedShortLE(begin + 1) == ErrorCode.ER_QUERY_INTERRUPTED.errno()) {
        return at;
      }
    }
    return NOT_FOUND;
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
    close();
    if (midway) {
      phase.brokenOff();
    } else {
      phase.backendFailed(error);
    }
  }

  @Override
  public void onWritabilityOfBackend(boolean writable) {}

  /** Lets go of what was not sent on. */
  void close() {
    ByteBuf unsent = tail;
    if (unsent != null) {
      tail = null;
      unsent.release();
    }
  }

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
