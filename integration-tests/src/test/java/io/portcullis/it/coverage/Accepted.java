package io.portcullis.it.coverage;

/**
 * A statement text that a server accepted, in the state its session was in.
 *
 * @param suite of the test, as its directory is called
 * @param test the file, without its ending
 * @param sqlMode {@code @@sql_mode} before it ran
 * @param charset {@code @@character_set_client} before it ran
 */
record Accepted(String suite, String test, String sqlMode, String charset, String text) {

  private static final int FIELDS = 5;

  String toLine() {
    return suite + '\t' + test + '\t' + sqlMode + '\t' + charset + '\t' + escape(text);
  }

  static Accepted ofLine(String line) {
    String[] fields = line.split("\t", FIELDS);
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException("line: " + line + " (expected: " + FIELDS + " fields)");
    }
    return new Accepted(fields[0], fields[1], fields[2], fields[3], unescape(fields[4]));
  }

  static String escape(String text) {
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private static String unescape(String line) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        i++;
        char escaped = line.charAt(i);
        text.append(
            switch (escaped) {
              case 't' -> '\t';
              case 'n' -> '\n';
              case 'r' -> '\r';
              default -> escaped;
            });
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
