package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Binding;
import io.portcullis.privilege.authz.RowReach;
import io.portcullis.privilege.authz.VisibleRows;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.statement.ColumnRewriter;
import io.portcullis.proxy.statement.RowPlan;
import io.portcullis.proxy.statement.RowSources;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.statement.StatementRewriter;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.CommandEncoder;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.AnalysisResult;
import io.portcullis.sql.analysis.ColumnUses;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.MalformedStringException;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.SqlError;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Statements that are permitted, of who does not see all rows of a table in them: they are sent as
 * {@link RowPlan} makes them. For others it is one look at a field. Event loop only.
 */
final class RowSecurity {

  private static final int ATTEMPTS = 3;
  private static final int COMMAND_BYTE = 1;

  /** What of SHOW STATUS does not tell how many rows were read. */
  private static final Set<String> HARMLESS = Set.of("ssl", "uptime", "threads", "compression");

  private static final SqlError COUNTED =
      ErrorCode.ER_NOT_SUPPORTED_YET.error(
          "it tells how many rows there are, or were read, and you do not see all rows of every"
              + " table; SHOW TABLES, and SHOW STATUS LIKE 'Ssl%', 'Uptime%', 'Threads%' and"
              + " 'Compression' are answered");

  private static final SqlError UNENCODABLE =
      refused("a statement in this character set (SET NAMES utf8mb4)");

  private final CommandPhase phase;
  private final FrontendPort port;
  private final SessionServices services;
  private final StatementReader reader;
  private final Authority authority;
  private final BackendLease backend;
  private final Offload offload;

  /** How the command in hand was secured. */
  private @Nullable Secured inHand;

  /**
   * How a statement was secured: it is good as long as the same rows are seen.
   *
   * @param visible all that was seen
   * @param views whether it carries definitions of views
   * @param objects the version of what was known of them
   * @param throughRules what is read besides, through rules
   * @param written the table it writes to, if the server checks what it writes, or over; as the
   *     account calls it
   * @param unseen what the server may find in checking
   */
  record Secured(
      Map<RelationId, VisibleRows> visible,
      boolean views,
      long objects,
      List<AccessRequest> throughRules,
      Optional<RelationName> written,
      Set<RowPlan.Unseen> unseen) {}

  /** A statement on its way. */
  private record Asked(
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      StatementKind kind,
      Runnable then) {}

  /** What a plan was made on: it is made again when that has changed meanwhile. */
  private record Seen(ActiveSubject subject, long objects) {}

  RowSecurity(
      CommandPhase phase,
      FrontendPort port,
      SessionServices services,
      StatementReader reader,
      Authority authority,
      BackendLease backend,
      Offload offload) {
    this.phase = phase;
    this.port = port;
    this.services = services;
    this.reader = reader;
    this.authority = authority;
    this.backend = backend;
    this.offload = offload;
  }

  /** The command in hand is another one. */
  void forget() {
    inHand = null;
  }

  Optional<Secured> inHand() {
    return Optional.ofNullable(inHand);
  }

  /**
   * @param untouched goes on with a statement that need not be secured
   * @param then goes on with one that was, which is not to be remembered as permitted
   */
  void secure(
      StatementAnalysis analysis, List<AccessRequest> accesses, Runnable untouched, Runnable then) {
    PreparedHandle executed = phase.handle();
    boolean secured = executed != null && executed.rows().isPresent();
    if (!authority.hidesRows() && !secured) {
      untouched.run();
    } else {
      secure(analysis, accesses, untouched, then, ATTEMPTS);
    }
  }

  private void secure(
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      Runnable untouched,
      Runnable then,
      int attempts) {
    RowReach reach = authority.rowReach(accesses, phase.boundDatabase());
    if (!reach.isCertain()) {
      if (attempts == 0) {
        phase.fail(CommandPhase.OBJECTS_KEEP_CHANGING);
        return;
      }
      lookUp(reach, () -> secure(analysis, accesses, untouched, then, attempts - 1));
      return;
    }
    PreparedHandle executed = phase.handle();
    if (executed != null) {
      execute(executed, reach, untouched, then);
    } else if (!reach.isNothing()) {
      kind(analysis)
          .ifPresentOrElse(
              kind -> read(new Asked(analysis, accesses, kind, then), ATTEMPTS),
              () -> phase.fail(refused("a statement of this kind")));
    } else if (kind(analysis).filter(StatementKind.SHOW::equals).isPresent()) {
      show(untouched);
    } else {
      untouched.run();
    }
  }

  private static Optional<StatementKind> kind(StatementAnalysis analysis) {
    if (analysis.statement() instanceof SetVariables) {
      return Optional.of(StatementKind.DO);
    }
    return analysis.statement() instanceof ForwardStatement forward
        ? Optional.of(forward.kind())
        : Optional.empty();
  }

  private void lookUp(RowReach reach, Runnable then) {
    long asOf = services.objects().version();
    offload.run(
        services.store(),
        () -> {
          services.lookup().lookUp(reach.unresolved(), reach.unresolvedPrograms(), asOf);
          return Boolean.TRUE;
        },
        done -> then.run());
  }

  private static SqlError refused(String what) {
    return ErrorCode.ER_NOT_SUPPORTED_YET.error(
        what + " by who does not see all rows of a table in it");
  }

  // ---- what was prepared

  private void execute(PreparedHandle executed, RowReach reach, Runnable untouched, Runnable then) {
    Optional<Secured> secured = executed.rows();
    if (secured.isEmpty()) {
      if (reach.isNothing()) {
        untouched.run();
      } else {
        phase.fail(ErrorCode.ER_NEED_REPREPARE.error());
      }
      return;
    }
    boolean same =
        secured.get().visible().equals(authority.subject().visibleRows())
            && (!secured.get().views() || secured.get().objects() == services.objects().version());
    if (!same) {
      phase.fail(ErrorCode.ER_NEED_REPREPARE.error());
      return;
    }
    throughRules(
        secured.get().throughRules(),
        () -> {
          inHand = secured.get();
          (secured.get().written().isPresent() ? then : untouched).run();
        });
  }

  // ---- counts

  /** SHOW TABLE STATUS and SHOW STATUS tell how many rows there are, or were read. */
  private void show(Runnable untouched) {
    read()
        .flatMap(command -> tellsCounts(command.statement()))
        .ifPresentOrElse(phase::fail, untouched);
  }

  /** The refusal of a SHOW that does. */
  private static Optional<SqlError> tellsCounts(LexedStatement text) {
    try {
      return isCount(text) ? Optional.of(COUNTED) : Optional.empty();
    } catch (MalformedStringException meaningless) {
      return Optional.of(meaningless.error());
    }
  }

  private static boolean isCount(LexedStatement text) {
    if (text.isWord(1, "TABLE") && text.isWord(2, "STATUS")) {
      return true;
    }
    int status = text.isWord(1, "STATUS") ? 1 : text.isWord(2, "STATUS") ? 2 : 0;
    boolean ofServer =
        status == 1
            || (status == 2
                && (text.isWord(1, "SESSION")
                    || text.isWord(1, "LOCAL")
                    || text.isWord(1, "GLOBAL")));
    if (!ofServer) {
      return false;
    }
    boolean like = text.isWord(status + 1, "LIKE") && text.size() == status + 3;
    String pattern = like ? text.value(status + 2).toLowerCase(Locale.ROOT) : "";
    return HARMLESS.stream().noneMatch(pattern::startsWith);
  }

  // ---- texts

  private Optional<ColumnRewriter> read() {
    ByteBuf framed = phase.command();
    return framed == null ? Optional.empty() : ColumnRewriter.read(framed, reader, backend.mode());
  }

  /** Reads the command in hand once more, as it would be sent. */
  private void read(Asked asked, int attempts) {
    Optional<ColumnRewriter> command = read();
    boolean string =
        command
            .map(ColumnRewriter::statement)
            .filter(text -> text.isWord(0, "EXECUTE") || text.isWord(0, "PREPARE"))
            .isPresent();
    if (command.isEmpty() || string) {
      phase.fail(
          refused("SQL in a string, or a statement of 16 MiB (send it as it is, or in parts),"));
      return;
    }
    readUses(
        command.get(),
        authority.subject(),
        (uses, rules) -> plan(asked, command.get(), uses, rules, attempts));
  }

  /**
   * @param then is handed where the statement names what, and the rules of whoever it is secured
   *     for
   */
  private void readUses(
      ColumnRewriter command,
      ActiveSubject subject,
      BiConsumer<ColumnUses, Map<String, String>> then) {
    LexicalMode mode = backend.mode();
    List<LexedStatement> rules = rules(subject, mode);
    offload.run(
        services.analysis(),
        () -> {
          // Known from now on: the rules are read again on the event loop.
          rules.forEach(services.analyzer()::analyze);
          return services.analyzer().columnUses(command.statement());
        },
        uses -> then.accept(uses, rewritten(subject, mode)));
  }

  private void plan(
      Asked asked,
      ColumnRewriter command,
      ColumnUses uses,
      Map<String, String> rules,
      int attempts) {
    Optional<String> database = phase.boundDatabase();
    ActiveSubject subject = authority.subject();
    Seen seen = new Seen(subject, services.objects().version());
    List<AccessRequest> bound =
        asked.accesses().stream()
            .map(access -> authority.asBackendNames(access, database))
            .toList();
    plan(
        new Draft(
            command,
            uses,
            asked.kind(),
            bound,
            written -> authority.boundInText(written, database),
            authority.rowReach(asked.accesses(), database),
            phase.shape() == CommandShape.PREPARE),
        sources(subject, rules, true),
        (outcome, sources) -> planned(asked, command, outcome, sources, seen, bound, attempts));
  }

  /**
   * What a plan is made of.
   *
   * @param kept whether it is prepared
   */
  private record Draft(
      ColumnRewriter command,
      ColumnUses uses,
      StatementKind kind,
      List<AccessRequest> bound,
      UnaryOperator<RelationName> boundInText,
      RowReach reach,
      boolean kept) {}

  private void plan(Draft draft, RowSources sources, BiConsumer<RowPlan.Outcome, RowSources> then) {
    RowPlan plan =
        new RowPlan(
            draft.command().statement(),
            draft.uses(),
            draft.kind(),
            draft.bound(),
            draft.boundInText(),
            draft.reach(),
            sources,
            services.objects()::columns,
            authority::shown,
            draft.kept());
    offload.run(services.analysis(), plan::plan, outcome -> then.accept(outcome, sources));
  }

  private RowSources sources(
      ActiveSubject subject, Map<String, String> rules, boolean definitionsShown) {
    Binding others = authority.bindingOfOthers();
    return new RowSources(
        names ->
            RowReach.of(
                subject,
                names.stream().map(name -> new AccessRequest(AccessKind.SELECT, name)).toList(),
                others),
        services.objects()::source,
        query -> Optional.ofNullable(rules.get(query)),
        services.analyzer(),
        backend.mode(),
        authority.foldsNames(),
        definitionsShown);
  }

  private void planned(
      Asked asked,
      ColumnRewriter command,
      RowPlan.Outcome outcome,
      RowSources sources,
      Seen seen,
      List<AccessRequest> bound,
      int attempts) {
    if (outcome instanceof RowPlan.Outcome.Refused refused) {
      phase.fail(refused.error());
    } else if (outcome instanceof RowPlan.Outcome.Lacking lacking && attempts > 0) {
      lookUpColumns(lacking.tables(), () -> read(asked, attempts - 1));
    } else if (outcome instanceof RowPlan.Outcome.Planned planned
        && seen.objects() == services.objects().version()
        && seen.subject().visibleRows().equals(authority.subject().visibleRows())) {
      send(asked, command, planned, sources, seen, bound);
    } else if (attempts > 0) {
      read(asked, attempts - 1);
    } else {
      phase.fail(CommandPhase.OBJECTS_KEEP_CHANGING);
    }
  }

  // ---- EXPLAIN ACCESS

  /**
   * What would become of a statement that is asked about.
   *
   * @param command as it would be sent, with names as its account calls them; empty: as it is in
   *     hand
   * @param throughRules what it reads besides, through rules
   */
  record Answer(
      Optional<SqlError> refused, Optional<ByteBuf> command, List<AccessRequest> throughRules) {
    static final Answer UNTOUCHED = new Answer(Optional.empty(), Optional.empty(), List.of());

    static Answer refused(SqlError error) {
      return new Answer(Optional.of(error), Optional.empty(), List.of());
    }
  }

  /**
   * The statement that is asked about.
   *
   * @param binding of who is asked about
   */
  private record Question(
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      ActiveSubject subject,
      Binding binding,
      Consumer<Answer> then) {

    AccessRequest bound(AccessRequest access) {
      return Authorizer.asBackendNames(subject, access, binding);
    }
  }

  /**
   * How the command in hand would be secured for somebody. Nothing is sent.
   *
   * @param then is handed the answer, and owns the command in it
   */
  void explain(
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      ActiveSubject subject,
      Binding binding,
      Consumer<Answer> then) {
    if (subject.visibleRows().isEmpty()) {
      then.accept(Answer.UNTOUCHED);
    } else {
      explain(new Question(analysis, accesses, subject, binding, then), ATTEMPTS);
    }
  }

  private void explain(Question question, int attempts) {
    RowReach reach =
        Authorizer.rowReach(question.subject(), question.accesses(), question.binding());
    Optional<StatementKind> kind = kind(question.analysis());
    Optional<ColumnRewriter> command = read();
    boolean show = kind.filter(StatementKind.SHOW::equals).isPresent();
    if (!reach.isCertain() && attempts > 0) {
      lookUp(reach, () -> explain(question, attempts - 1));
    } else if (!reach.isCertain()) {
      question.then().accept(Answer.refused(CommandPhase.OBJECTS_KEEP_CHANGING));
    } else if (command.isEmpty() || (kind.isEmpty() && !reach.isNothing())) {
      question.then().accept(Answer.refused(refused("a statement of this kind")));
    } else if (!reach.isNothing()) {
      explain(question, command.get(), kind.orElseThrow(), reach, attempts);
    } else {
      Optional<SqlError> counts = show ? tellsCounts(command.get().statement()) : Optional.empty();
      question.then().accept(counts.map(Answer::refused).orElse(Answer.UNTOUCHED));
    }
  }

  private void explain(
      Question question, ColumnRewriter command, StatementKind kind, RowReach reach, int attempts) {
    readUses(
        command,
        question.subject(),
        (uses, rules) ->
            plan(
                new Draft(
                    command,
                    uses,
                    kind,
                    question.accesses().stream().map(question::bound).toList(),
                    written ->
                        (RelationName)
                            question.bound(new AccessRequest(AccessKind.SELECT, written)).object(),
                    reach,
                    false),
                sources(question.subject(), rules, false),
                (outcome, sources) -> explained(question, command, outcome, sources, attempts)));
  }

  private void explained(
      Question question,
      ColumnRewriter command,
      RowPlan.Outcome outcome,
      RowSources sources,
      int attempts) {
    ByteBuf framed = phase.command();
    if (framed == null) {
      throw new IllegalStateException("no command");
    }
    if (outcome instanceof RowPlan.Outcome.Lacking lacking && attempts > 0) {
      lookUpColumns(lacking.tables(), () -> explain(question, attempts - 1));
    } else if (outcome instanceof RowPlan.Outcome.Planned planned && isEncodable(planned)) {
      question
          .then()
          .accept(
              new Answer(
                  Optional.empty(),
                  Optional.of(command.apply(framed, planned.edits(), port.allocator())),
                  readThrough(sources.usedRules())));
    } else {
      SqlError error =
          outcome instanceof RowPlan.Outcome.Refused refused
              ? refused.error()
              : outcome instanceof RowPlan.Outcome.Planned
                  ? UNENCODABLE
                  : CommandPhase.OBJECTS_KEEP_CHANGING;
      question.then().accept(Answer.refused(error));
    }
  }

  private boolean isEncodable(RowPlan.Outcome.Planned planned) {
    Charset charset = backend.mode().charset().java();
    return planned.edits().stream()
        .allMatch(
            edit ->
                charset.newEncoder().canEncode(edit.before())
                    && charset.newEncoder().canEncode(edit.after()));
  }

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

  private void send(
      Asked asked,
      ColumnRewriter command,
      RowPlan.Outcome.Planned planned,
      RowSources sources,
      Seen seen,
      List<AccessRequest> bound) {
    ByteBuf framed = phase.command();
    if (framed == null) {
      throw new IllegalStateException("no command");
    }
    if (!isEncodable(planned)) {
      phase.fail(UNENCODABLE);
      return;
    }
    ByteBuf secured = command.apply(framed, planned.edits(), port.allocator());
    if (secured.readableBytes() > PacketFraming.MAX_FRAME_PAYLOAD) {
      secured.release();
      phase.fail(refused("a statement of 16 MiB"));
      return;
    }
    phase.replaceCommand(secured);
    Optional<RelationName> written =
        !planned.unseen().isEmpty()
            ? bound.stream()
                .filter(
                    access ->
                        access.kind() == AccessKind.INSERT || access.kind() == AccessKind.UPDATE)
                .map(access -> authority.shown((RelationName) access.object()))
                .findFirst()
            : Optional.empty();
    List<AccessRequest> throughRules = readThrough(sources.usedRules());
    Secured how =
        new Secured(
            seen.subject().visibleRows(),
            sources.usesViews(),
            seen.objects(),
            throughRules,
            written,
            planned.unseen());
    throughRules(
        throughRules,
        () -> {
          inHand = how;
          asked.then().run();
        });
  }

  // ---- rules

  private static Set<String> queries(ActiveSubject subject) {
    return subject.visibleRows().values().stream()
        .flatMap(rows -> rows.rules().stream())
        .collect(Collectors.toSet());
  }

  private ByteBuf command(String query, LexicalMode mode) {
    return CommandEncoder.text(port.allocator(), CommandByte.QUERY, query, mode.charset().java());
  }

  private List<LexedStatement> rules(ActiveSubject subject, LexicalMode mode) {
    List<LexedStatement> rules = new ArrayList<>();
    for (String query : queries(subject)) {
      ByteBuf framed = command(query, mode);
      try {
        if (reader.read(framed, PacketFraming.HEADER_LENGTH + COMMAND_BYTE, mode) == 1) {
          rules.add(reader.detach(0));
        }
      } finally {
        reader.done();
        framed.release();
      }
    }
    return rules;
  }

  /** The rules with the gate's answers and the backend's names in them; those that are readable. */
  private Map<String, String> rewritten(ActiveSubject subject, LexicalMode mode) {
    Map<String, String> rewritten = new HashMap<>();
    for (String query : queries(subject)) {
      analysis(query, mode)
          .ifPresent(analysis -> rewritten.put(query, rewritten(query, analysis, subject, mode)));
    }
    return rewritten;
  }

  private Optional<StatementAnalysis> analysis(String query, LexicalMode mode) {
    ByteBuf framed = command(query, mode);
    try {
      boolean one = reader.read(framed, PacketFraming.HEADER_LENGTH + COMMAND_BYTE, mode) == 1;
      AnalysisResult known = one ? reader.analysis(0) : null;
      return known instanceof StatementAnalysis analysis && analysis.databases().isComplete()
          ? Optional.of(analysis)
          : Optional.empty();
    } finally {
      reader.done();
      framed.release();
    }
  }

  private String rewritten(
      String query, StatementAnalysis analysis, ActiveSubject subject, LexicalMode mode) {
    if (!StatementRewriter.isNeeded(analysis, subject.names(), authority)) {
      return query;
    }
    ByteBuf framed = command(query, mode);
    try {
      ByteBuf spliced =
          new StatementRewriter(
                  reader, mode, authority, subject, authority::answer, phase.connectionId())
              .rewrite(framed, analysis, port.allocator());
      try {
        int begin = spliced.readerIndex() + PacketFraming.HEADER_LENGTH + COMMAND_BYTE;
        return spliced.toString(begin, spliced.writerIndex() - begin, mode.charset().java());
      } finally {
        spliced.release();
      }
    } finally {
      framed.release();
    }
  }

  /** What the rules read besides their own tables, as the account calls it. */
  private List<AccessRequest> readThrough(List<RowSources.UsedRule> rules) {
    List<AccessRequest> read = new ArrayList<>();
    for (RowSources.UsedRule rule : rules) {
      Optional<StatementAnalysis> analysis = analysis(rule.query(), backend.mode());
      if (analysis.isPresent() && analysis.get().statement() instanceof ForwardStatement select) {
        for (AccessRequest access : select.accesses()) {
          if (!authority.bound(access, Optional.empty()).equals(rule.table())) {
            read.add(access);
          }
        }
      }
    }
    return read.stream().distinct().toList();
  }

  /** A rule lends no rights: who reads through it needs them on what it reads. */
  private void throughRules(List<AccessRequest> read, Runnable then) {
    if (read.isEmpty()) {
      then.run();
      return;
    }
    List<AccessRequest> all = new ArrayList<>(phase.running());
    phase.decide(
        read,
        0,
        () -> {
          all.addAll(read);
          phase.runsSecured(all);
          then.run();
        });
  }

  // ---- errors

  /** What error 1242 says of a statement whose values were checked; empty where it is its own. */
  Optional<SqlError> notVisible(int errno) {
    Secured secured = inHand;
    return secured != null && errno == ErrorCode.ER_SUBQUERY_NO_1_ROW.errno()
        ? secured.written().map(table -> RowPlan.error(table, secured.unseen()))
        : Optional.empty();
  }
}
