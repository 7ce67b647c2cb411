package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import org.jspecify.annotations.Nullable;

/**
 * Passes a response on as it comes. Back-pressure: when the client takes no more, reading from the
 * backend stops until it does. One per session, used for one response after the other.
 *
 * <p>A response that is {@linkplain #cut cut short} goes on to the end of the packet underway; an
 * error takes the place of the next one, which the protocol allows anywhere in a response, and what
 * the backend still sends is thrown away, whether the client reads or not.
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

  /**
   * Most bytes that are passed on to complete a packet: it may hold what the client may not have
   * any more, and a client that does not read has them kept in memory.
   */
  private static final int LARGEST_REST = 256 * 1024;

  private final CommandPhase phase;
  private final FrontendPort port;
  private final BackendLease backend;
  private boolean started;
  private boolean paused;

  /** Why the response is cut short. */
  private @Nullable Interruption cut;

  /** Bytes that complete the packet at which it is cut. */
  private int rest;

  private int errorSequence;

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
      Interruption why = phase.interruption();
      if (why != null && why.replaces(framedBytes, phase.shape())) {
        phase.tell(why, phase.sequence());
        cut = why;
        rest = 0;
      }
      started = true;
    }
    if (cut != null) {
      complete(framedBytes);
      return;
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

  /** Passes on what belongs to the packet at which the response is cut, and nothing more. */
  private void complete(ByteBuf framedBytes) {
    if (rest == 0) {
      framedBytes.release();
      return;
    }
    int passed = Math.min(rest, framedBytes.readableBytes());
    rest -= passed;
    if (passed < framedBytes.readableBytes()) {
      port.write(framedBytes.readRetainedSlice(passed));
      framedBytes.release();
    } else {
      port.write(framedBytes);
    }
    Interruption why = cut;
    if (rest == 0 && why != null) {
      phase.tell(why, errorSequence);
    }
  }

  /**
   * Ends the response underway, if there is one, as soon as the packet underway is complete; false
   * when that packet is too large to be completed. The backend must have been told to stop.
   */
  boolean cut(Interruption why) {
    if (!started || cut != null) {
      return true;
    }
    BackendConnection connection = backend.connection();
    int missing = connection.restOfPacket();
    if (missing < 0 || missing > LARGEST_REST) {
      return false;
    }
    ByteBuf kept = tail;
    if (kept != null) {
      tail = null;
      port.write(kept); // what is to be completed
    }
    cut = why;
    rest = missing;
    errorSequence = connection.nextSequence();
    if (missing == 0) {
      phase.tell(why, errorSequence);
    }
    resume();
    return true;
  }

  /**
   * Sequence id of an error that ends the response underway; -1 when the client would read it as a
   * piece of a packet, has read an error already, or has not been sent what it would follow.
   */
  int errorSequence() {
    return cut == null && tail == null && backend.connection().restOfPacket() == 0
        ? backend.connection().nextSequence()
        : -1;
  }

  @Override
  public void onEnd(ResponseEnd end) {
    started = false;
    resume();
    Interruption why = cut;
    if (why == null) {
      writeTail(end);
      phase.responseEnded(end);
    } else {
      cut = null;
      phase.interrupted(why, end);
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
    cut = null;
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

  /** Whether the client has the beginning of an answer whose end has not come yet. */
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
