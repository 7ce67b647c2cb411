package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.List;
import java.util.function.Supplier;

/**
 * Why the gate itself ends a statement, and which answers of the backend give way to that reason.
 *
 * @param revoked the statement is not permitted any more: nothing but word of work already done
 *     reaches the client. Else only the backend's own word that it was interrupted gives way
 * @param notes what would help, for SHOW WARNINGS
 */
record Interruption(SqlError error, boolean revoked, Supplier<List<String>> notes) {

  private static final int OK = 0x00;
  private static final int ERR = 0xff;

  /** It took longer than the settings allow. */
  static final Interruption TIMEOUT =
      new Interruption(ErrorCode.ER_QUERY_TIMEOUT.error(), false, List::of);

  /** A right it needs was taken away while it ran. */
  static Interruption revoked(SqlError error, Supplier<List<String>> notes) {
    return new Interruption(error, true, notes);
  }

  /**
   * Whether the error is sent instead of an answer that was held back whole. An OK stays: the work
   * was done before the KILL arrived, and the client must not be told otherwise.
   */
  boolean replaces(ResponseEnd end) {
    return end.error() && (revoked || end.errno() == ErrorCode.ER_QUERY_INTERRUPTED.errno());
  }

  /**
   * Whether the error is sent instead of an answer that begins so. A result gives way although it
   * is no error: SLEEP that is killed returns a row. The rows of a cursor begin as OK does.
   */
  boolean replaces(ByteBuf framed, CommandShape shape) {
    if (framed.readableBytes() <= PacketFraming.HEADER_LENGTH) {
      return revoked;
    }
    int begin = framed.readerIndex() + PacketFraming.HEADER_LENGTH;
    int first = framed.getUnsignedByte(begin);
    if (revoked) {
      return first != OK || shape == CommandShape.FETCH;
    }
    return first == ERR
        && framed.readableBytes() >= PacketFraming.HEADER_LENGTH + 3
        && framed.getUnsignedShortLE(begin + 1) == ErrorCode.ER_QUERY_INTERRUPTED.errno();
  }
}
