package io.portcullis.sql.analysis;

import io.portcullis.sql.parser.DynamicText;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.statement.Statement;
import java.util.List;
import java.util.Optional;

/**
 * A statement that was understood. Immutable; compared by identity, so that it can be the key of
 * what is remembered about it downstream.
 */
public final class StatementAnalysis implements AnalysisResult {
  private final Statement statement;
  private final boolean cacheable;
  private final List<IdentityUse> identities;
  private final List<IdentityUse> identitiesInNameSpace;
  private final List<VariableUse> variables;
  private final DatabaseUses databases;
  private final Optional<DatabaseUses> databasesInString;
  private final ViewSecurity viewSecurity;
  private final SessionUse sessionUse;
  private final WaitingCalls waitingCalls;
  private final Optional<String> definer;

  StatementAnalysis(
      Statement statement,
      boolean cacheable,
      List<IdentityUse> identities,
      List<VariableUse> variables,
      DatabaseUses databases,
      Optional<DatabaseUses> databasesInString,
      ViewSecurity viewSecurity,
      SessionUse sessionUse,
      WaitingCalls waitingCalls,
      Optional<String> definer) {
    this.definer = definer;
    this.sessionUse = sessionUse;
    this.waitingCalls = waitingCalls;
    this.viewSecurity = viewSecurity;
    this.statement = statement;
    this.cacheable = cacheable;
    this.identitiesInNameSpace = List.copyOf(identities);
    this.identities = identities.stream().filter(use -> !use.function().isAboutNames()).toList();
    this.variables = List.copyOf(variables);
    this.databases = databases;
    this.databasesInString = databasesInString;
  }

  /** Calls that the gate answers in the text before it is sent, in the order of the text. */
  public List<IdentityUse> identities() {
    return identities;
  }

  /** The same, and those about the current database, for who has other names than the backend. */
  public List<IdentityUse> identitiesInNameSpace() {
    return identitiesInNameSpace;
  }

  /** Whether one of them is answered anew at each execution, so that it cannot be prepared. */
  public boolean asksAboutPrivileges() {
    return identities.stream().anyMatch(use -> use.function().isAboutPrivileges());
  }

  /** Of CREATE VIEW: where it leaves open with whose rights the view is read. */
  public ViewSecurity viewSecurity() {
    return viewSecurity;
  }

  /** Variables of the gate that it reads: answered in the text as the identities are. */
  public List<VariableUse> variables() {
    return variables;
  }

  /**
   * The tokens that name a database. Of no use for statements that the gate answers itself. Not
   * complete where a string of the text names one: see {@link #databasesInString()}.
   */
  public DatabaseUses databases() {
    return databases;
  }

  /**
   * Of PREPARE and EXECUTE IMMEDIATE: the tokens that name a database in the statement inside the
   * string, counted in what {@link DynamicText#in} gives.
   */
  public Optional<DatabaseUses> databasesInString() {
    return databasesInString;
  }

  public Statement statement() {
    return statement;
  }

  /**
   * Who it says is the definer of what it makes, {@code user@host} as the server's CURRENT_USER()
   * writes it. It may be sent as nobody else: definitions run with the rights of their definers.
   */
  public Optional<String> definer() {
    return definer;
  }

  /** What it leaves in its connection to the server, or expects there. */
  public SessionUse sessionUse() {
    return sessionUse;
  }

  /** What it calls that waits: for named locks, or for time. */
  public WaitingCalls waitingCalls() {
    return waitingCalls;
  }

  /**
   * Of a {@link PrepareText}: what it prepares, as an analysis of its own, of the statement inside
   * the string.
   */
  public StatementAnalysis prepared() {
    if (statement instanceof PrepareText prepare) {
      return new StatementAnalysis(
          prepare.prepared(),
          false,
          List.of(),
          List.of(),
          databasesInString.orElseThrow(),
          Optional.empty(),
          viewSecurity,
          SessionUse.KEEPS,
          waitingCalls,
          Optional.empty());
    }
    throw new IllegalStateException("statement: " + statement + " (expected: a PREPARE)");
  }

  /** Whether the same key gives the same analysis: false where the statement holds secrets. */
  public boolean cacheable() {
    return cacheable;
  }

  @Override
  public String toString() {
    return statement.toString();
  }
}
