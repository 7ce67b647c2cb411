package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.StatementKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * CHECK, CHECKSUM, ANALYZE, OPTIMIZE and REPAIR TABLE (PM row 61): the first two read, the third
 * writes statistics, the others rewrite the rows.
 */
final class MaintenanceGrammar {

  private final TokenCursor cursor;

  MaintenanceGrammar(TokenCursor cursor) {
    this.cursor = cursor;
  }

  /** Whether ANALYZE here is about tables and not a statement to be run. */
  static boolean begins(TokenCursor cursor) {
    int at = cursor.at() + 1;
    if (cursor.wordAt(at, "LOCAL") || cursor.wordAt(at, "NO_WRITE_TO_BINLOG")) {
      at++;
    }
    return cursor.wordAt(at, "TABLE") || cursor.wordAt(at, "TABLES");
  }

  ForwardStatement statement() {
    int verb = cursor.at();
    cursor.skip();
    boolean local = cursor.acceptAny("LOCAL", "NO_WRITE_TO_BINLOG");
    if (cursor.isMariaDb() && cursor.accept("VIEW")) {
      return views(cursor.wordAt(verb, "CHECK"), cursor.wordAt(verb, "REPAIR"));
    }
    if (!cursor.acceptAny("TABLE", "TABLES")) {
      throw cursor.notOffered(
          cursor.text().text(verb).toUpperCase(Locale.ROOT) + " of anything but tables");
    }
    List<RelationName> tables = new ArrayList<>();
    do {
      tables.add(cursor.relation());
      if (cursor.wordAt(verb, "ANALYZE")) {
        persistent();
      }
    } while (cursor.acceptMark(","));
    if (local && (cursor.wordAt(verb, "CHECK") || cursor.wordAt(verb, "CHECKSUM"))) {
      throw cursor.unexpected();
    }
    boolean reads = !cursor.wordAt(verb, "ANALYZE");
    boolean writes = !cursor.wordAt(verb, "CHECK") && !cursor.wordAt(verb, "CHECKSUM");
    Accesses accesses = new Accesses();
    for (RelationName table : tables) {
      if (reads) {
        accesses.add(AccessKind.SELECT, table);
      }
      if (writes) {
        accesses.add(AccessKind.INSERT, table);
      }
    }
    if (cursor.wordAt(verb, "ANALYZE")) {
      histogram();
    } else if (cursor.wordAt(verb, "OPTIMIZE")) {
      DefinitionGrammar.acceptWait(cursor);
    } else {
      options();
    }
    cursor.expectEnd();
    return accesses.forward(StatementKind.TABLE_MAINTENANCE);
  }

  /** MariaDB: what a server of an older version wrote is looked at, or written anew. */
  private ForwardStatement views(boolean check, boolean repair) {
    if (!check && !repair) {
      throw cursor.unexpected();
    }
    Accesses accesses = new Accesses();
    do {
      RelationName view = cursor.relation();
      accesses.add(check ? AccessKind.SELECT : AccessKind.ALTER_VIEW, view);
    } while (cursor.acceptMark(","));
    if (repair) {
      cursor.accept("FROM", "MYSQL");
    } else {
      cursor.accept("FOR", "UPGRADE");
    }
    cursor.expectEnd();
    return accesses.forward(StatementKind.TABLE_MAINTENANCE);
  }

  private void options() {
    while (cursor.acceptAny("QUICK", "FAST", "MEDIUM", "EXTENDED", "CHANGED", "USE_FRM", "FORCE")
        || cursor.accept("FOR", "UPGRADE")) {
      // they touch nothing else
    }
  }

  /** MariaDB: {@code PERSISTENT FOR ALL | COLUMNS (names) | ALL INDEXES (names) | ALL}. */
  private void persistent() {
    if (!cursor.accept("PERSISTENT")) {
      return;
    }
    cursor.expect("FOR");
    if (cursor.accept("ALL")) {
      return;
    }
    cursor.expect("COLUMNS");
    allOrNames();
    cursor.expect("INDEXES");
    allOrNames();
  }

  private void allOrNames() {
    if (cursor.accept("ALL")) {
      return;
    }
    cursor.expectMark("(");
    while (!cursor.acceptMark(")")) {
      if (!cursor.accept("PRIMARY")) {
        cursor.identifier();
      }
      if (!cursor.acceptMark(",") && !cursor.isMark(")")) {
        throw cursor.unexpected();
      }
    }
  }

  /** MySQL: {@code UPDATE HISTOGRAM ON names [WITH n BUCKETS]}, {@code DROP HISTOGRAM ON names}. */
  private void histogram() {
    boolean update = cursor.accept("UPDATE", "HISTOGRAM");
    if (!update && !cursor.accept("DROP", "HISTOGRAM")) {
      return;
    }
    cursor.expect("ON");
    do {
      cursor.identifier();
    } while (cursor.acceptMark(","));
    if (update && cursor.accept("WITH")) {
      cursor.number();
      cursor.expect("BUCKETS");
    }
  }
}
