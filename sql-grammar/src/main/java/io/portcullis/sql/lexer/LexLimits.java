package io.portcullis.sql.lexer;

/**
 * How much text is read before it is refused: what comes after the lexer may cost more than linear
 * time in these.
 *
 * @param maximumLength bytes of a text with all its statements
 * @param maximumTokens tokens of a text with all its statements
 * @param maximumDepth parentheses inside one another
 */
public record LexLimits(int maximumLength, int maximumTokens, int maximumDepth) {

  /** 64 MiB (MySQL's own max_allowed_packet), 4 million tokens, 100 parentheses. */
  public static final LexLimits STANDARD = new LexLimits(64 * 1024 * 1024, 4_000_000, 100);

  public LexLimits {
    check("maximumLength", maximumLength);
    check("maximumTokens", maximumTokens);
    check("maximumDepth", maximumDepth);
  }

  private static void check(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}
