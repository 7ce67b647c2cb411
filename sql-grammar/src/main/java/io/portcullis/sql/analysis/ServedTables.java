package io.portcullis.sql.analysis;

import io.portcullis.sql.lexer.LexedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/** Finds the tables that the gate makes itself among the tokens of a statement (DESIGN D7). */
public final class ServedTables {

  private final LexedStatement text;
  private final BiPredicate<String, String> served;

  private ServedTables(LexedStatement text, BiPredicate<String, String> served) {
    this.text = text;
    this.served = served;
  }

  /**
   * Every use of such a name, in the order of the text. Empty when one of them is neither a table
   * in a place where a derived table may stand as well, nor the qualifier of a column: then nothing
   * is said of any.
   *
   * @param served whether a database and a table, as written, name one
   */
  public static Optional<List<ServedUse>> in(
      LexedStatement text, BiPredicate<String, String> served) {
    return new ServedTables(text, served).find();
  }

  /** Whether the statement locks rows it reads: what the gate makes has none. */
  public static boolean locks(LexedStatement text) {
    for (int i = 0; i < text.size(); i++) {
      if (text.isWord(i, "FOR") && (text.isWord(i + 1, "UPDATE") || text.isWord(i + 1, "SHARE"))
          || text.isWord(i, "LOCK") && text.isWord(i + 1, "IN") && text.isWord(i + 2, "SHARE")) {
        return true;
      }
    }
    return false;
  }

  private Optional<List<ServedUse>> find() {
    List<ServedUse> uses = new ArrayList<>();
    for (int i = 0; i < text.size(); i++) {
      if (!TablePlaces.isIdentifier(text, i)
          || !text.isPunctuation(i + 1, ".")
          || !TablePlaces.isIdentifier(text, i + 2)
          || !served.test(text.value(i), text.value(i + 2))) {
        continue;
      }
      boolean qualifier = text.isPunctuation(i + 3, ".");
      if (text.isPunctuation(i - 1, ".")
          || text.isPunctuation(i + 3, "(")
          || !qualifier && !TablePlaces.isPlace(text, i)) {
        return Optional.empty();
      }
      uses.add(
          new ServedUse(
              text.value(i),
              text.value(i + 2),
              i,
              qualifier ? i + 2 : i + 3,
              qualifier,
              !qualifier && TablePlaces.isAlias(text, i + 3)));
    }
    return Optional.of(List.copyOf(uses));
  }
}
