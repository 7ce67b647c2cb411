package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Binding;
import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.authz.Explanation;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.dcl.AccessQuestion;
import io.portcullis.privilege.dcl.AccessReport;
import io.portcullis.privilege.dcl.DclResult;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.statement.ColumnPlan;
import io.portcullis.proxy.statement.ColumnRewriter;
import io.portcullis.proxy.statement.MetadataColumns;
import io.portcullis.proxy.statement.MetadataRewriter;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.statement.StatementRewriter;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.AnalysisRefused;
import io.portcullis.sql.analysis.AnalysisResult;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.statement.DeallocateText;
import io.portcullis.sql.statement.ExecuteText;
import io.portcullis.sql.statement.ExplainAccess;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.FromVariable;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.UseStatement;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * EXPLAIN ACCESS: cuts the statement out that it is about, takes it through the same reading,
 * analysis and decision as if it had been sent by itself, and answers with what came of it. The
 * backend is asked what names stand for, where the decision depends on it, and nothing else. Event
 * loop only.
 */
final class ExplainedStatements {

  /** Behind the packet header and the command byte. */
  private static final int TEXT_OFFSET = PacketFraming.HEADER_LENGTH + 1;

  private static final SqlError TORN =
      ErrorCode.ER_NOT_SUPPORTED_YET.error(
          "EXPLAIN ACCESS where a comment that is executed holds a part of it and of what it is"
              + " about");

  private static final SqlError OF_PREPARED =
      ErrorCode.ER_NOT_SUPPORTED_YET.error(
          "EXPLAIN ACCESS of PREPARE, EXECUTE and DEALLOCATE; ask about the statement that is"
              + " prepared");

  private final CommandPhase phase;
  private final ClientSession session;
  private final SessionServices services;
  private final FrontendPort port;
  private final StatementReader reader;
  private final Authority authority;
  private final BackendLease backend;
  private final Offload offload;
  private final RowSecurity rows;

  /**
   * What is asked.
   *
   * @param own whether about the session as it is
   */
  private record Question(Subject subject, boolean own, boolean json) {}

  ExplainedStatements(
      CommandPhase phase,
      ClientSession session,
      SessionServices services,
      FrontendPort port,
      StatementReader reader,
      Authority authority,
      BackendLease backend,
      Offload offload,
      RowSecurity rows) {
    this.phase = phase;
    this.session = session;
    this.services = services;
    this.port = port;
    this.reader = reader;
    this.authority = authority;
    this.backend = backend;
    this.offload = offload;
    this.rows = rows;
  }

  void explain(ExplainAccess statement) {
    ActiveSubject actor = authority.subject();
    Question question = new Question(actor.subject(), true, statement.json());
    if (statement.whom().isPresent()) {
      DclResult asked =
          AccessQuestion.subject(services.authorizer(), actor, statement.whom().get());
      if (asked instanceof DclResult.Refused refused) {
        phase.fail(refused.error(), refused::hints);
        return;
      }
      question =
          new Question(((DclResult.SubjectChanged) asked).subject(), false, statement.json());
    }
    ByteBuf framed = phase.handOver();
    if (framed.readableBytes() > PacketFraming.MAX_FRAME_PAYLOAD) {
      framed.release();
      phase.fail(ErrorCode.ER_NOT_SUPPORTED_YET.error("EXPLAIN ACCESS of a statement of 16 MiB"));
      return;
    }
    LexedStatement whole = whole(framed);
    ByteBuf inner = cut(framed, whole, statement.statementToken());
    phase.take(inner, CommandShape.QUERY, null);
    ByteBuf text = text(inner);
    if (reader.read(text, text.readerIndex(), backend.mode()) != 1
        || !isTail(whole, statement.statementToken(), reader.detach(0))) {
      reader.done();
      refused(question, TORN);
      return;
    }
    Question asked = question;
    LexedStatement detached = reader.detach(0);
    AnalysisResult known = reader.analysis(0);
    reader.done();
    if (known != null) {
      analysed(asked, known);
      return;
    }
    offload.run(
        services.analysis(),
        () -> services.analyzer().analyze(detached),
        result -> analysed(asked, result));
  }

  /** A borrowed view of the statement in a packet of one frame. */
  private static ByteBuf text(ByteBuf framed) {
    return framed.slice(framed.readerIndex() + TEXT_OFFSET, framed.readableBytes() - TEXT_OFFSET);
  }

  private LexedStatement whole(ByteBuf framed) {
    ByteBuf text = text(framed);
    if (reader.read(text, text.readerIndex(), backend.mode()) != 1) {
      framed.release();
      throw new IllegalStateException("the statement reads differently the second time");
    }
    return reader.detach(0);
  }

  /**
   * The statement from this token on, as a command of its own; {@link #reader} has just read the
   * whole. Takes ownership of {@code framed}.
   */
  private ByteBuf cut(ByteBuf framed, LexedStatement whole, int token) {
    try {
      int from = reader.begin(0) + whole.span(token - 1).end();
      int to = reader.end(0);
      ByteBuf inner = port.allocator().buffer(to - from + TEXT_OFFSET);
      int header = Packets.begin(inner);
      inner.writeByte(CommandByte.QUERY.code());
      inner.writeBytes(framed, framed.readerIndex() + TEXT_OFFSET + from, to - from);
      Packets.end(inner, header, 0);
      return inner;
    } finally {
      reader.done();
      framed.release();
    }
  }

  /** Whether the statement reads by itself as it does behind EXPLAIN ACCESS. */
  private static boolean isTail(LexedStatement whole, int token, LexedStatement inner) {
    if (inner.size() != whole.size() - token) {
      return false;
    }
    for (int i = 0; i < inner.size(); i++) {
      if (inner.kind(i) != whole.kind(token + i) || !inner.text(i).equals(whole.text(token + i))) {
        return false;
      }
    }
    return true;
  }

  private void analysed(Question question, AnalysisResult result) {
    if (result instanceof AnalysisRefused refused) {
      refused(question, refused.refusal().error());
      return;
    }
    StatementAnalysis analysis = (StatementAnalysis) result;
    phase.ofOwnDefiner(
        analysis, () -> understood(question, analysis), error -> refused(question, error));
  }

  private void understood(Question question, StatementAnalysis analysis) {
    Statement statement = analysis.statement();
    if (statement instanceof ForwardStatement forward) {
      if (question.own() && renamesTemporary(forward)) {
        refused(question, DefinitionStatements.RENAMES_TEMPORARY);
      } else {
        ofBackend(question, analysis, forward.accesses());
      }
    } else if (statement instanceof SetVariables set) {
      decide(question, analysis, set.accesses(), 0);
    } else if (statement instanceof UseStatement use) {
      decide(
          question,
          analysis,
          List.of(new AccessRequest(AccessKind.USE, new DatabaseName(use.database()))),
          0);
    } else if (statement instanceof PrepareText
        || statement instanceof FromVariable
        || statement instanceof ExecuteText
        || statement instanceof DeallocateText) {
      phase.fail(OF_PREPARED);
    } else {
      answer(
          question,
          AccessReport.answeredByTheGate(
              question.subject(), authority.subject().snapshot().state()));
    }
  }

  /** What the gate's own tables show is no question of privileges: everybody has rows there. */
  private void ofBackend(
      Question question, StatementAnalysis analysis, List<AccessRequest> accesses) {
    List<AccessRequest> asked =
        CatalogReads.besides(
            accesses, question.own() ? authority.currentDatabase() : Optional.empty());
    if (asked.isEmpty() && !accesses.isEmpty()) {
      answer(
          question,
          AccessReport.answeredByTheGate(
              question.subject(), authority.subject().snapshot().state()));
    } else {
      decide(question, analysis, asked, 0);
    }
  }

  private boolean renamesTemporary(ForwardStatement forward) {
    return TemporaryEffects.of(forward.effects(), authority, authority.currentDatabase()).renamed();
  }

  private void decide(
      Question question, StatementAnalysis analysis, List<AccessRequest> accesses, int lookups) {
    ActiveSubject actor = authority.subject();
    Binding binding = question.own() ? authority.frozenBinding() : authority.bindingOfOthers();
    offload.run(
        services.analysis(),
        () -> {
          ActiveSubject subject =
              question.own()
                  ? actor
                  : services.authorizer().activate(question.subject(), actor.snapshot());
          return services.authorizer().explain(subject, actor, accesses, binding);
        },
        explanation -> explained(question, analysis, accesses, lookups, explanation));
  }

  private void explained(
      Question question,
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      int lookups,
      Explanation explanation) {
    if (!(explanation.decision() instanceof Decision.Unresolved unresolved)) {
      phase.take(withIdentities(analysis, explanation.subject()), CommandShape.QUERY, null);
      byColumns(question, analysis, accesses, explanation, CommandPhase.MAX_LOOKUPS);
    } else if (lookups < CommandPhase.MAX_LOOKUPS) {
      phase.lookUp(unresolved, () -> decide(question, analysis, accesses, lookups + 1));
    } else {
      phase.fail(CommandPhase.OBJECTS_KEEP_CHANGING);
    }
  }

  /** What is denied as a whole is explained by the columns it takes, where some are held. */
  private void byColumns(
      Question question,
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      Explanation explanation,
      int attempts) {
    ActiveSubject subject = explanation.subject();
    Binding binding = question.own() ? authority.frozenBinding() : authority.bindingOfOthers();
    boolean partial =
        explanation.decision() instanceof Decision.Denied
            && accesses.stream()
                .anyMatch(
                    access ->
                        !services.authorizer().columnsHeld(subject, access, binding).isEmpty());
    ByteBuf framed = phase.command();
    Optional<ColumnRewriter> rewriter =
        partial && framed != null && ColumnStatements.isSecurable(analysis)
            ? ColumnRewriter.read(framed, reader, backend.mode())
            : Optional.empty();
    if (rewriter.isEmpty()) {
      decided(question, analysis, accesses, explanation);
      return;
    }
    ColumnRewriter command = rewriter.get();
    ActiveSubject actor = authority.subject();
    offload.run(
        services.analysis(),
        () -> {
          ColumnPlan.Outcome outcome =
              ColumnStatements.plan(
                  analysis,
                  command,
                  services.analyzer().columnUses(command.statement()),
                  accesses.stream().map(access -> access(subject, access, binding)).toList(),
                  written ->
                      (RelationName)
                          Authorizer.asBackendNames(
                                  subject, new AccessRequest(AccessKind.SELECT, written), binding)
                              .object(),
                  services.objects(),
                  backend.mode());
          if (!(outcome instanceof ColumnPlan.Outcome.Planned planned)) {
            return new Explained(outcome, accesses, explanation);
          }
          List<AccessRequest> each = eachColumn(planned.accesses());
          return new Explained(
              outcome, each, services.authorizer().explain(subject, actor, each, binding));
        },
        explained -> {
          Runnable again = () -> byColumns(question, analysis, accesses, explanation, attempts - 1);
          if (attempts > 0 && explained.outcome() instanceof ColumnPlan.Outcome.Lacking lacking) {
            lookUpColumns(lacking.tables(), again);
          } else if (attempts > 0
              && explained.explanation().decision() instanceof Decision.Unresolved unresolved) {
            phase.lookUp(unresolved, again);
          } else {
            explainedByColumns(question, analysis, command, explained);
          }
        });
  }

  private record Explained(
      ColumnPlan.Outcome outcome, List<AccessRequest> accesses, Explanation explanation) {}

  private void lookUpColumns(Set<RelationName> tables, Runnable then) {
    long asOf = services.objects().version();
    offload.run(
        services.store(),
        () -> {
          services.lookup().lookUpColumns(tables, asOf);
          return Boolean.TRUE;
        },
        done -> then.run());
  }

  private void explainedByColumns(
      Question question, StatementAnalysis analysis, ColumnRewriter command, Explained explained) {
    ByteBuf framed = phase.command();
    if (framed != null && explained.outcome() instanceof ColumnPlan.Outcome.Planned planned) {
      phase.replaceCommand(command.apply(framed, planned.edits(), port.allocator()));
    }
    decided(question, analysis, explained.accesses(), explained.explanation());
  }

  private ColumnPlan.Access access(ActiveSubject subject, AccessRequest access, Binding binding) {
    boolean denied =
        services.authorizer().decide(subject, List.of(access), binding) instanceof Decision.Denied;
    return new ColumnPlan.Access(
        access,
        access.object() instanceof RelationName
            ? Optional.of(
                (RelationName) Authorizer.asBackendNames(subject, access, binding).object())
            : Optional.empty(),
        !denied,
        denied ? services.authorizer().columnsHeld(subject, access, binding) : Set.of());
  }

  /** A row for each column. */
  private static List<AccessRequest> eachColumn(List<AccessRequest> accesses) {
    List<AccessRequest> each = new ArrayList<>();
    for (AccessRequest access : accesses) {
      if (access.columns().isEmpty()) {
        each.add(access);
      }
      for (String column : new TreeSet<>(access.columns())) {
        each.add(new AccessRequest(access.kind(), access.object(), Set.of(column)));
      }
    }
    return each;
  }

  /** What is permitted is sent with the rows kept back that are not seen, or not at all. */
  private void decided(
      Question question,
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      Explanation explanation) {
    if (!(explanation.decision() instanceof Decision.Allowed)) {
      report(question, analysis, accesses, explanation);
      return;
    }
    Binding binding = question.own() ? authority.frozenBinding() : authority.bindingOfOthers();
    rows.explain(
        analysis,
        accesses,
        explanation.subject(),
        binding,
        answer -> {
          answer.command().ifPresent(phase::replaceCommand);
          if (answer.refused().isPresent()) {
            refused(question, answer.refused().get());
          } else if (answer.throughRules().isEmpty()) {
            report(question, analysis, accesses, explanation);
          } else {
            List<AccessRequest> all = new ArrayList<>(accesses);
            all.addAll(answer.throughRules());
            throughRules(question, analysis, all, explanation.subject(), CommandPhase.MAX_LOOKUPS);
          }
        });
  }

  private void throughRules(
      Question question,
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      ActiveSubject subject,
      int lookups) {
    ActiveSubject actor = authority.subject();
    Binding binding = question.own() ? authority.frozenBinding() : authority.bindingOfOthers();
    offload.run(
        services.analysis(),
        () -> services.authorizer().explain(subject, actor, accesses, binding),
        explanation -> {
          if (!(explanation.decision() instanceof Decision.Unresolved unresolved)) {
            report(question, analysis, accesses, explanation);
          } else if (lookups > 0) {
            phase.lookUp(
                unresolved, () -> throughRules(question, analysis, accesses, subject, lookups - 1));
          } else {
            phase.fail(CommandPhase.OBJECTS_KEEP_CHANGING);
          }
        });
  }

  private void report(
      Question question,
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      Explanation explanation) {
    ByteBuf sent = phase.handOver();
    Explanation shown = explanation;
    try {
      Explanation filtered = explanation.withRowsFiltered(accesses);
      if (filtered.decision() instanceof Decision.Allowed
          && explanation.decision() instanceof Decision.Denied
          && MetadataReads.isSecurable(analysis)) {
        Optional<MetadataRewriter.Secured> secured = secured(sent, explanation.subject());
        if (secured.isPresent()) {
          sent.release();
          sent = secured.get().command();
          if (MetadataReads.tables(accesses).stream().allMatch(secured.get().filters()::cover)) {
            shown = filtered;
          }
        }
      }
      answer(
          question,
          AccessReport.of(shown, text(sent).toString(backend.mode().charset().java()).strip()));
    } finally {
      sent.release();
    }
  }

  /** The command in hand as it would be sent; the caller owns it. */
  private ByteBuf withIdentities(StatementAnalysis analysis, ActiveSubject subject) {
    ByteBuf inner = phase.handOver();
    if (!StatementRewriter.isNeeded(analysis, subject.names(), authority)) {
      return inner;
    }
    try {
      return new StatementRewriter(
              reader, backend.mode(), authority, subject, authority::answer, session.connectionId())
          .answerIdentities(inner, analysis, port.allocator());
    } finally {
      inner.release();
    }
  }

  private Optional<MetadataRewriter.Secured> secured(ByteBuf command, ActiveSubject subject) {
    return MetadataRewriter.secure(
        command,
        reader,
        backend.mode(),
        table -> authority.metadataFilter(subject, table, backend.mode().server().flavour()),
        new MetadataColumns(
            subject.names(), services.facts().metadataColumns(), authority.uncounted(subject)),
        port.allocator());
  }

  private void refused(Question question, SqlError error) {
    answer(
        question,
        AccessReport.refused(question.subject(), authority.subject().snapshot().state(), error));
  }

  private void answer(Question question, AccessReport report) {
    phase.dropCommand();
    phase.diagnostics(Diagnostics.NONE);
    DclResult.Rows rows = question.json() ? report.json() : report.rows();
    phase.answer(rows.columns().stream().map(ColumnDefinition41::varchar).toList(), rows.rows());
  }
}
