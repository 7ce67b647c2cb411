package io.portcullis.it.fuzz;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Statements from a grammar of what both families of servers understand, with sub-queries in every
 * place where one may stand. About every second one reaches for a table that is hidden, once, in a
 * place that is all chance. Words are separated by single blanks; {@link Spelling} writes them
 * down.
 */
final class StatementGenerator {

  private static final List<String> VISIBLE =
      List.of("t1", "t1", "t1", "t2", "t2", "t2", "p1", "h1", "t3", "fuzz_own.x1");
  private static final List<String> WRITABLE =
      List.of("t1", "t1", "t1", "t3", "t3", "p1", "h1", "t4", "fuzz_own.x1", "fuzz_own.x2");
  private static final List<String> HIDDEN =
      List.of("secret", "secret", "fuzz_db.secret", "fuzz_other.secret", "fuzz_other.t1");
  private static final int HIDDEN_IN = 55;
  private static final int HIDDEN_IN_COLUMNS = 15;
  private static final int HIDDEN_HERE = 30;

  /** Every column of each is held by nobody; see {@link FuzzGrants}. */
  private static final List<String> OF_COLUMNS =
      List.of("t1", "t1", "t1", "t2", "t3", "p1", "h1", "t4", "v1", "v2", "v3", "fuzz_own.x1");

  private final Dice dice;
  private final boolean mariaDb;
  private final boolean ansiQuotes;
  private final boolean noBackslash;
  private final boolean columns;
  private final Deque<String> commonTables = new ArrayDeque<>();
  private boolean hidden;

  StatementGenerator(Dice dice, boolean mariaDb, String sqlMode) {
    this(dice, mariaDb, sqlMode, false);
  }

  /**
   * @param columns for a login of single columns, views and routines, with more of those
   */
  StatementGenerator(Dice dice, boolean mariaDb, String sqlMode, boolean columns) {
    this.dice = dice;
    this.columns = columns;
    this.mariaDb = mariaDb;
    this.ansiQuotes = sqlMode.contains("ANSI");
    this.noBackslash = sqlMode.contains("NO_BACKSLASH_ESCAPES");
  }

  String statement() {
    hidden = dice.chance(columns ? HIDDEN_IN_COLUMNS : HIDDEN_IN);
    commonTables.clear();
    if (columns && dice.chance(8)) {
      return "EXECUTE IMMEDIATE " + dynamic();
    }
    int kind = dice.below(100);
    if (kind < 38) {
      return query(columns ? 2 : 3);
    }
    if (kind < 48) {
      return insert();
    }
    if (kind < 58) {
      return update();
    }
    if (kind < 68) {
      return delete();
    }
    if (kind < 80) {
      return definition();
    }
    return utility();
  }

  // ---------------------------------------------------------------- queries

  private String query(int depth) {
    int mark = commonTables.size();
    String with = depth > 0 && dice.chance(25) ? with(depth) : "";
    StringBuilder text = new StringBuilder(with).append(term(depth));
    int more = dice.chance(25) ? 1 + dice.below(2) : 0;
    for (int i = 0; i < more; i++) {
      text.append(dice.one(" UNION ", " UNION ALL ", " UNION DISTINCT ", " EXCEPT ", " INTERSECT "))
          .append(term(depth - 1));
    }
    if (more > 0 && dice.chance(30)) {
      text.append(" ORDER BY ").append(dice.chance(50) ? "1" : expression(depth - 1));
    }
    while (commonTables.size() > mark) {
      commonTables.pop();
    }
    return text.toString();
  }

  private String with(int depth) {
    boolean recursive = dice.chance(30);
    StringBuilder text = new StringBuilder("WITH ").append(recursive ? "RECURSIVE " : "");
    int count = 1 + dice.below(2);
    for (int i = 0; i < count; i++) {
      String name =
          dice.one(
              "q1",
              "q2",
              "secret",
              "t1",
              "t2",
              "SECRET",
              "`secret`",
              "`q 1`".replace(' ', Spelling.BLANK));
      text.append(i == 0 ? "" : " , ").append(name);
      if (dice.chance(25)) {
        text.append(" ( a , b )");
      }
      if (recursive && dice.chance(50)) {
        commonTables.push(name);
        text.append(" AS ( ").append(query(depth - 1)).append(" )");
      } else {
        text.append(" AS ( ").append(query(depth - 1)).append(" )");
        commonTables.push(name);
      }
    }
    return text.append(' ').toString();
  }

  private String term(int depth) {
    int kind = dice.below(100);
    if (kind < 6 && depth > 0) {
      return "( " + query(depth - 1) + " )";
    }
    if (kind < 9) {
      return mariaDb
          ? "VALUES ( " + expression(depth - 1) + " , 2 )"
          : "VALUES ROW( " + expression(depth - 1) + " , 2 )";
    }
    if (kind < 12 && !mariaDb) {
      return "TABLE " + table();
    }
    return select(depth);
  }

  private String select(int depth) {
    StringBuilder text = new StringBuilder("SELECT ");
    if (dice.chance(12)) {
      text.append(
              dice.one(
                  "DISTINCT",
                  "ALL",
                  "DISTINCTROW",
                  "STRAIGHT_JOIN",
                  "HIGH_PRIORITY",
                  "SQL_NO_CACHE",
                  "SQL_CALC_FOUND_ROWS",
                  "SQL_BUFFER_RESULT",
                  "SQL_SMALL_RESULT DISTINCT"))
          .append(' ');
    }
    int columns = 1 + dice.below(2);
    for (int i = 0; i < columns; i++) {
      text.append(i == 0 ? "" : " , ").append(selected(depth));
    }
    if (dice.chance(3)) {
      text.append(" INTO @v");
    }
    if (dice.chance(90)) {
      text.append(" FROM ").append(from(depth));
      if (dice.chance(45)) {
        text.append(" WHERE ").append(condition(depth));
      }
      if (dice.chance(15)) {
        text.append(" GROUP BY ").append(expression(depth - 1));
        text.append(dice.chance(25) ? " WITH ROLLUP" : "");
      }
      if (dice.chance(10)) {
        text.append(" HAVING ").append(condition(depth - 1));
      }
      if (dice.chance(6)) {
        text.append(" WINDOW w AS ( ").append(windowBody(depth - 1)).append(" )");
      }
      if (dice.chance(15)) {
        text.append(" ORDER BY ")
            .append(expression(depth - 1))
            .append(dice.one("", " ASC", " DESC"));
      }
      if (dice.chance(12)) {
        text.append(
            dice.one(
                " LIMIT 3", " LIMIT 0 , 2", " LIMIT 2 OFFSET 0", " LIMIT 3 ROWS EXAMINED 100"));
      }
      if (dice.chance(4)) {
        text.append(
            dice.one(
                " FOR UPDATE",
                " LOCK IN SHARE MODE",
                " FOR SHARE",
                " FOR UPDATE SKIP LOCKED",
                " FOR UPDATE OF t1",
                " INTO @v , @w",
                " PROCEDURE ANALYSE( )"));
      }
    }
    return text.toString();
  }

  private String selected(int depth) {
    int kind = dice.below(100);
    if (kind < 15) {
      return "*";
    }
    if (kind < 22) {
      return dice.one("t1.*", "t2 . *", "x.*", "fuzz_db.t1.*", "secret.*", "`t1`.*");
    }
    String expression = expression(depth);
    return switch (dice.below(5)) {
      case 0 -> expression + " AS " + alias();
      case 1 -> expression + " " + alias();
      case 2 -> expression + " AS " + dice.one("'secret'", "'from'", "`a\"b`", "\"q\"");
      default -> expression;
    };
  }

  private String alias() {
    if (columns) {
      return dice.one("x", "y", "z", "t1", "secret", "c1", "`from`");
    }
    return dice.one("x", "y", "t1", "secret", "`from`", "z", "`x`", "value", "offset", "c1");
  }

  private String from(int depth) {
    StringBuilder text = new StringBuilder(factor(depth));
    int joins = dice.chance(45) ? 1 + dice.below(2) : 0;
    for (int i = 0; i < joins; i++) {
      int kind = dice.below(9);
      if (columns && (kind == 3 || kind == 7) && dice.chance(80)) {
        kind = 5; // the gate refuses NATURAL JOIN of such tables
      }
      switch (kind) {
        case 0 -> text.append(" , ").append(factor(depth));
        case 1 ->
            text.append(" JOIN ").append(factor(depth)).append(" ON ").append(condition(depth - 1));
        case 2 ->
            text.append(dice.one(" LEFT JOIN ", " RIGHT JOIN ", " LEFT OUTER JOIN "))
                .append(factor(depth))
                .append(" ON ")
                .append(condition(depth - 1));
        case 3 -> text.append(" NATURAL JOIN ").append(factor(depth));
        case 4 -> text.append(" CROSS JOIN ").append(factor(depth));
        case 5 -> text.append(" JOIN ").append(factor(depth)).append(" USING ( a )");
        case 6 -> text.append(" STRAIGHT_JOIN ").append(factor(depth));
        case 7 -> text.append(" NATURAL LEFT JOIN ").append(factor(depth));
        default -> text.append(" INNER JOIN ").append(factor(depth));
      }
    }
    return text.toString();
  }

  private String factor(int depth) {
    int kind = dice.below(100);
    if (kind < 14 && depth > 0) {
      String lateral = dice.chance(15) ? "LATERAL " : "";
      return lateral + "( " + query(depth - 1) + " ) " + dice.one("AS ", "") + alias();
    }
    if (kind < 18 && depth > 0) {
      return "( " + from(depth - 1) + " )";
    }
    if (kind < 21) {
      return "JSON_TABLE( "
          + dice.one("'[1,2]'", depth > 0 ? subquery(depth) : "'[]'", "t1.b")
          + " , '$[*]' COLUMNS ( a INT PATH '$' ) ) "
          + dice.one("AS j1", "j1");
    }
    if (kind < 22) {
      return "{ OJ " + table() + " LEFT JOIN " + table() + " ON 1 = 1 }";
    }
    if (kind < 23) {
      return "DUAL";
    }
    StringBuilder text = new StringBuilder(table());
    if (dice.chance(columns ? 1 : 8)) {
      text.append(" PARTITION ( p0 )");
    }
    if (mariaDb && dice.chance(5)) {
      text.append(
          dice.one(
              " FOR SYSTEM_TIME ALL",
              " FOR SYSTEM_TIME AS OF NOW( )",
              " FOR SYSTEM_TIME AS OF " + (depth > 0 ? subquery(depth) : "NOW( )"),
              " FOR SYSTEM_TIME BETWEEN '2020-01-01' AND NOW( )",
              " FOR SYSTEM_TIME FROM '2020-01-01' TO NOW( )"));
    }
    if (dice.chance(30)) {
      text.append(dice.one(" AS ", " ")).append(alias());
    }
    if (dice.chance(columns ? 1 : 8)) {
      text.append(
          dice.one(
              " USE INDEX ( kb )",
              " FORCE INDEX ( PRIMARY )",
              " IGNORE KEY FOR JOIN ( kb )",
              " USE INDEX ( )",
              " FORCE INDEX FOR ORDER BY ( kb )"));
    }
    if (dice.chance(2)) {
      text.append(" TABLESAMPLE ( 5 )");
    }
    return text.toString();
  }

  /** A relation to read: a common table expression, a table one may read, or the hidden one. */
  private String table() {
    if (!commonTables.isEmpty() && dice.chance(35)) {
      return dice.one(List.copyOf(commonTables));
    }
    if (takeHidden()) {
      return spelled(dice.one(HIDDEN));
    }
    return spelled(dice.one(columns ? OF_COLUMNS : VISIBLE));
  }

  private String target() {
    return spelled(takeHidden() ? dice.one(HIDDEN) : dice.one(WRITABLE));
  }

  private boolean takeHidden() {
    if (hidden && dice.chance(HIDDEN_HERE)) {
      hidden = false;
      return true;
    }
    return false;
  }

  private String spelled(String name) {
    int dot = name.indexOf('.');
    String database = dot < 0 ? "" : name.substring(0, dot);
    String table = name.substring(dot + 1);
    if (database.isEmpty()) {
      return switch (dice.below(12)) {
        case 0 -> "." + table;
        case 1 -> ". " + quoted(table);
        case 2 -> "fuzz_db." + table;
        case 3 -> "fuzz_db . " + quoted(table);
        case 4 -> quoted("fuzz_db") + "." + quoted(table);
        case 5 -> quoted(table);
        default -> table;
      };
    }
    return switch (dice.below(5)) {
      case 0 -> database + " . " + table;
      case 1 -> quoted(database) + " . " + quoted(table);
      case 2 -> database + "." + quoted(table);
      default -> name;
    };
  }

  private String quoted(String name) {
    return ansiQuotes && dice.chance(50) ? "\"" + name + "\"" : "`" + name + "`";
  }

  // ---------------------------------------------------------------- expressions

  private String subquery(int depth) {
    return "( " + query(depth - 1) + " )";
  }

  private String column() {
    if (columns && dice.chance(60)) {
      return dice.chance(70)
          ? dice.one("a", "a", "b", "b", "c", "A")
          : dice.one(
              "t1.c",
              "v1.c",
              "t2.a",
              "t3.a",
              "p1.b",
              "h1.a",
              "x.b",
              "x.c",
              "y.a",
              "v2.a",
              "t4.c",
              "secret.a",
              "fuzz_db . t1 . c",
              "`t1`.`C`",
              "j1.a",
              "v1.a");
    }
    return dice.one(
        "a", "b", "c", "a", "b", "t1.a", "t2 . b", "x.a", "`a`", "fuzz_db.t1.a", "t1.`b`", ".t1.a");
  }

  private String condition(int depth) {
    if (depth <= 0) {
      return dice.one("a = 1", "b IS NULL", "1 = 1", "a IN ( 1 , 2 )", "b LIKE '%'", "NOT a");
    }
    String left = expression(depth - 1);
    return switch (dice.below(26)) {
      case 0 -> "EXISTS " + subquery(depth);
      case 1 -> "NOT EXISTS " + subquery(depth);
      case 2 -> left + " IN " + subquery(depth);
      case 3 -> left + " NOT IN " + subquery(depth);
      case 4 -> left + " IN ( 1 , " + expression(depth - 1) + " )";
      case 5 -> left + " BETWEEN " + expression(depth - 1) + " AND " + expression(depth - 1);
      case 6 -> left + " LIKE " + expression(depth - 1) + dice.one("", " ESCAPE '!'");
      case 7 -> left + dice.one(" REGEXP ", " RLIKE ", " NOT REGEXP ") + expression(depth - 1);
      case 8 -> left + dice.one(" = ANY ", " > ALL ", " <> SOME ") + subquery(depth);
      case 9 -> "( a , b ) IN " + subquery(depth);
      case 10 -> "ROW( a , 1 ) = " + subquery(depth);
      case 11 -> left + " IS NOT NULL";
      case 12 -> "( " + condition(depth - 1) + " ) IS UNKNOWN";
      case 13 -> condition(depth - 1) + dice.one(" AND ", " OR ", " XOR ") + condition(depth - 1);
      case 14 -> condition(depth - 1) + dice.one(" && ", " || ") + condition(depth - 1);
      case 15 -> "NOT ( " + condition(depth - 1) + " )";
      case 16 -> "! " + left;
      case 17 -> left + " <=> " + expression(depth - 1);
      case 18 -> left + " SOUNDS LIKE " + expression(depth - 1);
      case 19 -> left + dice.one(" = ", " < ", " >= ", " != ", " <> ") + expression(depth - 1);
      case 20 -> left + " IS NOT TRUE";
      case 21 -> "a = 5--" + dice.one("1", "( 2 )", "3 OR a = " + subquery(depth));
      case 22 -> left + " MEMBER OF ( '[1]' )";
      case 23 -> "MATCH ( b ) AGAINST ( 'x' IN BOOLEAN MODE )";
      case 24 -> left + " LIKE 'x' ESCAPE " + dice.one("'!'", subquery(depth));
      default -> left;
    };
  }

  private String expression(int depth) {
    if (depth <= 0 || dice.chance(35)) {
      return dice.chance(50) ? column() : literal();
    }
    String one = expression(depth - 1);
    if (columns && dice.chance(6)) {
      return dice.one(
              "fuzz_db.f1(",
              "`fuzz_db`.f1(",
              "fuzz_db . f2(",
              "fuzz_db.f3(",
              "f1(",
              "fuzz_other.f1(")
          + " "
          + one
          + " )";
    }
    return switch (dice.below(46)) {
      case 0, 1, 2, 3, 4, 5 -> subquery(depth);
      case 6 ->
          one
              + dice.one(
                  " + ", " - ", " * ", " / ", " % ", " DIV ", " MOD ", " ^ ", " & ", " | ", " << ",
                  "-")
              + expression(depth - 1);
      case 7 -> "CASE " + one + " WHEN 1 THEN " + expression(depth - 1) + " ELSE 0 END";
      case 8 -> "CASE WHEN " + condition(depth - 1) + " THEN 1 END";
      case 9 -> "IF( " + condition(depth - 1) + " , " + one + " , 0 )";
      case 10 -> "COALESCE( " + one + " , " + expression(depth - 1) + " )";
      case 11 ->
          "CAST( "
              + one
              + " AS "
              + dice.one(
                  "CHAR",
                  "SIGNED",
                  "DECIMAL(10,2)",
                  "CHAR(10) CHARACTER SET latin1",
                  "JSON",
                  "DATE")
              + " )";
      case 12 -> "CONVERT( " + one + " USING utf8mb4 )";
      case 13 -> "CONVERT( " + one + " , CHAR )";
      case 14 ->
          "GROUP_CONCAT( "
              + dice.one("", "DISTINCT ")
              + one
              + " ORDER BY "
              + expression(depth - 1)
              + dice.one("", " SEPARATOR ','", " DESC")
              + " )";
      case 15 ->
          dice.one("COUNT", "SUM", "MAX", "MIN", "AVG", "BIT_OR", "JSON_ARRAYAGG")
              + "( "
              + one
              + " )";
      case 16 -> "COUNT( DISTINCT a , " + one + " )";
      case 17 -> "SUM( a ) OVER ( " + windowBody(depth - 1) + " )";
      case 18 ->
          dice.one("ROW_NUMBER( )", "RANK( )", "LAG( a )", "FIRST_VALUE( a )")
              + " OVER ( "
              + windowBody(depth - 1)
              + " )";
      case 19 -> "SUM( a ) OVER w";
      case 20 -> "SUBSTRING( " + one + " FROM 1 FOR " + expression(depth - 1) + " )";
      case 21 -> "SUBSTRING( 'abc' , " + one + " )";
      case 22 -> "POSITION( " + one + " IN 'x' )";
      case 23 -> "TRIM( " + dice.one("BOTH ", "LEADING ", "") + "'x' FROM " + one + " )";
      case 24 -> "EXTRACT( " + dice.one("YEAR", "DAY_HOUR") + " FROM " + one + " )";
      case 25 -> "DATE_ADD( NOW( ) , INTERVAL " + one + " " + dice.one("DAY", "HOUR_MINUTE") + " )";
      case 26 -> "NOW( ) + INTERVAL " + one + " DAY";
      case 27 -> "INTERVAL( 1 , " + one + " )";
      case 28 -> "CHAR( " + one + " USING utf8mb4 )";
      case 29 -> "- " + one;
      case 30 -> "~ " + one;
      case 31 -> "BINARY " + one;
      case 32 -> one + " COLLATE utf8mb4_bin";
      case 33 -> "( " + one + " )";
      case 34 -> "( SELECT " + one + " )";
      case 35 -> "@v := " + one;
      case 36 -> "VALUES( a )";
      case 37 -> "JSON_EXTRACT( " + one + " , '$' )";
      case 38 ->
          dice.one(
              "NEXT VALUE FOR seq",
              "NEXTVAL( secret )",
              "LASTVAL( secret )",
              "PREVIOUS VALUE FOR secret");
      case 39 ->
          dice.one(
              "f1( 1 )",
              "fuzz_other.f1( 2 )",
              "`f1`( 1 )",
              "fuzz_db . f1 ( 1 )",
              "COUNT (*)",
              "LOAD_FILE( '/etc/hostname' )");
      case 40 -> "JSON_VALUE( " + one + " , '$' )";
      case 41 -> "TIMESTAMPDIFF( DAY , NOW( ) , " + one + " )";
      case 42 -> "{ fn CONCAT( " + one + " ) }";
      case 43 -> "DEFAULT( a )";
      case 44 -> "CONCAT( " + one + " , " + literal() + " )";
      default -> "NULLIF( " + one + " , 1 )";
    };
  }

  private String windowBody(int depth) {
    return dice.one("", "PARTITION BY " + expression(depth) + " ")
        + dice.one("", "ORDER BY " + expression(depth) + " ")
        + dice.one("", "", "ROWS UNBOUNDED PRECEDING", "ROWS BETWEEN 1 PRECEDING AND CURRENT ROW");
  }

  /** Among them strings that end early, or late, for a reader that does not know the sql_mode. */
  private String literal() {
    String backslash =
        noBackslash
            ? dice.one("'a\\'", "'\\\\'", "'\\n'")
            : dice.one("'\\''", "'a\\\\'", "'\\\"'", "'\\x\\''", "'\\\\'''", "'\\%'");
    String plain =
        dice.one(
            "1",
            "0",
            "'x'",
            "NULL",
            "TRUE",
            "1.5e3",
            "0x41",
            "x'41'",
            "b'01'",
            "0b1",
            "''",
            "'it''s'",
            "'/*'",
            "'*/'",
            "'--_'",
            "'#'",
            "'`'",
            "'\"'",
            "_utf8mb4'x'",
            "_latin1'x'",
            "N'x'",
            "_binary 'x'",
            "'a' 'b'",
            "DATE '2020-01-01'",
            "TIMESTAMP '2020-01-01 00:00:00'".replace(' ', Spelling.BLANK),
            "@v",
            "@'v'",
            "@`v`",
            "@@sql_mode",
            "@@session.autocommit",
            "CURRENT_DATE",
            "\\N",
            ".5",
            "1.",
            "'(SELECT_1)'",
            "'/*!'",
            "'\u00e4'",
            "'; '".replace(' ', Spelling.BLANK),
            "{d '2020-01-01'}".replace(' ', Spelling.BLANK));
    String doubled =
        ansiQuotes
            ? dice.one("\"a\"", "\"b\"")
            : dice.one(
                "\"x\"", "\"it's\"", "\"a\"\"b\"", "\"'\"", noBackslash ? "\"\\\"" : "\"\\\"\"");
    return switch (dice.below(6)) {
      case 0 -> backslash;
      case 1 -> doubled;
      default -> plain;
    };
  }

  // ---------------------------------------------------------------- changes of rows

  private String insert() {
    boolean replace = dice.chance(25);
    StringBuilder text = new StringBuilder(replace ? "REPLACE " : "INSERT ");
    text.append(dice.one("", "", "", "IGNORE ", "LOW_PRIORITY ", "DELAYED "));
    text.append(dice.one("INTO ", "INTO ", "")).append(target());
    if (dice.chance(5)) {
      text.append(" PARTITION ( p0 , p1 )");
    }
    switch (dice.below(5)) {
      case 0 ->
          text.append(" SET a = ").append(expression(2)).append(" , b = ").append(expression(1));
      case 1 ->
          text.append(dice.one(" ( a , b ) ", " ( `a` , t1.b ) ", " ( a , b ) "))
              .append(dice.one("VALUES ", "VALUE "))
              .append("( ")
              .append(expression(2))
              .append(" , ")
              .append(expression(1))
              .append(" ) , ( 7 , DEFAULT )");
      case 2 ->
          text.append(" VALUES ( ")
              .append(expression(2))
              .append(" , ")
              .append(expression(2))
              .append(" , DEFAULT( c ) )");
      case 3 -> text.append(dice.one(" ( a , b ) ", " ")).append(query(2));
      default -> text.append(" ( a ) ( ").append(query(2)).append(" )");
    }
    if (!mariaDb && dice.chance(10)) {
      text.append(" AS new");
    }
    if (!replace && dice.chance(25)) {
      text.append(" ON DUPLICATE KEY UPDATE b = ").append(dice.one("VALUES( b )", expression(2)));
    }
    if (mariaDb && dice.chance(15)) {
      text.append(" RETURNING ").append(dice.one("*", "a", expression(2)));
    }
    return text.toString();
  }

  private String assignment() {
    return dice.one("a", "b", "c", "t1.b", "t3.a", "x.b", "`b`", "fuzz_db.t1.b", "secret.b")
        + " = "
        + dice.one("1", "DEFAULT", expression(2), expression(1));
  }

  private String update() {
    String with = dice.chance(12) && !mariaDb ? with(2) : "";
    StringBuilder text = new StringBuilder(with).append("UPDATE ");
    text.append(dice.one("", "", "", "IGNORE ", "LOW_PRIORITY "));
    boolean several = dice.chance(45);
    if (several) {
      String tables =
          target()
              + dice.one("", "", " AS x", " t1")
              + dice.one(" , ", " JOIN ", " NATURAL JOIN ", " CROSS JOIN ")
              + from(2);
      text.append(dice.chance(5) ? "( " + tables + " )" : tables);
    } else {
      text.append(target()).append(dice.one("", "", " AS x", " PARTITION ( p0 )"));
    }
    text.append(" SET ").append(assignment());
    if (dice.chance(30)) {
      text.append(" , ").append(assignment());
    }
    if (dice.chance(60)) {
      text.append(" WHERE ").append(condition(2));
    }
    if (!several && dice.chance(20)) {
      text.append(" ORDER BY ").append(expression(2)).append(" LIMIT 2");
    }
    return text.toString();
  }

  private String delete() {
    String with = dice.chance(12) && !mariaDb ? with(2) : "";
    String start = with + "DELETE " + dice.one("", "", "", "IGNORE ", "QUICK ", "LOW_PRIORITY ");
    String where = dice.chance(60) ? " WHERE " + condition(2) : "";
    return switch (dice.below(6)) {
      case 0 -> start + deleted() + " FROM " + from(2) + where;
      case 1 ->
          start
              + deleted()
              + " FROM "
              + target()
              + dice.one("", " AS x", " x")
              + " , "
              + from(1)
              + where;
      case 2 -> start + "FROM " + deleted() + " USING " + from(2) + where;
      case 3 ->
          start
              + "FROM "
              + deleted()
              + " USING "
              + target()
              + dice.one("", " AS x")
              + " JOIN "
              + from(1)
              + where;
      default ->
          start
              + "FROM "
              + target()
              + dice.one("", "", " PARTITION ( p0 )")
              + where
              + (dice.chance(15) ? " ORDER BY " + expression(2) + " LIMIT 1" : "")
              + (mariaDb && dice.chance(15)
                  ? " RETURNING " + dice.one("*", "a", expression(2))
                  : "");
    };
  }

  private String deleted() {
    String one =
        dice.one(
            "t1",
            "t1 .*",
            "x",
            "t3",
            "fuzz_db.t1",
            "h1",
            "`t1`",
            "secret",
            "fuzz_db.secret.*",
            "fuzz_other.t1",
            "j");
    return dice.chance(20) ? one + " , " + dice.one("t3", "x", "secret") : one;
  }

  // ---------------------------------------------------------------- definitions

  private String made() {
    return dice.one(
        "fuzz_own.x1",
        "fuzz_own.x2",
        "fuzz_own.n1",
        "fuzz_own . n2",
        "`fuzz_own`.`n3`",
        "fuzz_own.v1",
        "n1",
        "secret");
  }

  private String any() {
    return takeHidden() ? spelled(dice.one(HIDDEN)) : dice.one(made(), spelled(dice.one(VISIBLE)));
  }

  private String definition() {
    String replace = dice.one("", "", "OR REPLACE ");
    return switch (dice.below(22)) {
      case 0 -> "CREATE " + replace + "TABLE " + made() + " AS " + query(2);
      case 1 -> "CREATE " + replace + "TABLE " + made() + " " + query(2);
      case 2 ->
          "CREATE TABLE "
              + made()
              + " ( z INT ) "
              + dice.one("IGNORE ", "REPLACE ", "ENGINE = InnoDB ", "")
              + query(2);
      case 3 ->
          "CREATE TEMPORARY TABLE "
              + dice.one("fuzz_own.tmp1", "fuzz_own.tmp2", "tmp1")
              + " "
              + query(2);
      case 4 ->
          "CREATE TABLE " + made() + dice.one(" LIKE ", " ( LIKE ") + any() + dice.one("", " )");
      case 5 ->
          "CREATE TABLE "
              + made()
              + " ( z INT , FOREIGN KEY ( z ) REFERENCES "
              + any()
              + " ( a ) )";
      case 6 ->
          "CREATE "
              + replace
              + "VIEW "
              + made()
              + dice.one("", " ( a , b )")
              + " AS "
              + query(2)
              + dice.one("", " WITH CHECK OPTION");
      case 7 -> "CREATE " + replace + "SQL SECURITY INVOKER VIEW " + made() + " AS " + query(2);
      case 8 -> "CREATE ALGORITHM = MERGE VIEW " + made() + " AS " + query(2);
      case 9 -> "ALTER VIEW " + made() + " AS " + query(2);
      case 10 ->
          "ALTER TABLE "
              + any()
              + dice.one(
                  " ADD z INT",
                  " DROP b",
                  " ENGINE = InnoDB",
                  " ADD KEY kz ( b )",
                  " RENAME COLUMN b TO d",
                  " ORDER BY a",
                  " FORCE");
      case 11 -> "ALTER TABLE " + any() + " RENAME " + dice.one("TO ", "AS ", "") + any();
      case 12 -> "RENAME TABLE " + any() + " TO " + any();
      case 13 -> "DROP TABLE " + dice.one("", "IF EXISTS ") + made() + " , " + any();
      case 14 -> "DROP VIEW " + dice.one("", "IF EXISTS ") + any();
      case 15 -> "TRUNCATE " + dice.one("TABLE ", "") + any();
      case 16 -> "CREATE INDEX i1 ON " + any() + " ( b )";
      case 17 -> "DROP INDEX kb ON " + any();
      case 18 ->
          "ALTER TABLE "
              + made()
              + " ADD CONSTRAINT FOREIGN KEY ( c ) REFERENCES "
              + any()
              + " ( a )";
      case 19 ->
          dice.one(
              "CREATE DATABASE fuzz_new",
              "DROP DATABASE fuzz_other",
              "ALTER DATABASE fuzz_other CHARACTER SET utf8mb4",
              "CREATE DATABASE IF NOT EXISTS fuzz_other");
      case 20 ->
          "CREATE TABLE " + made() + " ( z INT ) ENGINE = MERGE UNION = ( t1 , " + any() + " )";
      default ->
          "ALTER TABLE p1 "
              + dice.one(
                  "DROP PARTITION p1",
                  "TRUNCATE PARTITION p0",
                  "EXCHANGE PARTITION p0 WITH TABLE " + any());
    };
  }

  // ---------------------------------------------------------------- the rest

  private String utility() {
    // Common tables inside SHOW bring MariaDB down, so there is not much in this condition.
    String where =
        dice.chance(50)
            ? " WHERE "
                + dice.one(
                    condition(0), "EXISTS ( SELECT 1 FROM " + spelled(dice.one(HIDDEN)) + " )")
            : dice.one("", " LIKE '%'");
    return switch (dice.below(42)) {
      case 0 ->
          "EXPLAIN "
              + dice.one("", "EXTENDED ", "PARTITIONS ", "FORMAT = JSON ", "ANALYZE ")
              + dice.one(query(2), update(), delete(), insert());
      case 1 -> dice.one("DESC ", "DESCRIBE ") + query(2);
      case 2 -> dice.one("DESC ", "DESCRIBE ", "EXPLAIN ") + table() + dice.one("", " a", " 'a%'");
      case 3 -> "ANALYZE " + dice.one("", "FORMAT = JSON ") + query(2);
      case 4 -> "SET @v = " + expression(2);
      case 5 -> "SET @v := " + subquery(2) + " , @w = 1";
      case 6 -> "SET SESSION sql_select_limit = " + dice.one("DEFAULT", subquery(2));
      case 7 -> "SET @@max_join_size = " + expression(2);
      case 8, 9 -> "DO " + expression(2) + dice.one("", " , " + expression(1));
      case 10 ->
          "SHOW "
              + dice.one("", "FULL ")
              + "TABLES"
              + dice.one("", " FROM fuzz_own", " FROM fuzz_other")
              + where;
      case 11 ->
          "SHOW "
              + dice.one("", "FULL ")
              + dice.one("COLUMNS", "FIELDS")
              + dice.one(" FROM ", " IN ")
              + table()
              + where;
      case 12 ->
          "SHOW " + dice.one("INDEX", "KEYS", "INDEXES") + " FROM " + table() + dice.one("", where);
      case 13 -> "SHOW CREATE " + dice.one("TABLE ", "VIEW ") + any();
      case 14 ->
          "SHOW " + dice.one("GLOBAL ", "SESSION ", "") + dice.one("VARIABLES", "STATUS") + where;
      case 15 ->
          "SHOW "
              + dice.one(
                  "COLLATION",
                  "CHARACTER SET",
                  "DATABASES",
                  "ENGINES",
                  "TRIGGERS",
                  "EVENTS",
                  "OPEN TABLES",
                  "FUNCTION STATUS",
                  "PROCEDURE STATUS")
              + where;
      case 16 -> "SHOW TABLE STATUS" + dice.one("", " FROM fuzz_own", " FROM fuzz_other") + where;
      case 17 -> "HANDLER " + table() + dice.one(" OPEN", " OPEN AS h", " READ FIRST", " CLOSE");
      case 18 ->
          "CALL "
              + dice.one("p1", "p1", "fuzz_db.p2", "fuzz_db . p3", "fuzz_db.f1", "`p2`")
              + "( "
              + expression(2)
              + " )";
      case 19 ->
          dice.one("CHECK", "ANALYZE", "OPTIMIZE", "REPAIR", "CHECKSUM")
              + dice.one(" TABLE ", " TABLES ", " LOCAL TABLE ")
              + any()
              + dice.one("", " , " + any())
              + dice.one("", "", " QUICK", " EXTENDED");
      case 20 ->
          "LOCK "
              + dice.one("TABLES ", "TABLE ")
              + any()
              + dice.one("", " AS x", " y")
              + dice.one(" READ", " WRITE", " READ LOCAL", " LOW_PRIORITY WRITE")
              + dice.one("", " , " + any() + " READ");
      case 21 ->
          "EXECUTE IMMEDIATE "
              + dice.one(
                  "'SELECT " + "a FROM ".replace(' ', Spelling.BLANK) + "secret'", dynamic());
      case 22 -> "PREPARE s FROM " + dynamic();
      case 23 ->
          dice.one("EXECUTE s", "EXECUTE s USING @v", "DEALLOCATE PREPARE s", "DROP PREPARE s");
      case 24 ->
          "SET STATEMENT "
              + dice.one(
                  "max_statement_time = 1", "sql_mode = 'ANSI_QUOTES'", "sort_buffer_size = 100000")
              + " FOR "
              + dice.one(query(2), update(), insert(), delete());
      case 25 -> "BEGIN NOT ATOMIC " + query(2) + " ; END";
      case 26 -> "IF " + condition(2) + " THEN SELECT 1 ; END IF";
      case 27 ->
          "FLUSH "
              + dice.one(
                  "TABLES",
                  "STATUS",
                  "PRIVILEGES",
                  "TABLES " + any() + " WITH READ LOCK",
                  "LOCAL TABLES " + any());
      case 28 ->
          "LOAD DATA "
              + dice.one("LOCAL ", "")
              + "INFILE '/nowhere' INTO TABLE "
              + target()
              + dice.one("", " SET b = " + expression(1));
      case 29 -> query(1) + " INTO " + dice.one("OUTFILE", "DUMPFILE") + " '/nowhere/x'";
      case 30 ->
          "CREATE "
              + dice.one(
                  "TRIGGER tr BEFORE INSERT ON " + any() + " FOR EACH ROW SET @v = 1",
                  "PROCEDURE fuzz_own.p9( ) " + query(1),
                  "FUNCTION f9( ) RETURNS INT RETURN 1",
                  "EVENT e9 ON SCHEDULE EVERY 1 DAY DO " + delete(),
                  "SEQUENCE " + made());
      case 31 -> "KILL " + dice.one("QUERY ", "CONNECTION ") + "1000000";
      case 32 -> dice.one("XA START 'x'", "XA END 'x'", "XA RECOVER", "XA COMMIT 'x'");
      case 33 ->
          dice.one(
              "SAVEPOINT a",
              "ROLLBACK TO a",
              "RELEASE SAVEPOINT a",
              "BEGIN WORK",
              "START TRANSACTION READ ONLY",
              "COMMIT AND NO CHAIN",
              "ROLLBACK");
      case 34 -> "USE " + dice.one("fuzz_db", "`fuzz_db`", "fuzz_other", "mysql");
      case 35 ->
          dice.one(
              "GET DIAGNOSTICS @v = NUMBER",
              "SIGNAL SQLSTATE '45000'",
              "RESIGNAL",
              "HELP 'select'",
              "RESET QUERY CACHE",
              "PURGE BINARY LOGS TO 'x'",
              "SHOW GRANTS",
              "SHOW PROCESSLIST",
              "SHOW MASTER STATUS",
              "SHOW BINARY LOGS");
      case 36 ->
          "SELECT * FROM "
              + dice.one(
                  "mysql.user",
                  "mysql . `db`",
                  "performance_schema.threads",
                  "sys.version",
                  "information_schema.tables");
      case 37 -> "CACHE INDEX " + any() + " IN default";
      case 38 ->
          "SET "
              + dice.one("GLOBAL ", "@@global.", "PERSIST ", "SESSION ", "")
              + dice.one(
                  "sql_log_bin = 0",
                  "max_connections = 10",
                  "binlog_format = 'ROW'",
                  "pseudo_thread_id = 3",
                  "autocommit = 1",
                  "foreign_key_checks = 1",
                  "gtid_domain_id = 0",
                  "sort_buffer_size = 100000",
                  "session_track_gtids = OFF");
      case 39 -> "IMPORT TABLE FROM 'x.sdi'";
      case 40 ->
          "DROP "
              + dice.one(
                  "TRIGGER tr",
                  "PROCEDURE IF EXISTS p1",
                  "FUNCTION IF EXISTS f1",
                  "SEQUENCE IF EXISTS secret",
                  "USER nobody",
                  "ROLE nobody");
      default -> "VALUES " + (mariaDb ? "" : "ROW") + "( " + expression(2) + " )";
    };
  }

  /** The text of another statement, in a literal. */
  private String dynamic() {
    String inner = Spelling.of(dice.one(query(1), update(), delete(), insert()), dice, 0);
    String escaped = inner.replace("'", "''");
    return "'"
        + (noBackslash ? escaped : escaped.replace("\\", "\\\\")).replace(' ', Spelling.BLANK)
        + "'";
  }
}
