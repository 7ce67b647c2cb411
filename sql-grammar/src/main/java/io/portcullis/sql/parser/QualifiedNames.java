package io.portcullis.sql.parser;

import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens of a statement name a database, noted by the grammars where they read names. A
 * database stands before a dot, or alone in the few places a grammar knows; so the notes are
 * complete when every dot of the statement was read as part of some name, and no token as two
 * things. Made for one reading of one statement.
 */
public final class QualifiedNames {
  private final LexedStatement text;
  private final BitSet databases = new BitSet();

  /** First tokens of {@code table.column} and {@code table.*}. */
  private final BitSet tables = new BitSet();

  private final BitSet dots = new BitSet();
  private final ColumnNotes columns = new ColumnNotes();
  private @Nullable QualifiedNames inString;
  private @Nullable String definer;
  private final List<LexedStatement> inStrings = new ArrayList<>();
  private boolean hidden;

  public QualifiedNames(LexedStatement text) {
    this.text = text;
  }

  public LexedStatement text() {
    return text;
  }

  /** Where the statement names tables, and what may be their columns. */
  public ColumnNotes columns() {
    return columns;
  }

  /** Tokens that name a database, ascending. */
  public int[] databases() {
    return databases.stream().toArray();
  }

  /**
   * Whether the statement names a database nowhere else, and none of these tokens is something
   * else. Never where a string of it holds a statement that names one.
   */
  public boolean isComplete() {
    if (hidden) {
      return false;
    }
    if (inString != null && !(inString.databases.isEmpty() && inString.isComplete())) {
      return false;
    }
    for (int i = 0; i < text.size(); i++) {
      if (text.isPunctuation(i, ".") && !dots.get(i)) {
        return false;
      }
    }
    return !databases.intersects(tables);
  }

  /** The names in the statement inside a string of this one, if it runs one. */
  public Optional<QualifiedNames> inString() {
    return Optional.ofNullable(inString);
  }

  /** All statements inside strings of this one that it, or what it makes, runs. */
  public List<LexedStatement> statementsInStrings() {
    return List.copyOf(inStrings);
  }

  /** Who a definition says its definer is, {@code user@host}; empty for CURRENT_USER. */
  public Optional<String> definer() {
    return Optional.ofNullable(definer);
  }

  void definer(String account) {
    definer = account;
  }

  QualifiedNames beginString(LexedStatement inner) {
    inString = new QualifiedNames(inner);
    inStrings.add(inner);
    return inString;
  }

  /**
   * A string in the body of a stored program holds a statement, which the server reads when it runs
   * it.
   */
  void holdsStatement(QualifiedNames inner) {
    hidden |= !(inner.databases.isEmpty() && inner.isComplete());
    inStrings.add(inner.text);
  }

  /** A database by itself. */
  void database(int token) {
    databases.set(token);
  }

  /** {@code database.table}, and whatever follows is not part of the name. */
  public void relation(int first) {
    if (isName(first) && text.isPunctuation(first + 1, ".") && isName(first + 2)) {
      databases.set(first);
      dots.set(first + 1);
    }
  }

  /** {@code table}, {@code table.*}, {@code database.table} or that with {@code .*}, of DELETE. */
  void target(int first) {
    relation(first);
    boolean qualified = databases.get(first);
    int table = qualified ? first + 2 : first;
    if (text.isPunctuation(table + 1, ".") && text.isPunctuation(table + 2, "*")) {
      tables.set(table);
      dots.set(table + 1);
    }
  }

  /**
   * A name in the place of an expression: {@code column}, {@code table.column}, {@code
   * database.table.column}, {@code table.*}, {@code database.table.*}, {@code
   * database.function(...)}. Anything longer is not noted.
   */
  public void inExpression(int first) {
    int parts = 1;
    int last = first;
    while (text.isPunctuation(last + 1, ".") && isName(last + 2)) {
      last += 2;
      parts++;
    }
    if (!isName(first) || text.isPunctuation(first - 1, ".")) {
      return;
    }
    if (text.isPunctuation(last + 1, ".")) {
      if (!text.isPunctuation(last + 2, "*")) {
        return;
      }
      last += 2;
      parts++;
    }
    boolean call = text.isPunctuation(last + 1, "(");
    if (parts == 2) {
      (call ? databases : tables).set(first);
    } else if (parts == 3 && !call) {
      databases.set(first);
    } else {
      return;
    }
    for (int dot = first + 1; dot < last; dot += 2) {
      dots.set(dot);
    }
  }

  private boolean isName(int i) {
    return i >= 0
        && i < text.size()
        && (text.kind(i) == TokenKind.WORD || text.kind(i) == TokenKind.QUOTED_IDENTIFIER);
  }
}
