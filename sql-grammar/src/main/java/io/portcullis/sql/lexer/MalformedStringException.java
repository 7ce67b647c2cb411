package io.portcullis.sql.lexer;

import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;

/** What a string stands for matters, and its bytes are no characters of its character set. */
public final class MalformedStringException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MalformedStringException() {
    super("a string with bytes that are no characters", null, false, false);
  }

  /** 1064: the answer to the statement. */
  public SqlError error() {
    return ErrorCode.ER_PARSE_ERROR.error(getMessage() + ", where they matter");
  }
}
