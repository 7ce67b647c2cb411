package io.portcullis.sql.analysis;

import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.parser.LoadGrammar;
import java.util.Optional;

/** The file that LOAD DATA LOCAL asks its client for. */
public final class LocalInfile {
  private LocalInfile() {}

  /** Its name, without quotes and escapes; empty for any other statement. */
  public static Optional<String> name(LexedStatement text) {
    return LoadGrammar.file(text);
  }
}
