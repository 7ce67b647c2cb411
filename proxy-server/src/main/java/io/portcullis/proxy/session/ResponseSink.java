package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.sql.text.SqlError;

/** Receives the response to one command. Called on the session's event loop. */
public interface ResponseSink {

  /** Framed bytes of this response, never of another one. Ownership passes to the sink. */
  void onChunk(ByteBuf framedBytes);

  /** The response is complete; after the last chunk. The connection takes the next command. */
  void onEnd(ResponseEnd end);

  /**
   * The backend asks for the file of a command of shape {@link CommandShape#LOAD_LOCAL}; before the
   * first chunk. The file goes by {@link BackendConnection#send}, and ends with an empty packet.
   *
   * @param name of the file, as the backend sent it
   * @param sequence of the file's first packet, as the client counts
   */
  default void onLocalFile(byte[] name, int sequence) {
    throw new IllegalStateException("no file was offered");
  }

  /** Nothing more was received for now: flush what was written. */
  void onReadComplete();

  /**
   * The backend is lost and the connection closed; there is no {@link #onEnd}. Chunks may have been
   * delivered before.
   */
  void onFailure(SqlError error);

  /** Whether the backend takes more bytes of commands; false: stop reading the client. */
  void onWritabilityOfBackend(boolean writable);
}
