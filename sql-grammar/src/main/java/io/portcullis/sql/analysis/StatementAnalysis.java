package io.portcullis.sql.analysis;

import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.statement.Statement;
import java.util.List;

/**
 * A statement that was understood. Immutable; compared by identity, so that it can be the key of
 * what is remembered about it downstream.
 */
public final class StatementAnalysis implements AnalysisResult {
  private final Statement statement;
  private final boolean cacheable;
  private final List<IdentityUse> identities;

  StatementAnalysis(Statement statement, boolean cacheable, List<IdentityUse> identities) {
    this.statement = statement;
    this.cacheable = cacheable;
    this.identities = List.copyOf(identities);
  }

  /** Calls that the gate answers in the text before it is sent, in the order of the text. */
  public List<IdentityUse> identities() {
    return identities;
  }

  public Statement statement() {
    return statement;
  }

  /** Of a {@link PrepareText}: what it prepares, as an analysis of its own. */
  public StatementAnalysis prepared() {
    if (statement instanceof PrepareText prepare) {
      return new StatementAnalysis(prepare.prepared(), false, List.of());
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
