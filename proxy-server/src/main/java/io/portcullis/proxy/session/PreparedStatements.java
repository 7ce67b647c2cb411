package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.wire.Packet;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.CommandEncoder;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.statement.AccountTemplate;
import io.portcullis.sql.statement.ExecuteText;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Prepared statements, by the binary protocol and by PREPARE as a text: each is decided when it is
 * prepared and at every execution again. Event loop only.
 */
final class PreparedStatements {

  private static final int COMMAND_OFFSET = 1;

  /** Command, statement id, flags, and for COM_STMT_EXECUTE an iteration count. */
  private static final int EXECUTE_HEADER = 10;

  private static final int BULK_EXECUTE_HEADER = 7;

  private final CommandPhase phase;
  private final FrontendPort port;
  private final StatementReader reader;
  private final Authority authority;
  private final BackendLease backend;
  private final PreparedHandles handles = new PreparedHandles();

  /** Those of PREPARE as a text, by name; the others by number. */
  private final Map<String, PreparedHandle> named = new HashMap<>();

  /** Of these names there is none of the above. */
  private final PreparedAccounts accounts;

  /** Handles whose cursors the gate has closed, and the backend is yet to hear of it. */
  private final Deque<Integer> cursorsToClose = new ArrayDeque<>();

  PreparedStatements(
      CommandPhase phase,
      FrontendPort port,
      StatementReader reader,
      Authority authority,
      BackendLease backend,
      PreparedAccounts accounts) {
    this.accounts = accounts;
    this.phase = phase;
    this.port = port;
    this.reader = reader;
    this.authority = authority;
    this.backend = backend;
  }

  void prepare(Packet packet) {
    handles.forgetLast();
    ByteBuf payload = packet.payload();
    int count = reader.read(payload, payload.readerIndex() + COMMAND_OFFSET, backend.mode());
    if (count != 1) {
      packet.release();
      phase.fail(notOne(count));
      return;
    }
    phase.take(packet.framed(), CommandShape.PREPARE, null);
    phase.analyse(reader.analysis(0), 0);
  }

  private SqlError notOne(int statements) {
    if (statements < 0) {
      return reader.refusal().error();
    }
    if (statements > 0) {
      return ErrorCode.ER_PARSE_ERROR.error("more than one statement in a text to be prepared");
    }
    return reader.isCommentOnly()
        ? ErrorCode.ER_UNSUPPORTED_PS.error()
        : ErrorCode.ER_EMPTY_QUERY.error();
  }

  /** Whether the backend, or the gate in its place, keeps one for the session. */
  boolean hasAny() {
    return !handles.isEmpty() || !named.isEmpty() || accounts.size() > 0;
  }

  void decide(StatementAnalysis analysis) {
    Statement statement = analysis.statement();
    List<AccessRequest> accesses;
    if (statement instanceof ForwardStatement forward
        && forward.kind() != StatementKind.LOAD_LOCAL) {
      accesses = forward.accesses();
    } else if (statement instanceof SetVariables set) {
      accesses = set.accesses();
    } else {
      // Answered by the gate: drivers fall back to text on this number, SHOW WARNINGS among it,
      // which must
      // not be about this.
      phase.failQuietly(ErrorCode.ER_UNSUPPORTED_PS.error());
      return;
    }
    Optional<SqlError> unusable = authority.subject().unusable();
    if (unusable.isPresent()) {
      phase.fail(unusable.get());
      return;
    }
    if (handles.isFull()) {
      phase.fail(ErrorCode.ER_MAX_PREPARED_STMT_COUNT_REACHED.error(PreparedHandles.LIMIT));
      return;
    }
    phase.permitted(
        analysis,
        accesses,
        () ->
            phase.send(
                phase.hold(
                    (held, end) -> {
                      if (!end.error()) {
                        int id = held.preparedStatementId();
                        handles.put(
                            id,
                            new PreparedHandle(
                                id,
                                analysis,
                                authority.currentDatabase(),
                                backend.mode(),
                                phase.filters(),
                                phase.seen(),
                                phase.takenByColumns(),
                                phase.securedRows()));
                      }
                      phase.answerHeld(held, end);
                    })));
  }

  void execute(Packet packet) {
    execute(packet, EXECUTE_HEADER);
  }

  /** COM_STMT_BULK_EXECUTE: one statement with many rows of parameters. */
  void executeBulk(Packet packet) {
    execute(packet, BULK_EXECUTE_HEADER);
  }

  private void execute(Packet packet, int header) {
    ByteBuf payload = packet.payload();
    if (payload.readableBytes() < header) {
      int length = payload.readableBytes();
      packet.release();
      throw new ProtocolException("execute length: " + length + " (expected: >= " + header + ")");
    }
    long id = payload.getUnsignedIntLE(payload.readerIndex() + COMMAND_OFFSET);
    PreparedHandle prepared = handleOf(packet, id, "mysqld_stmt_execute");
    if (prepared == null) {
      return;
    }
    phase.take(packet.framed(), CommandShape.EXECUTE, prepared);
    prepared.takeCursorEnd();
    StatementAnalysis analysis = prepared.analysis();
    if (analysis.statement() instanceof ForwardStatement forward
        && forward.effects().isEmpty()
        && !phase.mustChangePassword()
        && prepared.knownPermitted(authority.version())) {
      phase.relayAgain(analysis, forward.accesses());
      return;
    }
    phase.run(analysis);
  }

  void fetch(Packet packet, long id) {
    PreparedHandle prepared = handleOf(packet, id, "mysqld_stmt_fetch");
    if (prepared == null) {
      return;
    }
    SqlError ended = prepared.takeCursorEnd();
    if (ended != null) {
      packet.release();
      phase.fail(ended);
      return;
    }
    phase.take(packet.framed(), CommandShape.FETCH, prepared);
    if (!(prepared.analysis().statement() instanceof ForwardStatement forward)) {
      phase.fail(ErrorCode.ER_UNKNOWN_STMT_HANDLER.error("no cursor", "mysqld_stmt_fetch"));
    } else if (prepared.knownPermitted(authority.version())) {
      phase.relay(forward.accesses());
    } else {
      phase.permitted(prepared.analysis(), forward.accesses(), phase::relay);
    }
  }

  /**
   * The handle a command names; answers 1243 and releases the packet when there is none that may be
   * used.
   */
  private @Nullable PreparedHandle handleOf(Packet packet, long id, String function) {
    PreparedHandle prepared = backend.isLeased() ? handles.get((int) id) : null;
    if (prepared == null) {
      packet.release();
      phase.fail(ErrorCode.ER_UNKNOWN_STMT_HANDLER.error(id, function));
      return null;
    }
    if (!prepared.mode().equals(backend.mode())) {
      packet.release();
      phase.fail(readDifferently());
      return null;
    }
    return prepared;
  }

  void sendLongData(Packet packet, long id) {
    if (backend.isLeased() && handles.get((int) id) != null) {
      sendWithoutAnswer(packet);
    } else {
      packet.release(); // the protocol has no answer to this command
    }
    phase.finishUnanswered();
  }

  void closeStatement(Packet packet, long id) {
    if (handles.remove((int) id) && backend.isLeased()) {
      sendWithoutAnswer(packet);
    } else {
      packet.release();
    }
    phase.finishUnanswered();
  }

  private void sendWithoutAnswer(Packet packet) {
    backend.execute(packet.framed(), CommandShape.NONE, ResponseEdit.NONE, Relay.NOTHING);
  }

  void resetStatement(Packet packet, long id) {
    PreparedHandle prepared = handleOf(packet, id, "mysqld_stmt_reset");
    if (prepared != null) {
      prepared.cursor(false);
      phase.take(packet.framed(), CommandShape.SINGLE, null);
      phase.relay();
    }
  }

  // ---- PREPARE, EXECUTE and DEALLOCATE as texts

  void prepareText(StatementAnalysis analysis, PrepareText prepare) {
    if (named.size() + accounts.size() >= PreparedHandles.LIMIT) {
      phase.fail(ErrorCode.ER_MAX_PREPARED_STMT_COUNT_REACHED.error(PreparedHandles.LIMIT));
      return;
    }
    if (prepare.prepared() instanceof AccountTemplate account) {
      if (accounts.prepare(prepare.name(), account)) {
        named.remove(prepare.name());
      }
      return;
    }
    StatementAnalysis inner = analysis.prepared();
    phase.permitted(
        analysis,
        accesses(inner.statement()),
        () -> {
          // Whatever had the name is gone at the backend, also when this fails there.
          named.remove(prepare.name());
          accounts.remove(prepare.name());
          phase.keepConnection();
          PreparedHandle handle =
              new PreparedHandle(
                  PreparedHandle.NO_NUMBER,
                  inner,
                  authority.currentDatabase(),
                  backend.mode(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty());
          sendHeld(() -> named.put(prepare.name(), handle));
        });
  }

  void executeText(ExecuteText execute) {
    String name = execute.name();
    PreparedHandle prepared = named.get(name);
    if (prepared == null && accounts.has(name)) {
      accounts.execute(name, execute.variables());
    } else if (prepared == null) {
      phase.fail(ErrorCode.ER_UNKNOWN_STMT_HANDLER.error(name, "EXECUTE"));
    } else if (!prepared.mode().equals(backend.mode())) {
      phase.fail(readDifferently());
    } else {
      phase.execute(prepared);
    }
  }

  void deallocateText(String name) {
    if (accounts.remove(name)) {
      phase.dropCommand();
      phase.diagnostics(Diagnostics.NONE);
      phase.answerOk(0);
      return;
    }
    named.remove(name);
    sendHeld(() -> {});
  }

  private void sendHeld(Runnable whenDone) {
    phase.send(
        phase.hold(
            (held, end) -> {
              if (!end.error()) {
                whenDone.run();
              }
              phase.answerHeld(held, end);
            }));
  }

  private static List<AccessRequest> accesses(Statement statement) {
    if (statement instanceof ForwardStatement forward) {
      return forward.accesses();
    }
    if (statement instanceof SetVariables set) {
      return set.accesses();
    }
    throw new AssertionError(statement);
  }

  private static SqlError readDifferently() {
    return ErrorCode.ER_NOT_SUPPORTED_YET.error(
        "it was prepared under another sql_mode or character set, and would be read differently now;"
            + " prepare it again");
  }

  // ---- cursors

  List<PreparedHandle> withCursor() {
    return handles.withCursor();
  }

  /** No row of it reaches the client any more; the backend hears of it when it is idle. */
  void endCursor(PreparedHandle handle, SqlError why) {
    handle.cursorEnded(why);
    cursorsToClose.add(handle.id());
  }

  boolean hasCursorsToClose() {
    return !cursorsToClose.isEmpty();
  }

  /**
   * Has the backend close one cursor; it keeps the statement, which may be executed again by who
   * may. Backend idle, nothing of the client's in hand.
   *
   * @param failed given why the connection was lost
   */
  void closeCursor(Runnable then, Consumer<SqlError> failed) {
    Integer id = cursorsToClose.poll();
    if (id == null || handles.get(id) == null || !backend.isLeased()) {
      then.run();
      return;
    }
    backend.execute(
        CommandEncoder.statement(port.allocator(), CommandByte.STMT_RESET, id),
        CommandShape.SINGLE,
        ResponseEdit.NONE,
        new HeldResponse(
            port,
            failed,
            (held, end) -> {
              held.discard();
              then.run();
            }));
  }

  /** Those of these names, prepared in text, may be others by now. */
  void forgetNamed(Set<String> names) {
    named.keySet().removeAll(names);
  }

  /** The same of all names. */
  void forgetNamed() {
    named.clear();
  }

  /** The backend has forgotten them all. */
  void forget() {
    cursorsToClose.clear();
    handles.clear();
    named.clear();
    accounts.forget();
  }
}
