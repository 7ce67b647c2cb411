package io.portcullis.sql.analysis;

import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccountTemplate;
import io.portcullis.sql.statement.DeallocateText;
import io.portcullis.sql.statement.ExecuteText;
import io.portcullis.sql.statement.ExplainAccess;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.FromVariable;
import io.portcullis.sql.statement.Kill;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.ShowDatabases;
import io.portcullis.sql.statement.ShowProcesslist;
import io.portcullis.sql.statement.ShowPrograms;
import io.portcullis.sql.statement.ShowVariables;
import io.portcullis.sql.statement.ShowWarnings;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.UseStatement;

/**
 * What becomes of a statement before anybody asks who sent it. A kind of statement has one of the
 * first three fates; the last is what is to be rare.
 */
public enum StatementFate {
  /** What it touches is known, and the backend answers it if that is permitted. */
  ANALYSED,
  /** The gate answers it itself. */
  ANSWERED,
  /** It was understood and nobody may say it; there is a reason. */
  REFUSED_BY_POLICY,
  /** It was not understood, and is refused for that. */
  NOT_UNDERSTOOD;

  public static StatementFate of(AnalysisResult result) {
    if (result instanceof AnalysisRefused refused) {
      return refused.refusal().policy().isPresent() ? REFUSED_BY_POLICY : NOT_UNDERSTOOD;
    }
    if (result instanceof StatementAnalysis analysis) {
      return of(analysis.statement());
    }
    throw new AssertionError(result);
  }

  public static StatementFate of(Statement statement) {
    if (statement instanceof ForwardStatement
        || statement instanceof SetVariables
        || statement instanceof UseStatement
        || statement instanceof PrepareText
        || statement instanceof FromVariable
        || statement instanceof ExecuteText
        || statement instanceof DeallocateText) {
      return ANALYSED;
    }
    if (statement instanceof AccessControlStatement
        || statement instanceof AccountTemplate
        || statement instanceof ExplainAccess
        || statement instanceof ShowDatabases
        || statement instanceof ShowWarnings
        || statement instanceof ShowProcesslist
        || statement instanceof ShowVariables
        || statement instanceof ShowPrograms
        || statement instanceof Kill) {
      return ANSWERED;
    }
    throw new AssertionError(statement);
  }
}
