package io.portcullis.proxy.statement;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.sql.lexer.LexedStatement;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A change of some tokens of a statement.
 *
 * @param first the first token concerned
 * @param end the token behind the last
 * @param before what is put before them
 * @param kept whether they stay
 * @param after what is put behind them
 */
public record TextEdit(int first, int end, String before, boolean kept, String after) {

  private static final Comparator<TextEdit> IN_ORDER =
      Comparator.comparingInt(TextEdit::first).thenComparingInt(TextEdit::end);

  /**
   * Something is put in front of a token, or behind the last: what is kept of the statement stays
   * around it, so that other edits may lie between two of these.
   */
  static TextEdit insert(int token, String text) {
    return new TextEdit(token, token, text, false, "");
  }

  static TextEdit replace(int first, int end, String text) {
    return new TextEdit(first, end, text, false, "");
  }

  /** The tokens go away. */
  static TextEdit without(int first, int end) {
    return new TextEdit(first, end, "", false, "");
  }

  /**
   * The command with its statement edited; the caller owns it. Borrows {@code framed}.
   *
   * @param statementBegin of the statement's first byte in {@code framed}
   * @param edits of tokens that do not overlap; of several in one place the first comes first
   */
  static ByteBuf apply(
      ByteBuf framed,
      int statementBegin,
      LexedStatement statement,
      List<TextEdit> edits,
      Charset charset,
      ByteBufAllocator allocator) {
    List<TextEdit> inOrder = new ArrayList<>(edits);
    inOrder.sort(IN_ORDER);
    int room = framed.readableBytes();
    for (TextEdit edit : inOrder) {
      room += edit.before().length() + edit.after().length();
    }
    ByteBuf out = allocator.buffer(room);
    int header = Packets.begin(out);
    int from = framed.readerIndex() + PacketFraming.HEADER_LENGTH;
    for (TextEdit edit : inOrder) {
      int begin = statementBegin + edit.begin(statement);
      int end = edit.isInsertion() ? begin : statementBegin + statement.span(edit.end() - 1).end();
      out.writeBytes(framed, from, begin - from);
      out.writeCharSequence(edit.before(), charset);
      if (edit.kept()) {
        out.writeBytes(framed, begin, end - begin);
      }
      out.writeCharSequence(edit.after(), charset);
      from = end;
    }
    out.writeBytes(framed, from, framed.writerIndex() - from);
    Packets.end(out, header, 0);
    return out;
  }

  private boolean isInsertion() {
    return first == end;
  }

  private int begin(LexedStatement statement) {
    return first < statement.size()
        ? statement.span(first).begin()
        : statement.span(first - 1).end();
  }
}
