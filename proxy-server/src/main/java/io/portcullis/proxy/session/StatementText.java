package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.wire.Packet;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.sql.text.LexicalMode;

/**
 * A text of several statements, executed one after the other. Where they begin and end is read
 * once, and again only when one of them changes how the rest is to be read. Owns its packet. Event
 * loop only.
 */
final class StatementText {

  /** What {@link #left} says of a text that cannot be read: the reader knows why. */
  static final int UNREADABLE = -1;

  /** What it says of one whose statements change too often how the rest is to be read. */
  static final int TOO_OFTEN = -2;

  private static final int COMMAND_BYTE = 1;

  /**
   * Bytes of one text: reading them again takes the event loop's time, and nothing of the client's.
   */
  private static final long MOST_READ_AGAIN = 256L << 20;

  private final Packet packet;
  private final StatementReader reader;
  private LexicalMode mode;
  private int[] begins;
  private int[] ends;
  private int next;
  private long readAgain;

  /**
   * Takes ownership of the packet, whose text {@code reader} has just read as {@code count}
   * statements.
   */
  StatementText(Packet packet, StatementReader reader, int count, LexicalMode mode) {
    this.packet = packet;
    this.reader = reader;
    this.mode = mode;
    this.begins = new int[count];
    this.ends = new int[count];
    locate(0);
  }

  /**
   * How many statements are left to be executed, as they read under this mode; {@link #UNREADABLE}
   * or {@link #TOO_OFTEN}.
   */
  int left(LexicalMode current) {
    if (!current.equals(mode)) {
      ByteBuf payload = packet.payload();
      int textBegin = payload.readerIndex() + COMMAND_BYTE;
      int from = next == 0 ? 0 : Math.min(ends[next - 1] + 1, payload.writerIndex() - textBegin);
      readAgain += payload.writerIndex() - textBegin - from;
      if (readAgain > MOST_READ_AGAIN) {
        return TOO_OFTEN;
      }
      int count = reader.read(payload, textBegin + from, current);
      if (count < 0) {
        return UNREADABLE;
      }
      mode = current;
      begins = new int[count];
      ends = new int[count];
      next = 0;
      locate(from);
    }
    return ends.length - next;
  }

  private void locate(int from) {
    for (int i = 0; i < ends.length; i++) {
      begins[i] = from + reader.begin(i);
      ends[i] = from + reader.end(i);
    }
  }

  /** Cuts the next statement, as a command of its own that the caller owns. */
  ByteBuf cut(ByteBufAllocator allocator) {
    ByteBuf statement = statement();
    ByteBuf framed =
        allocator.buffer(statement.readableBytes() + COMMAND_BYTE + PacketFraming.HEADER_LENGTH);
    int header = Packets.begin(framed);
    framed.writeByte(CommandByte.QUERY.code()).writeBytes(statement);
    Packets.end(framed, header, 0);
    return framed;
  }

  /**
   * Reads the next statement by itself, as the backend will, and moves on: whether it is one then,
   * too.
   */
  boolean read() {
    boolean one = reader.read(statement(), 0, mode) == 1;
    next++;
    return one;
  }

  private ByteBuf statement() {
    ByteBuf payload = packet.payload();
    int textBegin = payload.readerIndex() + COMMAND_BYTE;
    return payload.slice(textBegin + begins[next], ends[next] - begins[next]);
  }

  void release() {
    packet.release();
  }
}
