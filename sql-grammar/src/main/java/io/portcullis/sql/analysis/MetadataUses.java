package io.portcullis.sql.analysis;

import io.portcullis.sql.lexer.LexedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the tables of information_schema among the tokens of a statement. */
public final class MetadataUses {

  private static final String INFORMATION_SCHEMA = "information_schema";

  private final LexedStatement text;

  private MetadataUses(LexedStatement text) {
    this.text = text;
  }

  /**
   * Every use of the name {@code information_schema}, in the order of the text. Empty when one of
   * them is something else than a table in a place where a derived table may stand as well: then
   * nothing is said of any.
   */
  public static Optional<List<MetadataUse>> of(LexedStatement text) {
    return new MetadataUses(text).find();
  }

  private Optional<List<MetadataUse>> find() {
    List<MetadataUse> uses = new ArrayList<>();
    for (int i = 0; i < text.size(); i++) {
      if (!TablePlaces.isIdentifier(text, i) || !isInformationSchema(text.value(i))) {
        continue;
      }
      if (!TablePlaces.isPlace(text, i)
          || !text.isPunctuation(i + 1, ".")
          || !TablePlaces.isIdentifier(text, i + 2)
          || text.isPunctuation(i + 3, ".")
          || text.isPunctuation(i + 3, "(")) {
        return Optional.empty();
      }
      uses.add(new MetadataUse(text.value(i + 2), i, i + 3, TablePlaces.isAlias(text, i + 3)));
    }
    return Optional.of(List.copyOf(uses));
  }

  /** ASCII letters only: what folds to it in some collation is another name here. */
  private static boolean isInformationSchema(String name) {
    return name.length() == INFORMATION_SCHEMA.length()
        && name.chars().allMatch(c -> c <= 0x7F)
        && name.toLowerCase(Locale.ROOT).equals(INFORMATION_SCHEMA);
  }
}
