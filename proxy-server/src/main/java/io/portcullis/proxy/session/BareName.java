package io.portcullis.proxy.session;

import io.portcullis.sql.text.ClientCharset;

/**
 * Names that commands carry outside of a statement, where no tokenizer looks at their bytes. The
 * backend takes binary for UTF-8 and latin1 for windows-1252, and makes a question mark of what its
 * own names cannot hold: a name may then mean another object than the one that was decided.
 */
final class BareName {

  private static final char REPLACEMENT = '\uFFFD';

  private BareName() {}

  /** Whether the backend reads in the name's bytes what we have read. */
  static boolean isReadAlike(String name, ClientCharset charset) {
    boolean unicode =
        switch (charset) {
          case UTF8MB4, UTF8MB3 -> true;
          case LATIN1, ASCII, BINARY -> false;
        };
    return name.chars()
        .allMatch(
            c ->
                c != 0
                    && (c <= 0x7f
                        || unicode && c != REPLACEMENT && !Character.isSurrogate((char) c)));
  }
}
