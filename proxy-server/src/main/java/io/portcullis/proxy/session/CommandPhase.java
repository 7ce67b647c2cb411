package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.authz.NameSpace;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.statement.CatalogSeen;
import io.portcullis.proxy.statement.MetadataRewriter.MetadataFilters;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.statement.StatementRewriter;
import io.portcullis.proxy.wire.Packet;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.QueryAttributes;
import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.proxy.wire.message.ErrPacket;
import io.portcullis.proxy.wire.message.QueryResult;
import io.portcullis.proxy.wire.message.SessionChange;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.analysis.AnalysisRefused;
import io.portcullis.sql.analysis.AnalysisResult;
import io.portcullis.sql.analysis.LocalInfile;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.lexer.LexedStatement;
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
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.statement.UseStatement;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of a session after login: reads each statement, decides it, and either relays it or
 * answers it here.
 *
 * <p>One command at a time. A command begins with {@link #onCommand} and ends in {@link
 * #finishCommand}; in between the port holds further packets back. What waits for another thread
 * comes back through {@link #later}, which drops it when the session has closed meanwhile. Confined
 * to the session's event loop.
 */
final class CommandPhase {

  private static final Logger LOG = LoggerFactory.getLogger(CommandPhase.class);

  private static final int COMMAND_OFFSET = 1;
  private static final int FIRST_OF_ANSWER = 1;
  static final int MAX_LOOKUPS = 3;
  static final SqlError OBJECTS_KEEP_CHANGING =
      ErrorCode.ER_UNKNOWN_ERROR.error("The objects of this statement keep changing; try again");
  private static final SqlError ANOTHER_DEFINER =
      ErrorCode.ER_NOT_SUPPORTED_YET.error(
          "a DEFINER other than CURRENT_USER, or the one that SHOW CREATE names here; leave DEFINER"
              + " out");
  private static final SqlError CHANGES_TOO_OFTEN =
      ErrorCode.ER_NOT_SUPPORTED_YET.error(
          "a text of many statements that change again and again how the rest of it is read; send"
              + " them one by one");
  private static final SqlError LEFT_BEHIND =
      ErrorCode.ER_UNKNOWN_ERROR.error(
          "What FOUND_ROWS(), ROW_COUNT() and GET DIAGNOSTICS tell of the statement before is gone:"
              + " another session was given its connection (backend.pooling: transaction). From here"
              + " on this session keeps its connection; run both statements again");

  private final ClientSession session;
  private final SessionServices services;
  private final FrontendPort port;
  private final StatementReader reader;
  private final Replies replies;
  private final Authority authority;
  private final BackendLease backend;
  private final ConnectionTies ties;
  private final Offload offload;
  private final PreparedStatements prepared;
  private final LocalAnswers local;
  private final DefinitionStatements definitions;
  private final MetadataReads metadata;
  private final ExplainedStatements explained;
  private final CatalogReads catalog;
  private final ColumnStatements columns;
  private final CatalogDatabase catalogDatabase;
  private final RowSecurity rows;
  private final VariableReads variables;
  private final ProgramReads programs;
  private final ProgramCalls calls;
  private final OtherCommands others;
  private final AnswerEdits edits;
  private final Relay relay;
  private final Holdings holdings;
  private final ExpiredPassword password;
  private final PacketStep query = this::query;

  private boolean multiStatements;
  private boolean busy;
  private @Nullable Diagnostics diagnostics;

  // The command in hand.
  private @Nullable Packet waiting;
  private @Nullable ByteBuf command;
  private CommandShape shape = CommandShape.QUERY;
  private int sequence;
  private int sequenceOffset;
  private @Nullable StatementText text;
  private boolean more;

  /** Whether the next statement waits until the client has read what it was sent. */
  private boolean awaitingReader;

  private @Nullable PreparedHandle handle;

  /** Whether it calls SLEEP or BENCHMARK. */
  private boolean delays;

  private @Nullable MetadataFilters filters;
  private @Nullable Interruption interruption;
  private @Nullable HeldResponse unsent;
  private FrontendPort.@Nullable Cancellable timeout;
  private @Nullable LocalFile file;

  CommandPhase(
      ClientSession session,
      SessionServices services,
      FrontendPort port,
      StatementReader reader,
      Replies replies,
      Authority authority,
      BackendLease backend,
      ConnectionTies ties,
      boolean multiStatements,
      boolean expired) {
    this.session = session;
    this.services = services;
    this.port = port;
    this.reader = reader;
    this.replies = replies;
    this.authority = authority;
    this.backend = backend;
    this.ties = ties;
    backend.whenWanted(this::yieldConnection);
    this.multiStatements = multiStatements;
    this.password = new ExpiredPassword(services, authority, expired);
    this.edits = new AnswerEdits(authority);
    this.relay = new Relay(this, port, backend);
    this.offload =
        new Offload(port.loop(), session.connectionId(), this::fail, session::protocolError);
    this.local = new LocalAnswers(this, session, services, authority, backend, offload);
    this.prepared =
        new PreparedStatements(
            this,
            port,
            reader,
            authority,
            backend,
            new PreparedAccounts(this, port, services, authority, backend, local));
    this.rows = new RowSecurity(this, port, services, reader, authority, backend, offload);
    this.explained =
        new ExplainedStatements(
            this, session, services, port, reader, authority, backend, offload, rows);
    this.definitions = new DefinitionStatements(this, services, authority, offload);
    this.metadata = new MetadataReads(this, port, reader, authority, backend, services.facts());
    this.columns =
        new ColumnStatements(this, port, services, reader, authority, backend, offload, metadata);
    this.catalog =
        new CatalogReads(
            this, port, services, reader, authority, backend, offload, columns, metadata);
    this.catalogDatabase = new CatalogDatabase(this, port, authority);
    this.others =
        new OtherCommands(
            this,
            session,
            port,
            replies,
            authority,
            backend,
            prepared,
            local,
            catalog,
            catalogDatabase,
            password);
    this.variables = new VariableReads(this, port, reader, authority, backend);
    this.programs = new ProgramReads(this, port, reader, backend);
    this.calls = new ProgramCalls(services, authority, backend, prepared);
    this.holdings =
        new Holdings(
            this, session, services, port, authority, backend, prepared, metadata, catalog);
  }

  void onClientWritable() {
    relay.onClientWritable();
    if (awaitingReader) {
      awaitingReader = false;
      session.awaitsClient(false);
      nextStatement();
    }
  }

  Authority authority() {
    return authority;
  }

  boolean isBusy() {
    return busy;
  }

  boolean inTransaction() {
    return StatusFlags.has(backend.statusFlags(), StatusFlags.IN_TRANS);
  }

  /**
   * Of an error to the client; between commands, of the answer to the one that comes. -1 in the
   * middle of an answer in which the client would not know an error.
   */
  int sequence() {
    return relay.isStarted() ? relay.errorSequence() : busy ? sequence : FIRST_OF_ANSWER;
  }

  @Nullable Diagnostics diagnostics() {
    return diagnostics;
  }

  /** What SHOW WARNINGS is about from now on; null: the backend's answer. */
  void diagnostics(@Nullable Diagnostics own) {
    diagnostics = own;
  }

  /** Takes ownership of a command that is about to be sent. */
  void take(ByteBuf framed, CommandShape itsShape, @Nullable PreparedHandle executed) {
    edits.inRows(
        executed != null
            && itsShape == CommandShape.EXECUTE
            && executed.analysis().statement() instanceof ForwardStatement forward
            && AnswerEdits.showsDefinitions(forward));
    delays = executed != null && executed.analysis().waitingCalls().delays();
    command = framed;
    shape = itsShape;
    handle = executed;
  }

  @Nullable ByteBuf command() {
    return command;
  }

  /** The prepared statement that is to be executed; null for a text. */
  @Nullable PreparedHandle handle() {
    return handle;
  }

  /** Takes ownership of the command in hand as it is to be sent, secured with these filters. */
  void replaceCommand(ByteBuf secured, MetadataFilters with) {
    dropCommand();
    command = secured;
    filters = with;
  }

  /** Takes ownership of the command in hand as it is to be sent. */
  void replaceCommand(ByteBuf rewritten) {
    dropCommand();
    command = rewritten;
  }

  /** What the command in hand was given to see of the gate's own tables. */
  Optional<CatalogSeen> seen() {
    return catalog.seen();
  }

  /** What the command in hand takes by columns, in place of what its text says. */
  Optional<ColumnStatements.Taken> takenByColumns() {
    return columns.inHand();
  }

  /** What the command in hand was secured with. */
  Optional<MetadataFilters> filters() {
    return Optional.ofNullable(filters);
  }

  /** What the statement in hand, or the handle that is executed, was secured with. */
  Optional<MetadataFilters> securedWith() {
    PreparedHandle executed = handle;
    return executed == null ? filters() : executed.filters();
  }

  /** How rows were kept out of the command in hand. */
  Optional<RowSecurity.Secured> securedRows() {
    return rows.inHand();
  }

  /** What the statement in hand was found to need. */
  List<AccessRequest> running() {
    return holdings.running();
  }

  int connectionId() {
    return session.connectionId();
  }

  /** The secured form of a statement that needs these is about to be sent. */
  void runsSecured(List<AccessRequest> accesses) {
    holdings.runs(accesses);
  }

  /** Gives the command in hand away. */
  ByteBuf handOver() {
    ByteBuf framed = command;
    if (framed == null) {
      throw new IllegalStateException("no command");
    }
    command = null;
    return framed;
  }

  /** Sends the command in hand, and its response straight on. */
  void relay() {
    send(relay);
  }

  /** The same for one that is known to be permitted. */
  void relay(List<AccessRequest> accesses) {
    holdings.runs(accesses);
    send(relay);
  }

  /** The same for the execution of one that was prepared. */
  void relayAgain(StatementAnalysis analysis, List<AccessRequest> accesses) {
    session.runs(analysis.statement());
    ties.runs(analysis, null);
    relay(accesses);
  }

  /** The statement in hand leaves something in the connection that no other can be given. */
  void keepConnection() {
    ties.keep();
  }

  /** Keeps the answer to the command in hand back; for {@link #send}. */
  HeldResponse hold(BiConsumer<HeldResponse, ResponseEnd> complete) {
    return hold(this::backendFailed, complete);
  }

  HeldResponse hold(Consumer<SqlError> failed, BiConsumer<HeldResponse, ResponseEnd> complete) {
    return new HeldResponse(
        port,
        failed,
        (held, end) -> {
          holdings.ran();
          complete.accept(held, end);
        });
  }

  /**
   * The last step of a login: its database, checked like USE, then OK.
   *
   * @param info text of the OK packet
   */
  void enter(Optional<String> database, String info, int firstSequence) {
    busy = true;
    sequence = firstSequence;
    if (database.isEmpty()) {
      entered(info);
      return;
    }
    decide(
        List.of(new AccessRequest(AccessKind.USE, new DatabaseName(database.get()))),
        0,
        () ->
            backend.acquire(
                authority.backendDatabase(database.get()),
                error -> {
                  if (error == null) {
                    authority.use(database.get());
                    entered(info);
                  } else {
                    BackendError shown = edits.shown(error);
                    replies.error(sequence, shown);
                    session.endLogin(authority.subject(), shown.errno(), shown.message());
                  }
                }));
  }

  private void entered(String info) {
    replies.loggedIn(sequence, backend.statusFlags(), info);
    port.flush();
    busy = false;
    holdings.ran();
    session.ready();
    if (backend.isWanted()) {
      yieldConnection();
    }
  }

  // ---- the connection, and other sessions that wait for one

  /**
   * Gives the connection up for another session, unless something ties this one to it.
   *
   * @return false where it does
   */
  private boolean yieldConnection() {
    if (busy
        || session.isLoggingIn()
        || !backend.canBeReleased()
        || !ties.allowAnother()
        || inTransaction()
        || prepared.hasAny()
        || holdings.hasLocks()) {
      return false;
    }
    if (ties.needsInsertId()) {
      askForInsertId();
    } else {
      giveUpConnection();
    }
    return true;
  }

  /** A command of the gate's own: those of the client wait. */
  private void askForInsertId() {
    busy = true;
    sequence = FIRST_OF_ANSWER;
    port.hold();
    backend.lastInsertId(
        value -> {
          if (value == null) {
            ties.keep();
          } else {
            ties.insertId(value);
            giveUpConnection();
          }
          finishCommand();
        },
        session::closeWith);
  }

  private void giveUpConnection() {
    int flags = backend.statusFlags();
    backend.release();
    backend.statusFlags(flags); // autocommit is as it was
    ties.moved();
  }

  // ---- commands

  /** Takes ownership of the packet. */
  void onCommand(Packet packet) {
    LocalFile awaited = file;
    if (awaited != null) {
      sequence = PacketFraming.next(packet.sequenceId());
      awaited.onPacket(packet);
      return;
    }
    busy = true;
    port.hold();
    sequence = PacketFraming.next(packet.sequenceId());
    sequenceOffset = 0;
    more = false;
    handle = null;
    filters = null;
    catalog.forget();
    columns.forget();
    rows.forget();
    interruption = null;
    try {
      dispatch(packet);
    } catch (ProtocolException e) {
      session.protocolError(e);
    } catch (RuntimeException e) {
      LOG.atError()
          .setCause(e)
          .addKeyValue("connectionId", session.connectionId())
          .log("command failed");
      fail(
          ErrorCode.ER_UNKNOWN_ERROR.error(
              "Internal error in the gate; the statement was not executed"));
    }
  }

  private void dispatch(Packet packet) {
    if (packet.payloadLength() == 0) {
      packet.release();
      throw new ProtocolException("empty command packet");
    }
    ByteBuf payload = packet.payload();
    int code = payload.getUnsignedByte(payload.readerIndex());
    if (code == CommandByte.QUERY.code()) {
      withBackend(
          session.negotiatedQueryAttributes() ? withoutAttributes(packet, payload) : packet, query);
    } else if (code == CommandByte.STMT_EXECUTE.code()) {
      prepared.execute(packet);
    } else if (code == CommandByte.STMT_BULK_EXECUTE.code() && session.negotiatedBulk()) {
      prepared.executeBulk(packet);
    } else {
      others.dispatch(packet);
    }
  }

  /**
   * They go with whatever is sent for this command. Releases the packet when they are malformed.
   */
  private Packet withoutAttributes(Packet packet, ByteBuf payload) {
    QueryAttributes attributes;
    try {
      attributes = QueryAttributes.read(payload);
    } catch (ProtocolException e) {
      packet.release();
      throw e;
    }
    backend.attributes(attributes);
    return attributes.takeOff(packet, port.allocator());
  }

  interface PacketStep {
    void accept(Packet packet);
  }

  /** Goes on with a leased backend connection, which the lexical mode depends on. */
  void withBackend(Packet packet, PacketStep step) {
    if (backend.isLeased()) {
      step.accept(packet);
      return;
    }
    waiting = packet;
    backend.acquire(
        authority.backendDatabase(),
        error -> {
          Packet owned = waiting;
          if (owned == null) {
            return; // the session was closed meanwhile
          }
          waiting = null;
          if (error == null) {
            forgetConnection(); // of one before, this one knows nothing
            offload.guarded(() -> step.accept(owned));
          } else {
            owned.release();
            if (error.errno() == ErrorCode.ER_BAD_DB_ERROR.errno()) {
              authority.useNone();
            }
            diagnostics = null;
            replies.error(sequence, edits.shown(error));
            finishCommand();
          }
        });
  }

  // ---- COM_QUERY

  private void query(Packet packet) {
    ByteBuf payload = packet.payload();
    int begin = payload.readerIndex() + COMMAND_OFFSET;
    int count = reader.read(payload, begin, backend.mode());
    if (count == 1) {
      AnalysisResult known = reader.analysis(0);
      if (known instanceof StatementAnalysis analysis
          && analysis.statement() instanceof ForwardStatement forward
          && forward.effects().isEmpty()
          && authority.knowsPermitted(analysis)
          && !password.restricts()
          && !ties.isLost(analysis)
          && !StatementRewriter.isNeeded(analysis, authority.names(), authority)) {
        reader.done();
        diagnostics = null;
        session.runs(forward);
        holdings.runs(forward.accesses());
        ties.runs(analysis, null);
        delays = analysis.waitingCalls().delays();
        startTimeout();
        edits.inRows(AnswerEdits.showsDefinitions(forward));
        backend.execute(
            packet.framed(), CommandShape.QUERY, edits.next(sequenceOffset, more), relay);
        return;
      }
      command = packet.framed();
      shape = CommandShape.QUERY;
      analyse(known, 0);
      return;
    }
    if (count <= 0) {
      packet.release();
      if (count < 0) {
        fail(reader.refusal().error());
      } else if (reader.isCommentOnly()) {
        diagnostics = Diagnostics.NONE;
        answerOk(0);
      } else {
        fail(ErrorCode.ER_EMPTY_QUERY.error());
      }
      return;
    }
    if (!multiStatements) {
      packet.release();
      fail(
          ErrorCode.ER_PARSE_ERROR.error(
              "more than one statement in a text, and the client has not asked for multi-statements"));
      return;
    }
    text = new StatementText(packet, reader, count, backend.mode());
    shape = CommandShape.QUERY;
    nextOfText();
  }

  /**
   * Runs the next statement of a text of several; read under the mode that holds now that its turn
   * has come.
   */
  private void nextOfText() {
    dropFile();
    shape = CommandShape.QUERY;
    StatementText several = text;
    if (several == null) {
      finishCommand();
      return;
    }
    int left = several.left(backend.mode());
    if (left < 0) {
      fail(left == StatementText.TOO_OFTEN ? CHANGES_TOO_OFTEN : reader.refusal().error());
      return;
    }
    if (left == 0) {
      fail(ErrorCode.ER_EMPTY_QUERY.error()); // more was promised
      return;
    }
    more = left > 1;
    handle = null;
    filters = null;
    catalog.forget();
    columns.forget();
    rows.forget();
    interruption = null;
    command = several.cut(port.allocator());
    sequenceOffset = (sequence - 1) & 0xff;
    if (several.read()) {
      analyse(reader.analysis(0), 0);
    } else {
      fail(
          ErrorCode.ER_PARSE_ERROR.error(
              "a statement that cannot be told from the others of its text"));
    }
  }

  void analyse(@Nullable AnalysisResult known, int statement) {
    if (known != null) {
      reader.done();
      analysed(known);
      return;
    }
    LexedStatement detached = reader.detach(statement);
    reader.done();
    offload.run(
        services.analysis(),
        () -> services.analyzer().analyze(detached),
        result -> analysed(result));
  }

  private void analysed(AnalysisResult result) {
    if (result instanceof AnalysisRefused refused) {
      fail(refused.refusal().error());
      return;
    }
    StatementAnalysis analysis = (StatementAnalysis) result;
    ofOwnDefiner(analysis, () -> understood(analysis), this::fail);
  }

  /** Goes on where the definer that the statement names, if any, is the session's own login. */
  void ofOwnDefiner(StatementAnalysis analysis, Runnable then, Consumer<SqlError> otherwise) {
    Optional<String> definer = analysis.definer();
    if (definer.isEmpty()) {
      then.run();
      return;
    }
    backend.currentUser(
        login -> {
          if (definer.get().equals(login)) {
            offload.guarded(then);
          } else {
            otherwise.accept(ANOTHER_DEFINER);
          }
        },
        this::backendFailed);
  }

  private void understood(StatementAnalysis analysis) {
    NameSpace names = authority.subject().names();
    if (!names.isIdentity() && !analysis.databases().isComplete()) {
      fail(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "a name of a database in a place where the gate cannot tell it for certain; make it"
                  + " the current database and leave it out"));
      return;
    }
    if (!names.isIdentity() && !analysis.waitingCalls().complete()) {
      fail(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "GET_LOCK and its kin inside a string, in an account: call them outside of one"));
      return;
    }
    if (shape == CommandShape.PREPARE && analysis.asksAboutPrivileges()) {
      failQuietly(ErrorCode.ER_UNSUPPORTED_PS.error());
      return;
    }
    if (StatementRewriter.isNeeded(analysis, names, authority) && !rewrite(analysis)) {
      fail(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              names.isIdentity()
                  ? "USER() and other functions about the session in a statement of 16 MiB"
                  : "names of databases, and functions about the session, in a statement of 16"
                      + " MiB"));
      return;
    }
    if (analysis.viewSecurity().inString() && authority.makesInvokerViews()) {
      fail(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "CREATE VIEW inside a string while view_security_type is INVOKER; write SQL SECURITY"
                  + " into it"));
      return;
    }
    if (shape == CommandShape.PREPARE) {
      if (password.restricts() && !password.permits(analysis.statement())) {
        fail(ErrorCode.ER_MUST_CHANGE_PASSWORD.error());
      } else {
        prepared.decide(analysis);
      }
    } else {
      run(analysis);
    }
  }

  /** False for a packet of several frames. */
  private boolean rewrite(StatementAnalysis analysis) {
    ByteBuf framed = command;
    if (framed == null || framed.readableBytes() > PacketFraming.MAX_FRAME_PAYLOAD) {
      return false;
    }
    command =
        new StatementRewriter(
                reader,
                backend.mode(),
                authority,
                authority.subject(),
                authority::answer,
                session.connectionId())
            .rewrite(framed, analysis, port.allocator());
    framed.release();
    return true;
  }

  /**
   * Goes on with another statement in the place of the one in hand, as if the client had sent it.
   * Takes ownership of {@code framed}.
   */
  void runInstead(ByteBuf framed) {
    dropCommand();
    command = framed;
    shape = CommandShape.QUERY;
    int begin = framed.readerIndex() + PacketFraming.HEADER_LENGTH + COMMAND_OFFSET;
    int count = reader.read(framed, begin, backend.mode());
    if (count == 1) {
      analyse(reader.analysis(0), 0);
    } else {
      fail(
          count < 0
              ? reader.refusal().error()
              : ErrorCode.ER_PARSE_ERROR.error("what is inside is not one statement"));
    }
  }

  /** Whether only the password may be changed. */
  boolean mustChangePassword() {
    return password.restricts();
  }

  /** Decides a statement and executes it. */
  void run(StatementAnalysis analysis) {
    Statement statement = analysis.statement();
    delays = analysis.waitingCalls().delays();
    session.runs(statement);
    if (password.restricts() && !password.permits(statement)) {
      fail(ErrorCode.ER_MUST_CHANGE_PASSWORD.error());
      return;
    }
    if (ties.isLost(analysis)) {
      ties.keep();
      fail(LEFT_BEHIND);
      return;
    }
    edits.inRows(
        statement instanceof ShowWarnings
            || (statement instanceof ForwardStatement forward
                && AnswerEdits.showsDefinitions(forward)));
    if (!(statement instanceof AccessControlStatement) && !(statement instanceof ShowWarnings)) {
      Optional<SqlError> unusable = authority.subject().unusable();
      if (unusable.isPresent()) {
        fail(unusable.get());
        return;
      }
    }
    if (statement instanceof ForwardStatement forward) {
      permitted(
          analysis,
          forward.accesses(),
          () -> {
            ties.runs(analysis, null);
            forward(forward);
          });
    } else if (statement instanceof SetVariables set) {
      permitted(
          analysis,
          set.accesses(),
          () -> {
            ties.runs(analysis, handle == null ? command : null);
            forwardSet(set);
          });
    } else if (statement instanceof UseStatement use) {
      use(use.database());
    } else if (statement instanceof ShowDatabases show) {
      local.showDatabases(show);
    } else if (statement instanceof ShowWarnings show) {
      local.showWarnings(show);
    } else if (statement instanceof ShowProcesslist) {
      local.showProcesslist();
    } else if (statement instanceof ShowVariables show) {
      variables.show(show);
    } else if (statement instanceof ShowPrograms show) {
      programs.show(show);
    } else if (statement instanceof Kill kill) {
      local.kill(kill);
    } else if (statement instanceof FromVariable from) {
      variables.runText(from);
    } else if (statement instanceof PrepareText prepare) {
      prepared.prepareText(analysis, prepare);
    } else if (statement instanceof ExecuteText execute) {
      prepared.executeText(execute);
    } else if (statement instanceof DeallocateText deallocate) {
      prepared.deallocateText(deallocate.name());
    } else if (statement instanceof AccountTemplate) {
      fail(ErrorCode.ER_PARSE_ERROR.error("a ? is for a statement that is prepared by PREPARE"));
    } else if (statement instanceof ExplainAccess explain) {
      explained.explain(explain);
    } else if (statement instanceof AccessControlStatement control) {
      local.accessControl(control);
    } else {
      throw new AssertionError(statement);
    }
  }

  /** Runs what was prepared in text; the command in hand is the EXECUTE. */
  void execute(PreparedHandle executed) {
    handle = executed;
    run(executed.analysis());
  }

  // ---- decision

  void permitted(StatementAnalysis analysis, List<AccessRequest> accesses, Runnable then) {
    if (handle == null && authority.knowsPermitted(analysis)) {
      holdings.runs(accesses);
      then.run();
      return;
    }
    if (catalog.concern(accesses)) {
      catalog.permitted(analysis, accesses, () -> rows.secure(analysis, accesses, then, then));
      return;
    }
    decide(
        accesses,
        0,
        () -> rows.secure(analysis, accesses, () -> remembered(analysis, then), then),
        denied ->
            columns.denied(
                analysis, accesses, denied, () -> rows.secure(analysis, accesses, then, then)));
  }

  /** Goes on with a statement that is permitted as it is, and will be the next time. */
  private void remembered(StatementAnalysis analysis, Runnable then) {
    PreparedHandle executed = handle;
    boolean onItsOwnWay =
        analysis.statement() instanceof ForwardStatement forward
            && (Holdings.isLocking(forward)
                || forward.kind() == StatementKind.LOAD_LOCAL
                || calls.concern(forward, boundDatabase()));
    if (!onItsOwnWay && executed == null) {
      authority.rememberPermitted(analysis);
    } else if (!onItsOwnWay && executed != null) {
      executed.rememberPermitted(authority.decidedVersion());
    }
    then.run();
  }

  void decide(List<AccessRequest> accesses, int lookups, Runnable then) {
    decide(accesses, lookups, then, this::deny);
  }

  void decide(
      List<AccessRequest> accesses,
      int lookups,
      Runnable then,
      Consumer<Decision.Denied> otherwise) {
    PreparedHandle executed = handle;
    Decision decision =
        executed == null
            ? authority.decide(accesses)
            : authority.decide(accesses, executed.database());
    if (decision instanceof Decision.Allowed) {
      holdings.runs(accesses);
      then.run();
    } else if (decision instanceof Decision.Denied denied) {
      otherwise.accept(denied);
    } else if (decision instanceof Decision.Unresolved unresolved && lookups < MAX_LOOKUPS) {
      lookUp(unresolved, () -> decide(accesses, lookups + 1, then, otherwise));
    } else {
      fail(OBJECTS_KEEP_CHANGING);
    }
  }

  /** Asks the backend what these are; what it says is kept for the next decision. */
  void lookUp(Decision.Unresolved unresolved, Runnable then) {
    long asOf = services.objects().version();
    offload.run(
        services.store(),
        () -> {
          services.lookup().lookUp(unresolved.names(), unresolved.programs(), asOf);
          return Boolean.TRUE;
        },
        done -> then.run());
  }

  void deny(Decision.Denied denied) {
    if (session.isLoggingIn()) {
      // there is no session in which SHOW WARNINGS could say what would help
      fail(Diagnostics.withHints(denied.error(), authority.hints(denied)));
    } else {
      fail(denied.error(), () -> authority.hints(denied));
    }
  }

  // ---- forwarding

  private void forward(ForwardStatement statement) {
    if (statement.kind() == StatementKind.LOAD_LOCAL) {
      load();
    } else if (Holdings.isLocking(statement)) {
      Optional<String> database = boundDatabase();
      send(
          hold(
              (held, end) -> {
                if (!end.error()) {
                  holdings.locked(statement, database);
                }
                answerHeld(held, end);
              }));
    } else if (statement.effects().isEmpty()) {
      calls.runs(statement, boundDatabase());
      send(relay);
    } else {
      definitions.run(statement.effects(), boundDatabase());
    }
  }

  /** LOAD DATA LOCAL: the backend may ask for the file that the text in hand names. */
  private void load() {
    ByteBuf framed = command;
    if (!session.negotiatedLocalFiles()) {
      fail(ErrorCode.ER_CLIENT_LOCAL_FILES_DISABLED.error());
      return;
    }
    if (framed == null
        || shape != CommandShape.QUERY
        || handle != null
        || framed.readableBytes() > PacketFraming.MAX_FRAME_PAYLOAD) {
      fail(ErrorCode.ER_UNSUPPORTED_PS.error());
      return;
    }
    int begin = framed.readerIndex() + PacketFraming.HEADER_LENGTH + COMMAND_OFFSET;
    Optional<String> name =
        reader.read(framed, begin, backend.mode()) == 1
            ? LocalInfile.name(reader.detach(0))
            : Optional.empty();
    reader.done();
    if (name.isEmpty()) {
      fail(ErrorCode.ER_NOT_SUPPORTED_YET.error("a LOAD DATA LOCAL whose file cannot be told"));
      return;
    }
    shape = CommandShape.LOAD_LOCAL;
    LocalFile awaited =
        new LocalFile(
            this,
            port,
            backend,
            hold(this::answerHeld),
            name.get().getBytes(backend.mode().charset().java()),
            sequenceOffset);
    file = awaited;
    send(awaited);
  }

  /** The client is asked for more of the file underway, or is not. */
  void awaitsFile(boolean waits) {
    session.awaitsClient(waits);
  }

  /** Answers with an error in the place of what a backend that is given up would have said. */
  void abandoned(SqlError error, Supplier<List<String>> notes, boolean transactionLost) {
    stopTimeout();
    ties.forget();
    forgetConnection();
    if (transactionLost) {
      session.closeWith(error);
    } else {
      fail(error, notes);
    }
  }

  private void dropFile() {
    LocalFile awaited = file;
    if (awaited != null) {
      file = null;
      awaited.close();
    }
  }

  void send(ResponseSink sink) {
    send(sink, edits.next(sequenceOffset, more));
  }

  /**
   * Sends a query of the gate's own for the statement in hand, whose answer is not the client's.
   * Takes ownership of {@code framed}.
   */
  void ask(ByteBuf framed, Consumer<QueryResult.Rows> then) {
    dropCommand();
    command = framed;
    shape = CommandShape.QUERY;
    send(hold((held, end) -> answered(held, end, then)), ResponseEdit.NONE);
  }

  private void answered(HeldResponse held, ResponseEnd end, Consumer<QueryResult.Rows> then) {
    stopTimeout();
    Interruption why = interruption;
    if (why != null && why.replaces(end)) {
      held.discard();
      fail(why.error(), why.notes());
      return;
    }
    Optional<QueryResult> result;
    try {
      result = backend.read(held.content(), PacketFraming.MAX_FRAME_PAYLOAD);
    } finally {
      held.discard();
    }
    if (result.isPresent() && result.get() instanceof QueryResult.Rows rows) {
      then.accept(rows);
    } else if (result.isPresent() && result.get() instanceof QueryResult.Error error) {
      ErrPacket packet = error.error();
      diagnostics = null;
      replies.error(
          sequence,
          edits.shown(new BackendError(packet.errno(), packet.sqlState(), packet.message())));
      finishCommand();
    } else {
      fail(ErrorCode.ER_UNKNOWN_ERROR.error("The backend did not answer with rows"));
    }
  }

  private void send(ResponseSink sink, ResponseEdit edit) {
    ByteBuf framed = handOver();
    Interruption early = interruption;
    if (early != null) {
      // Between the decision and now something had to be looked up, and a right was taken away.
      framed.release();
      if (sink instanceof HeldResponse unused) {
        unused.abandon();
      }
      definitions.unsent();
      fail(early.error(), early.notes());
      return;
    }
    diagnostics = null;
    startTimeout();
    boolean hidden =
        sink == relay
            && (columns.inHand().isPresent()
                || rows.inHand().flatMap(RowSecurity.Secured::written).isPresent());
    backend.execute(framed, shape, edit, hidden ? new ColumnRelay(this, port, relay) : sink);
  }

  /**
   * Answers with a refusal in place of an error about a column that the backend does not know, or
   * that it may not know of, or about a row that may not be written; false where the error stays.
   */
  boolean deniesColumn(ByteBuf error, ResponseEnd end) {
    Optional<SqlError> notVisible =
        interruption == null ? rows.notVisible(end.errno()) : Optional.empty();
    if (notVisible.isPresent()) {
      stopTimeout();
      holdings.ran();
      fail(notVisible.get());
      return true;
    }
    Optional<Decision.Denied> denied =
        end.errno() == ErrorCode.ER_BAD_FIELD_ERROR.errno() && interruption == null
            ? columns.unknownColumn(error)
            : Optional.empty();
    if (denied.isEmpty()) {
      return false;
    }
    stopTimeout();
    holdings.ran();
    deny(denied.get());
    return true;
  }

  private void forwardSet(SetVariables set) {
    if (!set.touchesLexicalMode()) {
      send(relay);
      return;
    }
    send(
        hold(
            (held, end) -> {
              unsent = held;
              backend.refreshMode(
                  error -> {
                    unsent = null;
                    if (error == null) {
                      answerHeld(held, end);
                    } else {
                      held.discard();
                      session.closeWith(error);
                    }
                  });
            }));
  }

  /** Where the command in hand binds names without a database. */
  Optional<String> boundDatabase() {
    PreparedHandle executed = handle;
    return executed == null ? authority.currentDatabase() : executed.database();
  }

  private void use(String database) {
    if (ReportTable.isMoCatalog(database)) {
      catalogDatabase.use();
    } else {
      useIfPermitted(database);
    }
  }

  /** Sends the command in hand, which makes this the current database. */
  void useIfPermitted(String database) {
    decide(
        List.of(new AccessRequest(AccessKind.USE, new DatabaseName(database))),
        0,
        () ->
            send(
                hold(
                    (held, end) -> {
                      if (!end.error()) {
                        authority.use(database);
                      }
                      answerHeld(held, end);
                    })));
  }

  /** Whether a text may have several statements. */
  void multiStatements(boolean permitted) {
    multiStatements = permitted;
  }

  /** COM_RESET_CONNECTION: the session is as it was after its login. */
  void resetConnection() {
    prepared.forget();
    authority.forgetTemporaryTables();
    authority.variables().forget();
    diagnostics = null;
    multiStatements = session.negotiatedMultiStatements();
    holdings.forgetConnection();
    ties.forget();
    backend.release();
    authority.become(
        InitialRole.reset(authority.subject().subject(), services.publisher().current()));
    replies.ok(sequence, StatusFlags.AUTOCOMMIT, 0);
    finishCommand();
  }

  // ---- ends of statements and commands

  /** Sends on an answer that was held back. */
  void answerHeld(HeldResponse held, ResponseEnd end) {
    Interruption why = interruption;
    if (why != null && why.replaces(end)) {
      held.discard();
      stopTimeout();
      fail(why.error(), why.notes());
    } else if (end.error() && deniesColumn(held.content(), end)) {
      held.discard();
    } else {
      held.relay();
      responseEnded(end);
    }
  }

  /** Answers OK in the place of an OK that was held back. */
  void answerInstead(HeldResponse held, ResponseEnd end, SessionChange change) {
    held.discard();
    stopTimeout();
    Interruption why = interruption;
    if (why != null && why.replaces(end)) {
      fail(why.error(), why.notes());
      return;
    }
    holdings.ran();
    ties.ran(end);
    backend.statusFlags(end.statusFlags());
    holdings.answered(end.statusFlags());
    sequence = replies.ok(sequence, status(), change);
    statementAnswered();
  }

  /** The backend's answer is complete and sent on. */
  void responseEnded(ResponseEnd end) {
    stopTimeout();
    holdings.ran();
    ties.ran(end);
    if (!end.error()) {
      backend.statusFlags(end.statusFlags());
      holdings.answered(end.statusFlags());
    }
    noteCursor(end);
    sequence = end.nextSequence();
    if (more && !end.error()) {
      nextStatement();
    } else {
      finishCommand();
    }
  }

  /** The connection to the backend is lost; nothing, or not all, of an answer was sent. */
  void backendFailed(SqlError error) {
    stopTimeout();
    backend.lost();
    ties.forget();
    forgetConnection();
    fail(error);
  }

  /** What lived in the connection to the backend lives no more. */
  private void forgetConnection() {
    calls.lost();
    prepared.forget();
    authority.forgetTemporaryTables();
    holdings.forgetConnection();
  }

  /**
   * The answer began to arrive when its packets stopped coming: no packet can follow in its place.
   */
  void brokenOff() {
    stopTimeout();
    backend.lost();
    session.abort();
  }

  // ---- interruption

  /** Null, or why the gate itself has ended the statement in hand. */
  @Nullable Interruption interruption() {
    return interruption;
  }

  /** Whether that is because it took too long. */
  boolean timedOut() {
    Interruption why = interruption;
    return why != null && !why.revoked();
  }

  CommandShape shape() {
    return shape;
  }

  /** The catalog has changed: what is in hand is decided again. */
  void reconsider() {
    holdings.reconsider();
  }

  /** Ends the statement in hand, which is not permitted any more. */
  void interrupt(Interruption why) {
    Interruption before = interruption;
    if (before != null && before.revoked()) {
      return;
    }
    interruption = why;
    if (backend.recall()) {
      definitions.unsent();
      stopTimeout();
      fail(why.error(), why.notes());
    } else if (file != null && file.interrupt(why)) {
      stopTimeout();
    } else if (!backend.isIdle()) {
      backend.killQuery(() -> session.closeWith(why.error()));
      if (backend.isLeased() && !relay.cut(why)) {
        session.closeWith(why.error());
      }
    }
  }

  /** Sends the reason in place of what the backend says next; the answer is over for the client. */
  void tell(Interruption why, int errorSequence) {
    replies.error(errorSequence, why.error());
    port.flush();
  }

  /** The backend's answer is over, too; the client has been told. */
  void interrupted(Interruption why, ResponseEnd end) {
    stopTimeout();
    ties.ran(end);
    if (!end.error()) {
      backend.statusFlags(end.statusFlags());
    }
    noteCursor(end);
    PreparedHandle executed = handle;
    if (executed != null && executed.hasCursor() && why.revoked()) {
      prepared.endCursor(executed, why.error());
    }
    if (executed != null) {
      executed.takeCursorEnd(); // told already
    }
    diagnostics = new Diagnostics(Optional.of(why.error()), why.notes());
    finishCommand();
  }

  private void noteCursor(ResponseEnd end) {
    PreparedHandle executed = handle;
    if (executed != null && !end.error()) {
      executed.cursor(
          StatusFlags.has(end.statusFlags(), StatusFlags.CURSOR_EXISTS)
              && !StatusFlags.has(end.statusFlags(), StatusFlags.LAST_ROW_SENT));
    }
  }

  void closeCursorsIfIdle() {
    if (!busy && backend.isLeased() && prepared.hasCursorsToClose()) {
      closeCursors();
    }
  }

  /** A command of the gate's own: those of the client wait. */
  private void closeCursors() {
    busy = true;
    sequence = FIRST_OF_ANSWER;
    port.hold();
    prepared.closeCursor(
        this::finishCommand,
        error -> {
          backend.lost();
          session.closeWith(error);
        });
  }

  void fail(SqlError error) {
    fail(error, List::of);
  }

  void fail(SqlError error, Supplier<List<String>> notes) {
    diagnostics = new Diagnostics(Optional.of(error), notes);
    failQuietly(error);
  }

  /** Answers with an error that SHOW WARNINGS does not know of. */
  void failQuietly(SqlError error) {
    dropCommand();
    replies.error(sequence, error);
    if (session.isLoggingIn()) {
      session.endLogin(authority.subject(), error.code().errno(), error.message());
    } else {
      finishCommand();
    }
  }

  /** Ends an answer that has begun with an error; {@link #responseEnded} follows. */
  void failMidway(int itsSequence, SqlError error) {
    diagnostics = new Diagnostics(Optional.of(error), List::of);
    replies.error(itsSequence, error);
  }

  void answerOk(int warnings) {
    sequence = replies.ok(sequence, status(), warnings);
    statementAnswered();
  }

  void answer(List<ColumnDefinition41> columns, List<List<@Nullable String>> rows) {
    sequence = replies.rows(sequence, status(), columns, rows);
    statementAnswered();
  }

  /** The status flags of an answer of the gate's own. */
  int status() {
    int flags = backend.statusFlags();
    return more
        ? flags | StatusFlags.MORE_RESULTS_EXISTS
        : flags & ~StatusFlags.MORE_RESULTS_EXISTS;
  }

  private void statementAnswered() {
    if (more) {
      nextStatement();
    } else {
      finishCommand();
    }
  }

  private void nextStatement() {
    if (calls.isPending()) {
      settleCalls(this::nextStatement);
      return;
    }
    if (!port.isWritable()) {
      port.flush();
    }
    awaitingReader = !port.isWritable();
    if (awaitingReader) {
      session.awaitsClient(true);
    } else {
      // From the event loop's queue, so that a long text does not recurse.
      offload.later(this::nextOfText);
    }
  }

  /** What procedures have left is asked for before anything else is read. */
  private void settleCalls(Runnable then) {
    port.flush();
    calls.settle(then, session::closeWith);
  }

  /**
   * Ends a command that has no answer. Nothing of the protocol holds back the next one, which would
   * wait in memory where the backend is slower than the client.
   */
  void finishUnanswered() {
    if (backend.takesMore()) {
      finishCommand();
    } else {
      backend.catchUp(this::finishCommand);
    }
  }

  void finishCommand() {
    dropFile();
    dropCommand();
    if (calls.isPending()) {
      sequence = FIRST_OF_ANSWER;
      settleCalls(this::finishCommand);
      return;
    }
    dropText();
    backend.attributes(QueryAttributes.NONE);
    holdings.ran();
    port.flush();
    if (prepared.hasCursorsToClose()) {
      closeCursors();
      return;
    }
    busy = false;
    SqlError lastWord = holdings.lastWord();
    if (lastWord != null) {
      session.closeWith(lastWord);
      return;
    }
    if (backend.isWanted()) {
      yieldConnection();
    }
    if (!busy) {
      session.commandFinished();
    }
  }

  void dropCommand() {
    ByteBuf framed = command;
    if (framed != null) {
      command = null;
      framed.release();
    }
  }

  private void dropText() {
    awaitingReader = false; // of a text that is over nothing is waited for
    StatementText several = text;
    if (several != null) {
      text = null;
      several.release();
    }
  }

  /** The session is over: gives back what the command in hand holds. */
  void close() {
    offload.close();
    calls.lost();
    holdings.close();
    definitions.close();
    relay.close();
    stopTimeout();
    dropFile();
    dropCommand();
    dropText();
    HeldResponse answered = unsent;
    if (answered != null) {
      unsent = null;
      answered.discard();
    }
    Packet unread = waiting;
    if (unread != null) {
      waiting = null;
      unread.release();
    }
  }

  // ---- time

  private void startTimeout() {
    long millis = services.settings().timeout(delays).toMillis();
    if (millis > 0) {
      timeout =
          port.schedule(
              () -> {
                if (interruption == null) {
                  interruption = Interruption.TIMEOUT;
                }
                backend.killQuery(() -> {});
              },
              millis,
              TimeUnit.MILLISECONDS);
    }
  }

  private void stopTimeout() {
    FrontendPort.Cancellable running = timeout;
    if (running != null) {
      timeout = null;
      running.cancel();
    }
  }
}
