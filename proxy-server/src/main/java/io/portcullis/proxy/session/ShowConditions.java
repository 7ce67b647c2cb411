package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.CommandEncoder;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.text.LexicalMode;
import java.nio.charset.Charset;
import java.util.Optional;

/** Conditions of SHOW, taken over into a query that is sent in its place. */
final class ShowConditions {

  private static final int TEXT_OFFSET = PacketFraming.HEADER_LENGTH + 1;

  private ShowConditions() {}

  /**
   * The command of a query that ends with the condition, tokens and all; empty where it would be
   * read otherwise there, as when a comment that is executed holds a part of it. Borrows {@code
   * framed}, the command of the SHOW, of one frame.
   *
   * @param reader of the event loop; what it has read before is used up
   * @param query what comes before the condition, ASCII
   * @param token the condition's first in the SHOW
   */
  static Optional<ByteBuf> behind(
      String query,
      ByteBuf framed,
      int token,
      StatementReader reader,
      LexicalMode mode,
      ByteBufAllocator allocator) {
    Charset charset = mode.charset().java();
    int textBegin = framed.readerIndex() + TEXT_OFFSET;
    if (reader.read(framed, textBegin, mode) != 1) {
      throw new IllegalStateException("the statement reads differently the second time");
    }
    LexedStatement whole = reader.detach(0);
    int from = reader.begin(0) + whole.span(token).begin();
    int to = reader.begin(0) + whole.span(whole.size() - 1).end();
    reader.done();
    ByteBuf made =
        CommandEncoder.text(
            allocator,
            CommandByte.QUERY,
            query + " " + framed.toString(textBegin + from, to - from, charset),
            charset);
    boolean same =
        reader.read(made, made.readerIndex() + TEXT_OFFSET, mode) == 1
            && endsAlike(whole, token, reader.detach(0));
    reader.done();
    if (!same) {
      made.release();
      return Optional.empty();
    }
    return Optional.of(made);
  }

  /** Whether the tokens from this one on are the last of the query. */
  private static boolean endsAlike(LexedStatement whole, int token, LexedStatement query) {
    int before = query.size() - (whole.size() - token);
    if (before < 1) {
      return false;
    }
    for (int i = token; i < whole.size(); i++) {
      int there = before + i - token;
      if (whole.kind(i) != query.kind(there) || !whole.text(i).equals(query.text(there))) {
        return false;
      }
    }
    return true;
  }
}
