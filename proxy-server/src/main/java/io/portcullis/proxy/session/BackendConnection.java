package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.command.QueryAttributes;

/**
 * A backend connection leased to one session. All methods are called on the session's event loop;
 * after {@link #release()} or {@link #discard()} the session must not use it again.
 */
public interface BackendConnection {

  /** The backend's own number of this connection, as KILL takes it. */
  long threadId();

  /**
   * Sends one command and relays its response to {@code sink}. Takes ownership of {@code
   * framedCommand}: all bytes including packet headers, sequence from 0. One command at a time; a
   * command of shape {@link CommandShape#NONE} ends at once.
   */
  void execute(ByteBuf framedCommand, CommandShape shape, ResponseEdit edit, ResponseSink sink);

  /**
   * What the texts of COM_QUERY are sent with from now on, where CLIENT_QUERY_ATTRIBUTES was
   * negotiated; at first {@link QueryAttributes#NONE}.
   */
  void attributes(QueryAttributes ofTexts);

  /**
   * Sends packets of the file that {@link ResponseSink#onLocalFile} was asked for, and flushes.
   * Takes ownership of {@code framedBytes}; without a connection they are thrown away.
   */
  void send(ByteBuf framedBytes);

  /** Whether the backend takes more; false until {@link ResponseSink#onWritabilityOfBackend}. */
  boolean isWritable();

  /** Stops reading from the backend: nothing more is buffered than what was already received. */
  void pauseReading();

  /** Reads again. */
  void resumeReading();

  /**
   * How many bytes complete the packet whose beginning was delivered to the sink last: 0 between
   * two packets, -1 when it is continued in another.
   */
  int restOfPacket();

  /** Sequence id of a packet that follows that one, renumbered as it was. */
  int nextSequence();

  /** Whether no response is outstanding. */
  boolean isIdle();

  /** Whether another session waits for a connection that this one could be. */
  boolean isWanted();

  /** Resets the backend's session and returns the connection to the pool, if it is idle. */
  void release();

  /** Ends what the backend is executing for this connection, if anything, and closes it. */
  void discard();
}
