package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccessControlStatement.AddRule;
import io.portcullis.sql.statement.AccessControlStatement.CreateHierarchy;
import io.portcullis.sql.statement.AccessControlStatement.DropHierarchy;
import io.portcullis.sql.statement.AccessControlStatement.DropRestriction;
import io.portcullis.sql.statement.AccessControlStatement.DropRule;
import io.portcullis.sql.statement.AccessControlStatement.RestrictRole;
import io.portcullis.sql.statement.AccessControlStatement.RestrictedValue;
import io.portcullis.sql.statement.AccessControlStatement.ShowHierarchies;
import io.portcullis.sql.statement.AccessControlStatement.ShowRestrictions;
import io.portcullis.sql.statement.AccessControlStatement.ShowRules;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What roles show of rows: rules (PM 5.4), restrictions and hierarchies. */
final class RowGrammar {

  private final TokenCursor cursor;

  RowGrammar(TokenCursor cursor) {
    this.cursor = cursor;
  }

  /** Whether CREATE or DROP here is about a hierarchy: nothing else has a name behind the word. */
  static boolean begins(TokenCursor cursor) {
    int at = cursor.at();
    return (cursor.is("CREATE") || cursor.is("DROP")) && cursor.wordAt(at + 1, "HIERARCHY");
  }

  /** Whether SHOW here is about rows. */
  static boolean beginsShow(TokenCursor cursor) {
    return cursor.is("RULES", "ON") || cursor.isAny("RESTRICTIONS", "HIERARCHIES");
  }

  // ---------------------------------------------------------------- hierarchies

  AccessControlStatement hierarchy() {
    boolean create = cursor.is("CREATE");
    cursor.skip();
    cursor.expect("HIERARCHY");
    if (!create) {
      boolean ifExists = cursor.accept("IF", "EXISTS");
      String name = cursor.identifier();
      cursor.expect("ON");
      return new DropHierarchy(ifExists, name, table());
    }
    boolean ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
    String name = cursor.identifier();
    cursor.expect("ON");
    RelationName table = table();
    List<String> columns = new ArrayList<>();
    cursor.expectMark("(");
    do {
      columns.add(cursor.identifier());
    } while (cursor.acceptMark(","));
    cursor.expectMark(")");
    return new CreateHierarchy(ifNotExists, name, table, columns);
  }

  // ---------------------------------------------------------------- ALTER ROLE

  /** Behind the role; empty when it is another ALTER ROLE. */
  Optional<AccessControlStatement> ofRole(String role) {
    if (cursor.accept("ADD", "RULE")) {
      String query = query();
      cursor.expect("ON", "TABLE");
      return Optional.of(new AddRule(role, cursor.relation(), query));
    }
    if (cursor.accept("DROP", "RULE")) {
      cursor.expect("ON", "TABLE");
      return Optional.of(new DropRule(role, cursor.relation()));
    }
    if (cursor.accept("RESTRICT")) {
      RelationName table = table();
      String column = column();
      cursor.expect("TO");
      return Optional.of(new RestrictRole(role, table, column, values()));
    }
    if (cursor.accept("DROP", "RESTRICTION")) {
      cursor.expect("ON");
      RelationName table = table();
      return Optional.of(
          new DropRestriction(
              role, table, cursor.isMark("(") ? Optional.of(column()) : Optional.empty()));
    }
    return Optional.empty();
  }

  private String query() {
    char first = cursor.atEnd() ? ' ' : cursor.text().text(cursor.at()).charAt(0);
    if (!cursor.isKind(TokenKind.STRING) || (first != '\'' && first != '"')) {
      throw cursor.unexpected();
    }
    return cursor.string();
  }

  private RelationName table() {
    if (cursor.is("TABLE") && cursor.at() + 1 < cursor.end()) {
      cursor.skip();
    }
    return cursor.relation();
  }

  private String column() {
    cursor.expectMark("(");
    String column = cursor.identifier();
    cursor.expectMark(")");
    return column;
  }

  private List<RestrictedValue> values() {
    List<RestrictedValue> values = new ArrayList<>();
    cursor.expectMark("(");
    if (cursor.acceptMark(")")) {
      return values;
    }
    do {
      values.add(value());
    } while (cursor.acceptMark(","));
    cursor.expectMark(")");
    return values;
  }

  private RestrictedValue value() {
    if (cursor.is("NULL")) {
      throw cursor.notOffered(
          "NULL among the values of RESTRICT", "rows without a value belong to nobody");
    }
    if (cursor.isKind(TokenKind.STRING)) {
      char first = cursor.text().text(cursor.at()).charAt(0);
      if (first != '\'' && first != '"') {
        throw cursor.notOffered("a string of this kind in RESTRICT", "write it between quotes");
      }
      return new RestrictedValue(cursor.string(), false);
    }
    boolean negative = cursor.acceptMark("-");
    if (!cursor.isKind(TokenKind.NUMBER)) {
      throw cursor.unexpected();
    }
    String digits = cursor.text().text(cursor.at());
    if (!digits.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.')) {
      throw cursor.notOffered("a number of this kind in RESTRICT", "write its digits");
    }
    cursor.skip();
    return new RestrictedValue(negative ? "-" + digits : digits, true);
  }

  // ---------------------------------------------------------------- SHOW

  AccessControlStatement show() {
    if (cursor.accept("RULES", "ON", "ROLE")) {
      return new ShowRules(role());
    }
    if (cursor.accept("HIERARCHIES")) {
      return new ShowHierarchies(cursor.accept("ON") ? Optional.of(table()) : Optional.empty());
    }
    cursor.expect("RESTRICTIONS");
    if (!cursor.accept("ON")) {
      return new ShowRestrictions(Optional.empty(), Optional.empty());
    }
    if (cursor.is("ROLE") && cursor.at() + 1 < cursor.end()) {
      cursor.skip();
      return new ShowRestrictions(Optional.of(role()), Optional.empty());
    }
    return new ShowRestrictions(Optional.empty(), Optional.of(table()));
  }

  private String role() {
    return cursor.isKind(TokenKind.STRING) ? cursor.string() : cursor.identifier();
  }

  // ---------------------------------------------------------------- the query of a rule

  /**
   * What the query of a rule reads. It is put into statements of other sessions: so it must read
   * the same whatever their sql_mode is, and wherever they are.
   *
   * @param query the text of the rule
   * @param inner its statement, as {@code cursor} read it
   */
  static void checkRule(String query, Statement inner, TokenCursor cursor) {
    if (!(inner instanceof ForwardStatement select) || select.kind() != StatementKind.SELECT) {
      throw new StatementRefused(
          ErrorCode.ER_CANNOT_USER.error(
              "ALTER ROLE",
              "the rule",
              "invalid rewrite rule SQL \""
                  + query
                  + "\": only accept SELECT-like statements as rewrites"),
          cursor.spanAt(0));
    }
    LexedStatement text = cursor.text();
    for (int i = 0; i < text.size(); i++) {
      checkPlain(text, i, cursor);
    }
    for (AccessRequest access : select.accesses()) {
      boolean named =
          access.object() instanceof RelationName relation && !relation.database().isCurrent();
      if (access.kind() != AccessKind.SELECT || !named) {
        throw cursor.notOffered(
            "a rule that reads anything but tables named with their databases",
            "it is read wherever the session is: write db.t");
      }
    }
  }

  private static void checkPlain(LexedStatement text, int token, TokenCursor cursor) {
    String written = text.text(token);
    boolean quotes = text.kind(token) == TokenKind.STRING && !written.startsWith("'");
    boolean pipes = text.isPunctuation(token, "||");
    boolean loose =
        (text.isWord(token, "NOT") && !isInfix(text, token)) || text.isPunctuation(token, "?");
    if (quotes || pipes || loose || written.indexOf('\\') >= 0 || written.startsWith("\"")) {
      throw StatementRefused.notOffered(
          "a rule with double quotes, backslashes, ||, ? or a NOT in front of an expression",
          "some sql_mode reads it otherwise; write 'text', CONCAT, OR, and NOT IN or <>",
          cursor.spanAt(token));
    }
  }

  /** {@code IS NOT NULL}, {@code x NOT IN (...)}: HIGH_NOT_PRECEDENCE reads these alike. */
  private static boolean isInfix(LexedStatement text, int token) {
    if (token > 0 && text.isWord(token - 1, "IS")) {
      return true;
    }
    for (String next : new String[] {"IN", "LIKE", "BETWEEN", "EXISTS", "REGEXP", "RLIKE"}) {
      if (text.isWord(token + 1, next)) {
        return true;
      }
    }
    return false;
  }
}
