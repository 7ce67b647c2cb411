package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.parser.QueryReader.Piece;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.PolicyReason;
import java.util.List;
import java.util.Optional;

/**
 * {@code LOAD DATA LOCAL INFILE} and {@code LOAD XML LOCAL INFILE}: rows that the client sends. It
 * needs what INSERT of them needs, or REPLACE, and what the expressions behind SET read.
 *
 * @see <a href="https://mariadb.com/kb/en/load-data-infile/">MariaDB: LOAD DATA INFILE</a>
 */
public final class LoadGrammar {
  private static final Piece SELECT = new Piece.Word("SELECT");
  private static final int NOT_FOUND = -1;

  private final TokenCursor cursor;
  private final QueryReader queries;
  private final Accesses accesses = new Accesses();

  LoadGrammar(TokenCursor cursor, QueryReader queries) {
    this.cursor = cursor;
    this.queries = queries;
  }

  /** Whether rows come from the client; a file of the server is for nobody. */
  static boolean begins(TokenCursor cursor) {
    return fileToken(cursor.text(), cursor.at()) != NOT_FOUND;
  }

  /** Of one that reads a file of the server, or stands where its client cannot be asked for one. */
  static StatementRefused refused(TokenCursor cursor) {
    String what = cursor.wordAt(cursor.at() + 1, "DATA") ? "DATA" : "...";
    return cursor.notOffered(
        PolicyReason.FILES,
        "LOAD " + what,
        "it reads files; LOAD DATA LOCAL, as a statement of its own, reads one of the client");
  }

  /** The file that such a statement asks its client for; empty for any other statement. */
  public static Optional<String> file(LexedStatement text) {
    int token = fileToken(text, 0);
    return token == NOT_FOUND ? Optional.empty() : Optional.of(text.value(token));
  }

  private static int fileToken(LexedStatement text, int from) {
    int at = from;
    if (!isWord(text, at++, "LOAD")) {
      return NOT_FOUND;
    }
    if (!isWord(text, at, "DATA") && !isWord(text, at, "XML")) {
      return NOT_FOUND;
    }
    at++;
    if (isWord(text, at, "LOW_PRIORITY") || isWord(text, at, "CONCURRENT")) {
      at++;
    }
    return isWord(text, at, "LOCAL")
            && isWord(text, at + 1, "INFILE")
            && at + 2 < text.size()
            && text.kind(at + 2) == TokenKind.STRING
        ? at + 2
        : NOT_FOUND;
  }

  private static boolean isWord(LexedStatement text, int at, String word) {
    return at < text.size() && text.isWord(at, word);
  }

  ForwardStatement statement() {
    boolean xml = cursor.wordAt(cursor.at() + 1, "XML");
    cursor.moveTo(fileToken(cursor.text(), cursor.at()) + 1);
    boolean replaces = cursor.accept("REPLACE");
    if (!replaces) {
      cursor.accept("IGNORE");
    }
    cursor.expect("INTO", "TABLE");
    RelationName target = cursor.relation();
    accesses.add(AccessKind.INSERT, target);
    if (replaces) {
      accesses.add(AccessKind.DELETE, target);
    }
    // Which columns a row fills is for the file to say: rights on single columns are not enough.
    cursor.names().columns().incomplete();
    if (cursor.accept("PARTITION")) {
      partitions();
    }
    if (cursor.accept("CHARACTER", "SET") || cursor.accept("CHARSET")) {
      characterSet();
    }
    if (xml && cursor.accept("ROWS")) {
      cursor.expect("IDENTIFIED", "BY");
      literal();
    }
    fieldsAndLines();
    if (cursor.accept("IGNORE")) {
      cursor.number();
      if (!cursor.acceptAny("LINES", "ROWS")) {
        throw cursor.unexpected();
      }
    }
    if (cursor.isMark("(")) {
      columns();
    }
    if (cursor.accept("SET")) {
      assignments();
    }
    cursor.expectEnd();
    return accesses.forward(StatementKind.LOAD_LOCAL);
  }

  private void partitions() {
    cursor.expectMark("(");
    do {
      cursor.identifier();
    } while (cursor.acceptMark(","));
    cursor.expectMark(")");
  }

  private void characterSet() {
    if (!cursor.isKind(TokenKind.WORD)
        && !cursor.isKind(TokenKind.QUOTED_IDENTIFIER)
        && !cursor.isKind(TokenKind.STRING)) {
      throw cursor.unexpected();
    }
    cursor.skip();
  }

  private void fieldsAndLines() {
    if (cursor.acceptAny("FIELDS", "COLUMNS")) {
      boolean any = false;
      while (cursor.isAny("TERMINATED", "OPTIONALLY", "ENCLOSED", "ESCAPED")) {
        if (cursor.accept("OPTIONALLY")) {
          cursor.expect("ENCLOSED", "BY");
        } else {
          cursor.skip();
          cursor.expect("BY");
        }
        literal();
        any = true;
      }
      if (!any) {
        throw cursor.unexpected();
      }
    }
    if (cursor.accept("LINES")) {
      boolean any = false;
      while (cursor.acceptAny("STARTING", "TERMINATED")) {
        cursor.expect("BY");
        literal();
        any = true;
      }
      if (!any) {
        throw cursor.unexpected();
      }
    }
  }

  private void literal() {
    if (!cursor.isKind(TokenKind.STRING)
        && !cursor.isKind(TokenKind.HEX)
        && !cursor.isKind(TokenKind.BIT)) {
      throw cursor.unexpected();
    }
    cursor.skip();
  }

  /** Columns of the table, and variables. */
  private void columns() {
    cursor.expectMark("(");
    while (!cursor.acceptMark(")")) {
      if (cursor.isKind(TokenKind.USER_VARIABLE)) {
        cursor.skip();
      } else {
        int begin = cursor.at();
        cursor.identifier();
        while (cursor.acceptMark(".")) {
          cursor.skip();
        }
        cursor.names().inExpression(begin);
      }
      if (!cursor.acceptMark(",") && !cursor.isMark(")")) {
        throw cursor.unexpected();
      }
    }
  }

  private void assignments() {
    if (cursor.atEnd() || cursor.isKind(TokenKind.PUNCTUATION)) {
      throw cursor.unexpected();
    }
    int end = cursor.find("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION");
    if (end < cursor.end()) {
      cursor.moveTo(end);
      throw cursor.unexpected();
    }
    accesses.reads(
        queries.read(
            cursor.names(), List.of(SELECT, new Piece.Assignments(cursor.at(), cursor.end()))));
    cursor.moveTo(cursor.end());
  }
}
