package io.portcullis.sql.lexer;

/** What a token is to the server. Comments and white space are not tokens. */
public enum TokenKind {
  /**
   * A key word or an unquoted identifier, whichever the grammar makes of it; also a character set
   * introducer ({@code _utf8mb4}) and {@code \N}, whose value is {@code NULL}.
   */
  WORD,
  /**
   * What can only be an identifier: quoted, or unquoted where the server looks for no key word
   * (directly before or after a dot, as both parts of {@code from.select}), or beginning with a
   * digit ({@code 1a}).
   */
  QUOTED_IDENTIFIER,
  /** {@code '..'}, {@code N'..'}, and {@code ".."} unless ANSI_QUOTES is on. */
  STRING,
  NUMBER,
  /** {@code x'..'} or {@code 0x..}. */
  HEX,
  /** {@code b'..'} or {@code 0b..}. */
  BIT,
  /** {@code ?}. */
  PARAMETER,
  /** {@code @name}, {@code @'name'}, {@code @`name`}; also the host part of an account name. */
  USER_VARIABLE,
  /** {@code @@name}, {@code @@session.name}. */
  SYSTEM_VARIABLE,
  /** An operator, a separator or a bracket. */
  PUNCTUATION;

  private static final TokenKind[] VALUES = values();

  static TokenKind of(byte ordinal) {
    return VALUES[ordinal];
  }
}
