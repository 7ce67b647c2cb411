package io.portcullis.sql.text;

import java.util.Locale;

/**
 * Everything besides the bytes that changes how the backend reads a statement: part of every key
 * under which something is remembered about a text.
 *
 * @param server flavour and version decide which executable comments are code
 * @param ansiQuotes {@code "..."} is an identifier (sql_mode ANSI_QUOTES or ANSI)
 * @param noBackslashEscapes backslash is an ordinary character in strings
 * @param ignoreSpace built-in function names may be followed by white space before the parenthesis
 * @param pipesAsConcat {@code ||} concatenates instead of OR
 */
public record LexicalMode(
    ServerVersion server,
    ClientCharset charset,
    boolean ansiQuotes,
    boolean noBackslashEscapes,
    boolean ignoreSpace,
    boolean pipesAsConcat) {

  /**
   * The mode of a session, from its {@code @@sql_mode}.
   *
   * @throws IllegalArgumentException for a mode under which the server speaks another language
   *     (MariaDB's ORACLE and MSSQL); ask {@link #isReadable} first
   */
  public static LexicalMode of(ServerVersion server, ClientCharset charset, String sqlMode) {
    if (!isReadable(sqlMode)) {
      throw new IllegalArgumentException(
          "sql_mode: " + sqlMode + " (expected: no ORACLE, no MSSQL)");
    }
    boolean ansi = has(sqlMode, "ANSI");
    return new LexicalMode(
        server,
        charset,
        ansi || has(sqlMode, "ANSI_QUOTES"),
        has(sqlMode, "NO_BACKSLASH_ESCAPES"),
        ansi || has(sqlMode, "IGNORE_SPACE"),
        ansi || has(sqlMode, "PIPES_AS_CONCAT"));
  }

  /** Whether statements under this sql_mode can be read at all. */
  public static boolean isReadable(String sqlMode) {
    return !has(sqlMode, "ORACLE") && !has(sqlMode, "MSSQL");
  }

  private static boolean has(String sqlMode, String flag) {
    for (String part : sqlMode.toUpperCase(Locale.ROOT).split(",", -1)) {
      if (part.trim().equals(flag)) {
        return true;
      }
    }
    return false;
  }
}
