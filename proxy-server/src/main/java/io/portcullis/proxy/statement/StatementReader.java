package io.portcullis.proxy.statement;

import io.netty.buffer.ByteBuf;
import io.portcullis.sql.analysis.AnalysisResult;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Reads statement text: tokenizes it where one copy of its bytes lies and looks its analysis up.
 * One per event loop, shared by the loop's sessions; each reading is used up before the next
 * begins.
 */
public final class StatementReader {

  private static final int SCRATCH_BYTES = 16 * 1024;

  private final Lexer lexer;
  private final StatementAnalyzer analyzer;
  private final byte[] scratch = new byte[SCRATCH_BYTES];
  private byte[] text = scratch;

  public StatementReader(LexLimits limits, StatementAnalyzer analyzer) {
    this.lexer = new Lexer(limits);
    this.analyzer = analyzer;
  }

  /**
   * Tokenizes the readable bytes of {@code payload} from {@code index} on; borrows it.
   *
   * @return how many statements it holds, 0 for blanks and comments only, -1 when it is {@link
   *     #refusal refused}
   */
  public int read(ByteBuf payload, int index, LexicalMode mode) {
    int length = payload.writerIndex() - index;
    text = length <= scratch.length ? scratch : new byte[length];
    payload.getBytes(index, text, 0, length);
    return lexer.lex(text, 0, length, mode);
  }

  /** Whether the text that was read is a comment: no statement, and yet no empty query. */
  public boolean isCommentOnly() {
    return lexer.isCommentOnly();
  }

  public Refusal refusal() {
    return lexer.refusal();
  }

  /**
   * Offset of the first byte of a statement, relative to the index that was given to {@link #read}.
   */
  public int begin(int statement) {
    return lexer.begin(statement);
  }

  /** Offset behind the last byte of a statement, its semicolon not included. */
  public int end(int statement) {
    return lexer.end(statement);
  }

  /** What is known of a statement from before. */
  public @Nullable AnalysisResult analysis(int statement) {
    return analyzer.cached(lexer.key(statement));
  }

  /**
   * A copy of the statement that may leave the event loop, for {@link StatementAnalyzer#analyze}.
   */
  public LexedStatement detach(int statement) {
    return lexer.statement(statement);
  }

  /** Lets go of a long text, so that it does not stay for as long as the event loop does. */
  public void done() {
    text = scratch;
  }
}
