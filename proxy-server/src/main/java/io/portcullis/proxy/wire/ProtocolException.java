package io.portcullis.proxy.wire;

import io.netty.handler.codec.DecoderException;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;

/**
 * The peer broke the protocol: a length that lies, a packet out of turn, a size above the limit of
 * the phase. Answered once with {@link #error()} where the peer can still read it, then the
 * connection is closed. The message is for logs and carries lengths and names of fields, never
 * their contents.
 */
public final class ProtocolException extends DecoderException {
  private static final long serialVersionUID = 1L;

  private final transient SqlError error;

  /** A malformed packet; the peer is told so and no more. */
  public ProtocolException(String message) {
    this(ErrorCode.ER_MALFORMED_PACKET.error(), message);
  }

  public ProtocolException(SqlError error, String message) {
    super(message);
    this.error = error;
  }

  /** What the peer is told. */
  public SqlError error() {
    return error;
  }
}
