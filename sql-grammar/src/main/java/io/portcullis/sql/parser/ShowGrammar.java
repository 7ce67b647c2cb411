package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.parser.QueryReader.QueryReading;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.statement.ShowDatabases;
import io.portcullis.sql.statement.ShowProcesslist;
import io.portcullis.sql.statement.ShowPrograms;
import io.portcullis.sql.statement.ShowVariables;
import io.portcullis.sql.statement.ShowWarnings;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.LikePattern;
import io.portcullis.sql.text.PolicyReason;
import java.util.Locale;
import java.util.Optional;

/** SHOW (PM 4.3). A WHERE may compare and call built-in functions, but not query. */
final class ShowGrammar {
  private final TokenCursor cursor;
  private final QueryReader queries;
  private final Accesses accesses = new Accesses();

  ShowGrammar(TokenCursor cursor, QueryReader queries) {
    this.cursor = cursor;
    this.queries = queries;
  }

  Statement statement() {
    int show = cursor.at();
    cursor.expect("SHOW");
    if (cursor.acceptAny("DATABASES", "SCHEMAS")) {
      if (cursor.is("WHERE")) {
        throw cursor.notOffered("SHOW DATABASES with WHERE");
      }
      ShowDatabases databases = new ShowDatabases(cursor.like());
      cursor.expectEnd();
      return databases;
    }
    if (cursor.acceptAny("WARNINGS")) {
      return warnings(false);
    }
    if (cursor.acceptAny("ERRORS")) {
      return warnings(true);
    }
    if (cursor.is("COUNT")) {
      return countOfWarnings();
    }
    if (cursor.isAny("GRANTS", "ROLES", "USERS", "ACCOUNTS")
        || cursor.is("FULL", "USERS")
        || cursor.is("CREATE", "USER")
        || cursor.is("ACCESS", "ON")
        || cursor.is("EFFECTIVE", "GRANTS")
        || RowGrammar.beginsShow(cursor)) {
      cursor.moveTo(show);
      return new AccessControlGrammar(cursor.inArea(PolicyReason.ACCESS_CONTROL)).statement();
    }
    if (cursor.accept("PROCESSLIST")) {
      cursor.expectEnd();
      return new ShowProcesslist(false);
    }
    if (cursor.accept("FULL", "PROCESSLIST")) {
      cursor.expectEnd();
      return new ShowProcesslist(true);
    }
    Optional<ShowVariables> variables = variables();
    if (variables.isPresent()) {
      return variables.get();
    }
    Optional<ShowPrograms> programs = programs();
    if (programs.isPresent()) {
      return programs.get();
    }
    forwarded();
    return accesses.forward(StatementKind.SHOW);
  }

  /** SHOW VARIABLES, if it may show some of the gate's. */
  private Optional<ShowVariables> variables() {
    int begin = cursor.at();
    boolean global = cursor.is("GLOBAL");
    cursor.acceptAny("GLOBAL", "SESSION", "LOCAL");
    if (cursor.accept("VARIABLES")) {
      if (cursor.is("WHERE")) {
        int condition = cursor.at() + 1;
        condition();
        return Optional.of(new ShowVariables(global, Optional.empty(), condition));
      }
      Optional<String> like = cursor.like();
      cursor.expectEnd();
      boolean own =
          like.isEmpty()
              || GateVariable.all().stream()
                  .anyMatch(each -> LikePattern.matches(like.get(), each.variableName()));
      if (own) {
        return Optional.of(new ShowVariables(global, like, ShowVariables.NO_CONDITION));
      }
    }
    cursor.moveTo(begin);
    return Optional.empty();
  }

  private Optional<ShowPrograms> programs() {
    String type;
    if (cursor.accept("PROCEDURE", "STATUS")) {
      type = "PROCEDURE";
    } else if (cursor.accept("FUNCTION", "STATUS")) {
      type = "FUNCTION";
    } else if (cursor.isMariaDb() && cursor.accept("PACKAGE", "STATUS")) {
      type = "PACKAGE";
    } else if (cursor.isMariaDb() && cursor.accept("PACKAGE", "BODY", "STATUS")) {
      type = "PACKAGE BODY";
    } else {
      return Optional.empty();
    }
    boolean like = cursor.is("LIKE");
    int begin = cursor.atEnd() ? ShowPrograms.NO_CONDITION : like ? cursor.at() : cursor.at() + 1;
    condition();
    return Optional.of(new ShowPrograms(type, begin, like));
  }

  private void forwarded() {
    if (cursor.accept("CREATE")) {
      created();
      return;
    }
    if (cursor.accept("TABLE", "STATUS")) {
      accesses.add(AccessKind.SHOW_TABLES, inDatabase());
      condition();
      return;
    }
    if (cursor.acceptAny("TRIGGERS", "EVENTS")) {
      accesses.add(AccessKind.SHOW_TABLES, inDatabase());
      condition();
      return;
    }
    if (cursor.accept("OPEN", "TABLES")) {
      if (!cursor.isAny("FROM", "IN")) {
        throw cursor.notOffered(
            PolicyReason.DATA_OF_EVERYBODY,
            "SHOW OPEN TABLES without a database",
            "it lists the tables of everybody");
      }
      accesses.add(AccessKind.SHOW_TABLES, inDatabase());
      condition();
      return;
    }
    if (cursor.acceptAny("AUTHORS", "CONTRIBUTORS")) {
      cursor.expectEnd();
      return;
    }
    if (cursor.accept("LOCALES")) {
      condition();
      return;
    }
    if (cursor.is("PLUGINS", "SONAME")) {
      throw cursor.notOffered(PolicyReason.FILES, "SHOW PLUGINS SONAME");
    }
    if (cursor.is("ENGINES")
        || cursor.is("STORAGE", "ENGINES")
        || cursor.is("PLUGINS")
        || cursor.is("PRIVILEGES")) {
      cursor.accept("STORAGE");
      cursor.skip();
      cursor.expectEnd();
      return;
    }
    if (cursor.accept("COLLATION")
        || cursor.accept("CHARACTER", "SET")
        || cursor.accept("CHARSET")) {
      condition();
      return;
    }
    int begin = cursor.at();
    cursor.acceptAny("GLOBAL", "SESSION", "LOCAL");
    if (cursor.acceptAny(
        "VARIABLES", "STATUS")) { // of VARIABLES, those that show none of the gate's
      condition();
      return;
    }
    cursor.moveTo(begin);
    cursor.accept("EXTENDED");
    cursor.accept("FULL");
    if (cursor.accept("TABLES")) {
      accesses.add(AccessKind.SHOW_TABLES, inDatabase());
      condition();
      return;
    }
    if (cursor.acceptAny("COLUMNS", "FIELDS", "INDEX", "INDEXES", "KEYS")) {
      if (!cursor.acceptAny("FROM", "IN")) {
        throw cursor.unexpected();
      }
      RelationName table = cursor.relation();
      if (cursor.acceptAny("FROM", "IN")) {
        table = new RelationName(cursor.database(), table.name());
      }
      accesses.add(AccessKind.DESCRIBE, table);
      condition();
      return;
    }
    cursor.moveTo(begin);
    refuseByPolicy();
    if (cursor.isKind(TokenKind.WORD)) {
      throw cursor.notOffered("SHOW " + cursor.text().text(cursor.at()).toUpperCase(Locale.ROOT));
    }
    throw cursor.unexpected();
  }

  /** What the server shows about more than the caller's. */
  private void refuseByPolicy() {
    String what =
        cursor.atEnd() ? "" : "SHOW " + cursor.text().text(cursor.at()).toUpperCase(Locale.ROOT);
    boolean replication =
        cursor.isAny("BINLOG", "MASTER", "SLAVE", "REPLICA", "REPLICAS", "RELAYLOG")
            || cursor.is("BINARY", "LOGS")
            || cursor.is("BINARY", "LOG", "STATUS")
            || cursor.is("ALL", "SLAVES")
            || cursor.is("ALL", "REPLICAS");
    if (replication) {
      throw cursor.notOffered(PolicyReason.REPLICATION, what);
    }
    boolean everybody =
        cursor.isAny(
                "CLIENT_STATISTICS",
                "USER_STATISTICS",
                "INDEX_STATISTICS",
                "TABLE_STATISTICS",
                "QUERY_RESPONSE_TIME",
                "PROFILE", // of the sessions that had the connection before, too
                "PROFILES")
            || cursor.is("ENGINE")
            || cursor.is("EXPLAIN")
            || cursor.is("ANALYZE");
    if (everybody) {
      throw cursor.notOffered(PolicyReason.DATA_OF_EVERYBODY, what);
    }
  }

  private void created() {
    if (cursor.acceptAny("DATABASE", "SCHEMA")) {
      cursor.accept("IF", "NOT", "EXISTS");
      accesses.add(AccessKind.SHOW_CREATE_DATABASE, cursor.database());
    } else if (cursor.accept("TABLE") || cursor.isMariaDb() && cursor.accept("SEQUENCE")) {
      accesses.add(AccessKind.SHOW_CREATE, cursor.relation());
    } else if (cursor.accept("VIEW")) {
      RelationName view = cursor.relation();
      accesses.add(AccessKind.SHOW_CREATE, view).add(AccessKind.SELECT, view);
    } else if (cursor.accept("FUNCTION")) {
      accesses.add(AccessKind.SHOW_FUNCTION, cursor.relation());
    } else if (cursor.accept("PROCEDURE")) {
      accesses.add(AccessKind.SHOW_PROCEDURE, cursor.relation());
    } else if (cursor.accept("TRIGGER")) {
      accesses.add(AccessKind.SHOW_TRIGGER, cursor.relation());
    } else if (cursor.accept("EVENT")) {
      accesses.add(AccessKind.SHOW_EVENT, cursor.relation());
    } else if (cursor.is("SERVER")) {
      throw cursor.notOffered(PolicyReason.ABOUT_THE_SERVER, "SHOW CREATE SERVER");
    } else {
      throw cursor.notOffered(
          "SHOW CREATE "
              + (cursor.atEnd() ? "" : cursor.text().text(cursor.at()).toUpperCase(Locale.ROOT)));
    }
    cursor.expectEnd();
  }

  private DatabaseName inDatabase() {
    return cursor.acceptAny("FROM", "IN") ? cursor.database() : DatabaseName.CURRENT;
  }

  /** {@code [LIKE 'pattern' | WHERE expression]}, to the end. */
  private void condition() {
    if (cursor.accept("WHERE")) {
      int begin = cursor.at();
      for (int i = begin; i < cursor.end(); i++) {
        if (cursor.wordAt(i, "SELECT") || cursor.wordAt(i, "TABLE")) {
          cursor.moveTo(i);
          throw cursor.notOffered("a query inside SHOW");
        }
      }
      QueryReading reading =
          DataGrammar.expressions(cursor, queries, begin, cursor.end())
              .orElseThrow(cursor::unexpected);
      if (!reading.touchesNothing()) {
        throw cursor.notOffered("a query, or a stored function, inside SHOW");
      }
      return;
    }
    cursor.like();
    cursor.expectEnd();
  }

  private ShowWarnings warnings(boolean errorsOnly) {
    long offset = 0;
    long limit = Long.MAX_VALUE;
    if (cursor.accept("LIMIT")) {
      limit = cursor.number();
      if (cursor.acceptMark(",")) {
        offset = limit;
        limit = cursor.number();
      } else if (cursor.accept("OFFSET")) {
        offset = cursor.number();
      }
    }
    cursor.expectEnd();
    return new ShowWarnings(errorsOnly, false, offset, limit);
  }

  private ShowWarnings countOfWarnings() {
    cursor.expect("COUNT");
    cursor.expectMark("(");
    cursor.expectMark("*");
    cursor.expectMark(")");
    boolean errors = cursor.accept("ERRORS");
    if (!errors) {
      cursor.expect("WARNINGS");
    }
    cursor.expectEnd();
    return new ShowWarnings(errors, true, 0, Long.MAX_VALUE);
  }
}
