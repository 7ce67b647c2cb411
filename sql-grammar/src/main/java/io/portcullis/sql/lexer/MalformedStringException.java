package io.portcullis.sql.lexer;

/** What a string stands for matters, and its bytes are no characters of its character set. */
public final class MalformedStringException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MalformedStringException() {
    super("a string with bytes that are no characters", null, false, false);
  }
}
