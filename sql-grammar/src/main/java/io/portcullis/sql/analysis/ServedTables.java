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
  private final Optional<String> current;
  private final List<ServedUse> uses = new ArrayList<>();

  private ServedTables(
      LexedStatement text, BiPredicate<String, String> served, Optional<String> current) {
    this.text = text;
    this.served = served;
    this.current = current;
  }

  /**
   * Every use of such a name, in the order of the text. Empty when one of them is neither a table
   * in a place where a derived table may stand as well, nor the qualifier of a column: then nothing
   * is said of any.
   *
   * @param served whether a database and a table, as written, name one
   * @param current the database of a table that is named without one; empty where such a name is
   *     none of them. Before a column it can stay as it is, and is no use; anywhere else it is not
   *     told from a column, an alias or the name of a WITH
   */
  public static Optional<List<ServedUse>> in(
      LexedStatement text, BiPredicate<String, String> served, Optional<String> current) {
    return new ServedTables(text, served, current).find();
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
    for (int i = 0; i < text.size(); i++) {
      if (TablePlaces.isIdentifier(text, i)
          && !(isQualified(i) ? addQualified(i) : addUnqualified(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(List.copyOf(uses));
  }

  private boolean isQualified(int i) {
    return text.isPunctuation(i + 1, ".")
        && TablePlaces.isIdentifier(text, i + 2)
        && served.test(text.value(i), text.value(i + 2));
  }

  /** False where it is neither a table nor the qualifier of a column. */
  private boolean addQualified(int i) {
    boolean qualifier = text.isPunctuation(i + 3, ".");
    if (text.isPunctuation(i - 1, ".")
        || text.isPunctuation(i + 3, "(")
        || !qualifier && !TablePlaces.isPlace(text, i)) {
      return false;
    }
    uses.add(
        new ServedUse(
            text.value(i),
            text.value(i + 2),
            i,
            qualifier ? i + 2 : i + 3,
            qualifier,
            !qualifier && TablePlaces.isAlias(text, i + 3)));
    return true;
  }

  /** False where it is such a name and neither a table nor the qualifier of a column. */
  private boolean addUnqualified(int i) {
    if (text.isPunctuation(i - 1, ".")
        || text.isPunctuation(i + 1, ".")
        || current.filter(database -> served.test(database, text.value(i))).isEmpty()) {
      return true;
    }
    if (text.isPunctuation(i + 1, "(") || !TablePlaces.isPlace(text, i)) {
      return false;
    }
    uses.add(
        new ServedUse(
            current.get(), text.value(i), i, i + 1, false, TablePlaces.isAlias(text, i + 1)));
    return true;
  }
}
