package io.portcullis.proxy.wire.command;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.Packets;
import java.nio.charset.Charset;

/** Commands toward the backend, framed from sequence id 0; the caller owns each buffer. */
public final class CommandEncoder {
  private CommandEncoder() {}

  /** A command that is its byte: COM_PING, COM_RESET_CONNECTION, COM_QUIT, COM_STATISTICS. */
  public static ByteBuf plain(ByteBufAllocator allocator, CommandByte command) {
    ByteBuf out = allocator.buffer(8);
    int begin = Packets.begin(out);
    out.writeByte(command.code());
    Packets.end(out, begin, 0);
    return out;
  }

  /** COM_QUERY, COM_STMT_PREPARE, COM_INIT_DB with their text. */
  public static ByteBuf text(
      ByteBufAllocator allocator, CommandByte command, String text, Charset charset) {
    byte[] bytes = text.getBytes(charset);
    return bytes(allocator, command, bytes, 0, bytes.length);
  }

  /** The same with text as bytes {@code [begin, end)}. */
  public static ByteBuf bytes(
      ByteBufAllocator allocator, CommandByte command, byte[] text, int begin, int end) {
    ByteBuf out = allocator.buffer(5 + end - begin);
    int header = Packets.begin(out);
    out.writeByte(command.code()).writeBytes(text, begin, end - begin);
    Packets.end(out, header, 0);
    return out;
  }

  /** COM_STMT_CLOSE and COM_STMT_RESET. */
  public static ByteBuf statement(
      ByteBufAllocator allocator, CommandByte command, long statementId) {
    ByteBuf out = allocator.buffer(9);
    int begin = Packets.begin(out);
    out.writeByte(command.code()).writeIntLE((int) statementId);
    Packets.end(out, begin, 0);
    return out;
  }
}
