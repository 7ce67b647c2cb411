package io.portcullis.it.fuzz;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Binding;
import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.authz.RelationKinds;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.authz.ViewDefinitions;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.analysis.AnalysisRefused;
import io.portcullis.sql.analysis.AnalysisResult;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.UseStatement;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.SqlError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What the gate makes of a statement: tokens, analysis, decision; everything but the network. */
final class GateJudge {

  enum Fate {
    /** It would be sent to the server. */
    PERMITTED,
    /** The gate executes or answers it itself. */
    ANSWERED,
    /** A privilege is missing. */
    DENIED,
    /** Refused whoever asks, by a named policy. */
    POLICY,
    NOT_UNDERSTOOD
  }

  record Verdict(Fate fate, String why, List<AccessRequest> accesses) {}

  private final Lexer lexer = new Lexer(LexLimits.STANDARD);
  private final StatementAnalyzer analyzer = new StatementAnalyzer(0);
  private final Authorizer authorizer = new Authorizer("portcullis");
  private final ActiveSubject subject;
  private final Binding binding;

  GateJudge(CatalogState catalog) {
    User user = FuzzGrants.user(catalog);
    subject =
        authorizer.activate(
            new Subject(
                AccountId.SYS, user.id(), user.name(), "client", FuzzGrants.role(catalog), false),
            PrivilegeSnapshot.of(1, catalog));
    binding =
        new Binding(
            Optional.of(FuzzGrants.DATABASE),
            false,
            (database, relation) -> false,
            (database, relation) -> RelationKinds.Found.TABLE,
            ViewDefinitions.UNKNOWN);
  }

  Verdict judge(String text, LexicalMode mode) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int count = lexer.lex(bytes, 0, bytes.length, mode);
    if (count < 0) {
      return refused(lexer.refusal().error());
    }
    if (count != 1) {
      return new Verdict(Fate.NOT_UNDERSTOOD, count + " statements", List.of());
    }
    AnalysisResult result = analyzer.analyze(lexer.statement(0));
    if (result instanceof AnalysisRefused refused) {
      return refused(refused.refusal().error());
    }
    Statement statement = ((StatementAnalysis) result).statement();
    if (statement instanceof PrepareText prepare) {
      statement = prepare.prepared();
    }
    List<AccessRequest> accesses;
    if (statement instanceof ForwardStatement forward) {
      accesses = forward.accesses();
    } else if (statement instanceof SetVariables set) {
      accesses = set.accesses();
    } else if (statement instanceof UseStatement use) {
      accesses = List.of(new AccessRequest(AccessKind.USE, new DatabaseName(use.database())));
    } else {
      return new Verdict(Fate.ANSWERED, statement.getClass().getSimpleName(), List.of());
    }
    Decision decision = authorizer.decide(subject, accesses, binding);
    if (decision instanceof Decision.Allowed) {
      return new Verdict(Fate.PERMITTED, statement.toString(), accesses);
    }
    return new Verdict(
        Fate.DENIED,
        decision instanceof Decision.Denied denied ? denied.error().message() : decision.toString(),
        accesses);
  }

  private static Verdict refused(SqlError error) {
    Fate fate = error.code() == ErrorCode.ER_PARSE_ERROR ? Fate.NOT_UNDERSTOOD : Fate.POLICY;
    return new Verdict(fate, error.message(), List.of());
  }
}
