package io.portcullis.sql.analysis;

import io.portcullis.sql.parser.QualifiedNames;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.UseStatement;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The tokens of a statement that name a database, system databases among them. Token numbers are
 * the same for every statement with the same key. Immutable.
 *
 * <p>Who replaces a name that is not quoted should put one there that is not quoted either: in
 * {@code d.1t} a table follows, behind a quoted name and a dot a number.
 */
public final class DatabaseUses {
  /** A statement that names no database. */
  public static final DatabaseUses NONE = new DatabaseUses(new int[0], true);

  private final int[] tokens;
  private final boolean complete;

  private DatabaseUses(int[] tokens, boolean complete) {
    this.tokens = tokens;
    this.complete = complete;
  }

  /**
   * @param names noted while the statement was read, or the one in its string
   */
  static DatabaseUses of(Statement statement, QualifiedNames names) {
    if (isAnsweredByGate(statement)) {
      return NONE;
    }
    int[] tokens = names.databases();
    boolean complete = names.isComplete() && isSaid(statement, names);
    return tokens.length == 0 && complete ? NONE : new DatabaseUses(tokens, complete);
  }

  /** Whatever database the accesses name must have been found, in this text and not in another. */
  private static boolean isSaid(Statement statement, QualifiedNames names) {
    Set<String> found = new HashSet<>();
    for (int token : names.databases()) {
      found.add(names.text().value(token));
    }
    return NamedDatabases.of(statement).stream().allMatch(found::contains);
  }

  private static boolean isAnsweredByGate(Statement statement) {
    return !(statement instanceof ForwardStatement
        || statement instanceof SetVariables
        || statement instanceof UseStatement
        || statement instanceof PrepareText);
  }

  /**
   * Whether these are all, and each is for certain one. Where false, the statement must not be sent
   * by a session for which databases have other names than on the backend.
   */
  public boolean isComplete() {
    return complete;
  }

  public boolean isEmpty() {
    return tokens.length == 0;
  }

  public int size() {
    return tokens.length;
  }

  /** The token of the {@code i}-th use. */
  public int token(int i) {
    return tokens[i];
  }

  /** All tokens, ascending. */
  public IntStream tokens() {
    return Arrays.stream(tokens);
  }

  @Override
  public String toString() {
    return Arrays.toString(tokens) + (complete ? "" : " and perhaps others");
  }
}
