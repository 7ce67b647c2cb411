package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.CommandEncoder;
import io.portcullis.proxy.wire.command.QueryAttributes;
import io.portcullis.proxy.wire.message.QueryResult;
import io.portcullis.proxy.wire.message.QueryResultDecoder;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import io.portcullis.sql.text.SqlError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session's hold on a backend connection: taken when a command needs one, kept until the session
 * ends or is reset, or gives it to another session ({@link ConnectionTies}), and with it the
 * lexical mode in which the backend reads what it is sent. Confined to the event loop.
 */
final class BackendLease {

  private static final String MODE_QUERY = "SELECT @@sql_mode, @@character_set_client";

  private static final String STATE_QUERY =
      "SELECT @@sql_mode, @@character_set_client, HEX(CONVERT(DATABASE() USING utf8mb4))";

  private static final Logger LOG = LoggerFactory.getLogger(BackendLease.class);

  private static final int MAX_ANSWER_BYTES = 16 * 1024;

  private final BackendSource source;
  private final FrontendPort port;
  private final BackendControl control;
  private final Executor store;
  private final ServerVersion version;
  private final long capabilities;
  private final int collation;
  private final String backend;
  private final Supplier<BackendIdentity> identity;
  private final ConnectionTies ties;

  /** What to do when another session waits for the connection. */
  private BooleanSupplier wanted = () -> false;

  private @Nullable BackendConnection connection;
  private @Nullable BackendIdentity leasedAs;
  private @Nullable LexicalMode mode;
  private int statusFlags = StatusFlags.AUTOCOMMIT;
  private QueryAttributes attributes = QueryAttributes.NONE;
  private @Nullable HeldResponse held;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private boolean killing;
  private boolean closed;

  /** A command that is not sent yet, since a KILL for the one before may still be on its way. */
  private record Waiting(
      ByteBuf framed, CommandShape shape, ResponseEdit edit, ResponseSink sink) {}

  /**
   * @param identity who the session is at the backend, by the newest catalog
   * @param ties what has to be said on a connection first
   */
  BackendLease(
      BackendSource source,
      FrontendPort port,
      BackendControl control,
      Executor store,
      ServerVersion version,
      long capabilities,
      int collation,
      String backend,
      Supplier<BackendIdentity> identity,
      ConnectionTies ties) {
    this.ties = ties;
    this.backend = backend;
    this.identity = identity;
    this.source = source;
    this.port = port;
    this.control = control;
    this.store = store;
    this.version = version;
    this.capabilities = capabilities;
    this.collation = collation;
  }

  boolean isLeased() {
    return connection != null;
  }

  /**
   * @param then gives the connection up, now or soon, or says false
   */
  void whenWanted(BooleanSupplier then) {
    wanted = then;
  }

  /** Whether another session waits for a connection that this one could be. */
  boolean isWanted() {
    BackendConnection leased = connection;
    return leased != null && leased.isWanted();
  }

  /** Whether the connection can be given to another session now. */
  boolean canBeReleased() {
    return connection != null && isIdle() && !killing;
  }

  BackendConnection connection() {
    BackendConnection leased = connection;
    if (leased == null) {
      throw new IllegalStateException("no backend connection is leased");
    }
    return leased;
  }

  /**
   * {@link BackendConnection#execute}; a response that is held back is let go when the connection
   * is given up.
   */
  void execute(ByteBuf framed, CommandShape shape, ResponseEdit edit, ResponseSink sink) {
    held = sink instanceof HeldResponse response ? response : null;
    if (killing) {
      waiting.add(new Waiting(framed, shape, edit, sink));
    } else {
      connection().execute(framed, shape, edit, sink);
    }
  }

  private void killed(BackendConnection running, boolean asked, Runnable otherwise) {
    killing = false;
    if (!asked && running == connection && !running.isIdle()) {
      otherwise.run();
    }
    for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
      connection().execute(next.framed(), next.shape(), next.edit(), next.sink());
    }
  }

  /** How the backend reads the next statement. */
  LexicalMode mode() {
    LexicalMode current = mode;
    if (current == null) {
      throw new IllegalStateException("no backend connection is leased");
    }
    return current;
  }

  /** {@link BackendConnection#attributes}, on whatever connection. */
  void attributes(QueryAttributes ofTexts) {
    if (attributes != ofTexts) {
      attributes = ofTexts;
      BackendConnection leased = connection;
      if (leased != null) {
        leased.attributes(ofTexts);
      }
    }
  }

  int statusFlags() {
    return statusFlags;
  }

  void statusFlags(int flags) {
    statusFlags = flags;
  }

  /** Takes a connection; {@code then} is given null, or why there is none. */
  void acquire(Optional<String> database, Consumer<@Nullable BackendError> then) {
    BackendIdentity asWhom = identity.get();
    source.acquire(
        new BackendTarget(capabilities, collation, database, backend, asWhom, ties.settings()),
        new AcquireListener() {
          @Override
          public void acquired(BackendConnection leased, BackendState state) {
            if (closed) {
              leased.release();
              return;
            }
            if (!asWhom.equals(identity.get())) {
              leased.release();
              acquire(database, then);
              return;
            }
            SqlError unreadable = adopt(state.sqlMode(), state.characterSetClient());
            if (unreadable != null) {
              leased.release();
              then.accept(backendError(unreadable));
              return;
            }
            connection = leased;
            leased.attributes(attributes);
            leasedAs = asWhom;
            statusFlags = state.statusFlags();
            then.accept(null);
          }

          @Override
          public void failed(SqlError error) {
            if (!closed) {
              then.accept(backendError(error));
            }
          }

          @Override
          public void refused(BackendError error) {
            if (!closed) {
              then.accept(error);
            }
          }

          @Override
          public boolean yield() {
            return wanted.getAsBoolean();
          }
        });
  }

  /**
   * Why the session has to end: by the newest catalog it would be somebody else at the backend, and
   * what it has there - a transaction, temporary tables, prepared statements - cannot follow.
   */
  Optional<SqlError> changedIdentity() {
    return connection == null || identity.get().equals(leasedAs)
        ? Optional.empty()
        : Optional.of(
            ErrorCode.ER_UNKNOWN_ERROR.error("the login of the user at the backend was changed"));
  }

  private static BackendError backendError(SqlError error) {
    return new BackendError(error.code().errno(), error.code().sqlState(), error.message());
  }

  /** Null, or why statements cannot be read under that mode. */
  private @Nullable SqlError adopt(String sqlMode, String characterSetClient) {
    Optional<ClientCharset> charset = ClientCharset.ofName(characterSetClient);
    if (charset.isEmpty()) {
      return ErrorCode.ER_WRONG_VALUE_FOR_VAR.error(
          "character_set_client",
          characterSetClient,
          "statements can be read safely in utf8mb4, utf8mb3, latin1, ascii and binary only");
    }
    if (!LexicalMode.isReadable(sqlMode)) {
      return ErrorCode.ER_WRONG_VALUE_FOR_VAR.error(
          "sql_mode", sqlMode, "statements cannot be read safely in another server's dialect");
    }
    mode = LexicalMode.of(version, charset.get(), sqlMode);
    return null;
  }

  /**
   * Asks the backend how it reads statements now; {@code then} is given null, or why nothing can be
   * read.
   */
  void refreshMode(Consumer<@Nullable SqlError> then) {
    select(
        MODE_QUERY,
        (row, error) -> {
          if (error != null) {
            then.accept(error);
          } else if (row.size() != 2 || row.get(0) == null || row.get(1) == null) {
            then.accept(ErrorCode.ER_UNKNOWN_ERROR.error("The backend did not say its sql_mode"));
          } else {
            then.accept(adopt(String.valueOf(row.get(0)), String.valueOf(row.get(1))));
          }
        });
  }

  /** Given the current database of a connection, or why the session cannot go on. */
  interface StateConsumer {
    void accept(Optional<String> database, @Nullable SqlError error);
  }

  /**
   * Asks the backend for all that the gate knows of the session there, after something it has not
   * seen: how statements are read, status flags, and the current database, which is left to the
   * caller.
   */
  void refreshState(StateConsumer then) {
    select(
        STATE_QUERY,
        (row, error) -> {
          if (error != null) {
            then.accept(Optional.empty(), error);
          } else if (row.size() != 3 || row.get(0) == null || row.get(1) == null) {
            then.accept(
                Optional.empty(),
                ErrorCode.ER_UNKNOWN_ERROR.error("The backend did not say the session's state"));
          } else {
            then.accept(
                Optional.ofNullable(row.get(2)).map(BackendLease::ofHex),
                adopt(String.valueOf(row.get(0)), String.valueOf(row.get(1))));
          }
        });
  }

  private static String ofHex(String digits) {
    return new String(HexFormat.of().parseHex(digits), StandardCharsets.UTF_8);
  }

  /**
   * Changes the current database at the backend; {@code then} is given null, or why that failed.
   *
   * @param database as the backend calls it
   */
  void use(String database, Consumer<@Nullable SqlError> then) {
    run(
        CommandEncoder.text(
            port.allocator(), CommandByte.INIT_DB, database, mode().charset().java()),
        CommandShape.SINGLE,
        "the choice of a database",
        then);
  }

  /**
   * Asks the backend for LAST_INSERT_ID().
   *
   * @param then given it, or null where the backend does not say
   * @param failed given why the connection was lost
   */
  void lastInsertId(Consumer<@Nullable String> then, Consumer<SqlError> failed) {
    value("SELECT LAST_INSERT_ID()", then, failed);
  }

  /** Asks the backend who the session is there, {@code user@host}, as {@link #lastInsertId}. */
  void currentUser(Consumer<@Nullable String> then, Consumer<SqlError> failed) {
    value("SELECT CURRENT_USER()", then, failed);
  }

  private void value(String query, Consumer<@Nullable String> then, Consumer<SqlError> failed) {
    select(
        query,
        (row, error) -> {
          if (error != null) {
            failed.accept(error);
          } else {
            then.accept(row.size() == 1 ? row.get(0) : null);
          }
        });
  }

  private interface RowConsumer {
    void accept(List<@Nullable String> row, @Nullable SqlError error);
  }

  private void select(String sql, RowConsumer then) {
    execute(
        frame(sql),
        CommandShape.QUERY,
        ResponseEdit.NONE,
        new HeldResponse(
            port,
            error -> {
              lost();
              then.accept(List.of(), error);
            },
            (held, end) -> {
              List<@Nullable String> row;
              if (!end.error()) {
                statusFlags = end.statusFlags();
              }
              try {
                row = end.error() ? List.of() : firstRow(held.content());
              } finally {
                held.discard();
              }
              then.accept(row, null);
            }));
  }

  private List<@Nullable String> firstRow(ByteBuf framed) {
    Optional<QueryResult> result = read(framed, MAX_ANSWER_BYTES);
    return result.isPresent()
            && result.get() instanceof QueryResult.Rows rows
            && !rows.rows().isEmpty()
        ? rows.rows().get(0)
        : List.of();
  }

  /**
   * An answer that was held back, whole; empty for one that does not end. Borrows it.
   *
   * @param maxBytes bound for the answer
   */
  Optional<QueryResult> read(ByteBuf framed, int maxBytes) {
    QueryResultDecoder decoder = new QueryResultDecoder(capabilities, maxBytes);
    int index = framed.readerIndex();
    while (framed.writerIndex() - index >= PacketFraming.HEADER_LENGTH) {
      int length = PacketFraming.payloadLength(framed, index);
      index += PacketFraming.HEADER_LENGTH;
      Optional<QueryResult> result = decoder.accept(framed.slice(index, length));
      if (result.isPresent()) {
        return result;
      }
      index += length;
    }
    return Optional.empty();
  }

  /** Whether the backend takes what it is sent at once. */
  boolean takesMore() {
    BackendConnection leased = connection;
    return leased == null || (!killing && leased.isWritable());
  }

  /**
   * Waits until the backend has taken all that it was sent, or the connection is lost: which the
   * next command is told.
   */
  void catchUp(Runnable then) {
    execute(
        CommandEncoder.plain(port.allocator(), CommandByte.PING),
        CommandShape.SINGLE,
        ResponseEdit.NONE,
        new HeldResponse(
            port,
            error -> then.run(),
            (held, end) -> {
              held.discard();
              then.run();
            }));
  }

  /** Executes a statement of the gate's own; {@code then} is given null, or why it failed. */
  void internal(String sql, Consumer<@Nullable SqlError> then) {
    run(frame(sql), CommandShape.QUERY, sql, then);
  }

  private void run(
      ByteBuf framed, CommandShape shape, String what, Consumer<@Nullable SqlError> then) {
    execute(
        framed,
        shape,
        ResponseEdit.NONE,
        new HeldResponse(
            port,
            error -> {
              lost();
              then.accept(error);
            },
            (held, end) -> {
              held.discard();
              if (end.error()) {
                then.accept(
                    ErrorCode.ER_UNKNOWN_ERROR.error(
                        "The backend answered " + what + " with error " + end.errno()));
              } else {
                statusFlags = end.statusFlags();
                then.accept(null);
              }
            }));
  }

  private ByteBuf frame(String sql) {
    return CommandEncoder.text(port.allocator(), CommandByte.QUERY, sql, StandardCharsets.US_ASCII);
  }

  /** Whether nothing was sent, or is to be sent, whose answer is outstanding. */
  boolean isIdle() {
    BackendConnection leased = connection;
    return leased == null || (leased.isIdle() && waiting.isEmpty());
  }

  /**
   * Takes back the command that waits for a KILL, if one with an answer does: it will not be sent,
   * and its sink hears nothing.
   */
  boolean recall() {
    Waiting last = waiting.peekLast();
    if (last == null || last.shape() == CommandShape.NONE) {
      return false;
    }
    waiting.removeLast();
    last.framed().release();
    HeldResponse unanswered = held;
    if (unanswered != null) {
      held = null;
      unanswered.abandon();
    }
    return true;
  }

  /**
   * Ends what the backend is executing for this session; its answer tells when.
   *
   * @param otherwise what to do when it goes on because nobody could be asked to end it
   */
  void killQuery(Runnable otherwise) {
    BackendConnection running = connection;
    if (running == null || running.isIdle() || killing) {
      return;
    }
    killing = true;
    try {
      store.execute(
          () -> {
            boolean asked = false;
            try {
              asked = control.killQuery(running.threadId());
            } finally {
              boolean killed = asked;
              port.loop().execute(() -> killed(running, killed, otherwise));
            }
          });
    } catch (RejectedExecutionException e) {
      killing = false;
      LOG.atWarn().log("no thread to end a statement with");
      otherwise.run();
    }
  }

  /** The connection is gone already. */
  void lost() {
    connection = null;
    statusFlags = StatusFlags.AUTOCOMMIT;
  }

  /**
   * Gives the connection back, reset; or closes it while it is busy or a KILL may still be on its
   * way to it, or nobody will ask for its like again.
   */
  void release() {
    BackendConnection leased = connection;
    boolean asBefore = changedIdentity().isEmpty();
    lost();
    if (leased != null) {
      if (leased.isIdle() && !killing && asBefore) {
        leased.release();
      } else {
        discard(leased);
      }
    }
  }

  private void discard(BackendConnection leased) {
    leased.discard();
    for (Waiting unsent = waiting.poll(); unsent != null; unsent = waiting.poll()) {
      unsent.framed().release();
    }
    HeldResponse outstanding = held;
    if (outstanding != null) {
      held = null;
      outstanding.abandon();
    }
  }

  /** The session is over. */
  void close() {
    closed = true;
    release();
  }
}
