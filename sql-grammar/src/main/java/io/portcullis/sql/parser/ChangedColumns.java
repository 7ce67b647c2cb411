package io.portcullis.sql.parser;

import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.TokenKind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the specifications of an ALTER TABLE do to the names of its columns. Where it cannot be told
 * whether a word is the name of a column, it counts as one that is gone, which takes grants away
 * and gives none.
 */
final class ChangedColumns {
  private final Set<String> gone = new HashSet<>();
  private final Map<String, String> renamed = new HashMap<>();
  private boolean changed;

  /** One specification, from its beginning. */
  void read(TokenCursor part) {
    if (part.accept("RENAME", "COLUMN")) {
      part.accept("IF", "EXISTS");
      String from = part.identifier();
      part.expect("TO");
      rename(from, part.identifier());
    } else if (part.accept("CHANGE")) {
      part.accept("COLUMN");
      part.accept("IF", "EXISTS");
      String from = part.identifier();
      rename(from, part.identifier());
    } else if (part.accept("DROP")) {
      part.accept("COLUMN");
      part.accept("IF", "EXISTS");
      gone(part);
    } else if (part.accept("ADD")) {
      part.accept("COLUMN");
      if (part.accept("IF", "NOT", "EXISTS")) {
        changed = true; // who has privileges on one that was there keeps them
      } else if (part.isMark("(")) {
        listed(part);
      } else {
        gone(part);
      }
    } else if (part.isAny("MODIFY", "ALTER")) {
      changed = true;
    }
  }

  private void rename(String from, String to) {
    if (from.equalsIgnoreCase(to)) {
      changed = true;
    } else {
      renamed.put(to, from);
    }
  }

  private void gone(TokenCursor part) {
    if (part.isKind(TokenKind.WORD) || part.isKind(TokenKind.QUOTED_IDENTIFIER)) {
      gone.add(part.text().value(part.at()));
    }
  }

  private void listed(TokenCursor part) {
    int close = part.closing(part.at());
    part.skip();
    int depth = 0;
    boolean first = true;
    while (part.at() < close) {
      if (first) {
        gone(part);
      }
      first = depth == 0 && part.isMark(",");
      depth += part.isMark("(") ? 1 : part.isMark(")") ? -1 : 0;
      part.skip();
    }
  }

  Optional<CatalogEffect> effect(RelationName table) {
    return changed || !gone.isEmpty() || !renamed.isEmpty()
        ? Optional.of(new CatalogEffect.ColumnsChanged(table, gone, renamed))
        : Optional.empty();
  }
}
