package io.portcullis.sql.text;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * The character sets in which a client may write statements: those where no byte of a multi-byte
 * character can look like a quote, a backslash or any other ASCII character. All others (sjis, gbk,
 * big5, cp932, gb18030, ucs2, utf16, utf32 ...) are refused, because the tokenizer could read them
 * differently from the server.
 */
public enum ClientCharset {
  UTF8MB4(StandardCharsets.UTF_8),
  UTF8MB3(StandardCharsets.UTF_8),
  /**
   * MySQL's latin1 is windows-1252; only its bytes above 0x7f differ, and names keep them as they
   * are.
   */
  LATIN1(StandardCharsets.ISO_8859_1),
  ASCII(StandardCharsets.US_ASCII),
  BINARY(StandardCharsets.ISO_8859_1);

  private final Charset java;

  ClientCharset(Charset java) {
    this.java = java;
  }

  public Charset java() {
    return java;
  }

  /** The server's name of it, as in {@code SET NAMES}. */
  public String sqlName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * By character set name ({@code utf8} is utf8mb3); empty when it is not one that can be read
   * safely.
   */
  public static Optional<ClientCharset> ofName(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "utf8mb4" -> Optional.of(UTF8MB4);
      case "utf8", "utf8mb3" -> Optional.of(UTF8MB3);
      case "latin1" -> Optional.of(LATIN1);
      case "ascii" -> Optional.of(ASCII);
      case "binary" -> Optional.of(BINARY);
      default -> Optional.empty();
    };
  }
}
