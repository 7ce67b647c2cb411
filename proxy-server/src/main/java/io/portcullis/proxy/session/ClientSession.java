package io.portcullis.proxy.session;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.BackendMapping;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.report.SessionRow;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.CompressionAlgorithm;
import io.portcullis.proxy.wire.Packet;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.proxy.wire.message.ColumnType;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's session: greeting, login, commands, end.
 *
 * <pre>
 *   opened --&gt; login --(authenticated)--&gt; commands --&gt; closed
 *                 ^                           |
 *                 +------ COM_CHANGE_USER ----+
 * </pre>
 *
 * Back-pressure: a client that does not read stops the reading of its backend ({@link Relay}), and
 * is not served further; a command in hand holds back the next one ({@link CommandPhase}). Confined
 * to the event loop of its connection, but for the methods that say otherwise.
 */
public final class ClientSession {

  private static final Logger LOG = LoggerFactory.getLogger(ClientSession.class);

  private static final int DEFAULT_ZSTD_LEVEL = 3;

  static final List<ColumnDefinition41> PROCESSLIST_COLUMNS =
      List.of(
          ColumnDefinition41.bigint("Id"),
          ColumnDefinition41.varchar("User"),
          ColumnDefinition41.varchar("Host"),
          ColumnDefinition41.varchar("db"),
          ColumnDefinition41.varchar("Command"),
          ColumnDefinition41.of("Time", ColumnType.LONG),
          ColumnDefinition41.varchar("State"),
          ColumnDefinition41.varchar("Info"));

  private final SessionServices services;
  private final SessionBackends backends;
  private final FrontendPort port;
  private final StatementReader reader;
  private final BackendSource source;
  private final int connectionId;
  private final String host;

  private @Nullable Login login;
  private @Nullable CommandPhase commands;
  private @Nullable BackendLease backend;
  private boolean closed;
  private boolean draining;

  /** Whether commands wait until the client has read what it was sent. */
  private boolean awaitingReader;

  private boolean compressed;
  private Optional<CompressionAlgorithm> compression = Optional.empty();
  private long capabilities;

  /** Who is counted as having this session. */
  private @Nullable UserId counted;

  /** What other threads may see of the session. */
  private volatile @Nullable Visible visible;

  private volatile long lastActivityNanos = System.nanoTime();
  private volatile boolean busy;

  /** Whether the command in hand goes on only when its client reads, or sends more. */
  private volatile boolean awaitingClient;

  /** The statement in hand, or the last one; others may see it a moment later. */
  private final AtomicReference<@Nullable Statement> statement = new AtomicReference<>();

  private record Visible(
      AccountId account,
      UserId user,
      String userName,
      RoleId role,
      String host,
      Optional<String> proxyHost,
      String database,
      Instant started) {}

  /**
   * @param services those of the main backend, whose are also in charge before login
   */
  public ClientSession(
      SessionServices services,
      SessionBackends backends,
      FrontendPort port,
      StatementReader reader,
      BackendSource source) {
    this.services = services;
    this.backends = backends;
    this.port = port;
    this.reader = reader;
    this.source = source;
    this.connectionId = services.registry().nextId();
    this.host = port.remoteHost();
  }

  /** Address of the client. */
  String host() {
    return host;
  }

  int connectionId() {
    return connectionId;
  }

  /** The connection stands: greets the client, or sends it away when there are too many. */
  public void onOpened() {
    Optional<SqlError> noRoom = services.registry().add(this);
    if (noRoom.isPresent()) {
      closeWith(noRoom.get());
      return;
    }
    Login first = new Login(this, services, backends, port);
    login = first;
    first.greet();
  }

  /** Takes ownership of the packet. */
  public void onPacket(Packet packet) {
    lastActivityNanos = System.nanoTime();
    if (closed) {
      packet.release();
      return;
    }
    Login underway = login;
    CommandPhase phase = commands;
    if (underway != null) {
      try {
        underway.onPacket(packet);
      } catch (ProtocolException e) {
        protocolError(e);
      }
    } else if (phase != null) {
      statement.lazySet(null);
      busy = true;
      phase.onCommand(packet);
    } else {
      packet.release();
    }
  }

  /** The client takes more bytes, or no more for now. */
  public void onWritabilityChanged(boolean writable) {
    CommandPhase phase = commands;
    if (!writable || phase == null) {
      return;
    }
    phase.onClientWritable();
    if (awaitingReader && !phase.isBusy()) {
      awaitingReader = false;
      port.resume();
    }
  }

  /** The connection is gone, whoever closed it. */
  public void onClosed() {
    if (closed) {
      return;
    }
    closed = true;
    services.registry().remove(this);
    leaveUser();
    Login underway = login;
    if (underway != null) {
      underway.close();
      login = null;
    }
    CommandPhase phase = commands;
    if (phase != null) {
      phase.close();
      commands = null;
    }
    BackendLease lease = backend;
    if (lease != null) {
      lease.close();
    }
    LOG.atDebug().addKeyValue("connectionId", connectionId).log("session closed");
  }

  /** The client broke the protocol: told once, then cut off. */
  public void protocolError(ProtocolException cause) {
    LOG.atInfo()
        .addKeyValue("connectionId", connectionId)
        .addKeyValue("cause", cause.getMessage())
        .log("protocol violation");
    closeWith(cause.error());
  }

  // ---- login
  // ---------------------------------------------------------------------------------------------

  /** Counts the session as the user's; false where the user has too many. */
  boolean enterUser(UserId user) {
    if (!services.registry().enter(user)) {
      return false;
    }
    counted = user;
    return true;
  }

  private void leaveUser() {
    UserId user = counted;
    if (user != null) {
      counted = null;
      services.registry().leave(user);
    }
  }

  /**
   * What both sides send in compressed packets with, once the login is over. Where a client can do
   * both, zlib, as the servers do.
   */
  void compress(long negotiated, OptionalInt zstdLevel) {
    if (CapabilityFlags.has(negotiated, CapabilityFlags.COMPRESS)) {
      compression = Optional.of(CompressionAlgorithm.ZLIB);
    } else if (CapabilityFlags.has(negotiated, CapabilityFlags.ZSTD_COMPRESSION_ALGORITHM)) {
      compression = Optional.of(CompressionAlgorithm.zstd(zstdLevel.orElse(DEFAULT_ZSTD_LEVEL)));
    }
  }

  /**
   * The client has proved who it is, and its role stands.
   *
   * @param home of its account
   * @param there what the sessions on the account's backend share
   */
  void loggedIn(
      Account home,
      SessionServices there,
      Subject subject,
      long negotiated,
      boolean expired,
      int collation,
      Optional<String> database,
      String info,
      int sequence) {
    capabilities = negotiated;
    Authority authority =
        new Authority(
            there.authorizer(),
            there.publisher(),
            there.objects(),
            there.facts().foldsNames(),
            subject,
            Optional.empty());
    ConnectionTies ties = new ConnectionTies();
    BackendLease lease =
        new BackendLease(
            source,
            port,
            there.control(),
            there.store(),
            there.facts().version(),
            negotiated,
            collation,
            home.backend(),
            () -> identity(home, subject.user()),
            ties);
    backend = lease;
    CommandPhase phase =
        new CommandPhase(
            this,
            there,
            port,
            reader,
            new Replies(port, negotiated),
            authority,
            lease,
            ties,
            negotiatedMultiStatements(),
            expired);
    commands = phase;
    busy = true;
    phase.enter(database, info, sequence);
  }

  /**
   * A user has a login of his own at the backend, or his account has one for all (DESIGN D6); that
   * of the configuration is account sys's.
   */
  private BackendIdentity identity(Account home, UserId user) {
    Optional<BackendMapping> mapping =
        services.publisher().current().state().mapping(user, home.backend());
    if (mapping.isPresent()) {
      return new BackendIdentity.OfUser(mapping.get());
    }
    return home.id().isSys()
        ? BackendIdentity.CONFIGURED
        : new BackendIdentity.OfAccount(home.id());
  }

  /** The handshake's database stands, and OK is sent: commands may come. */
  void ready() {
    Login done = login;
    if (done != null) {
      done.close();
      login = null;
    }
    if (!compressed && compression.isPresent()) {
      compressed = true;
      port.startCompression(compression.get());
    }
    port.setPacketLimit(services.settings().maxAllowedPacket());
    port.enterCommandPhase();
    LOG.atDebug().addKeyValue("connectionId", connectionId).log("session opened");
    reconsider(); // what changed since the password was checked
    commandFinished();
  }

  boolean isLoggingIn() {
    return login != null;
  }

  /**
   * The user was refused the database of the login, and the client told so.
   *
   * @param who has been found by then
   * @param errno of the error
   * @param cause its text, for the log
   */
  void endLogin(ActiveSubject who, int errno, String cause) {
    LOG.atInfo()
        .addKeyValue("connectionId", connectionId)
        .addKeyValue("peer", port.remoteHost())
        .addKeyValue(
            "account",
            who.snapshot().state().account(who.subject().account()).map(Account::name).orElse(""))
        .addKeyValue("user", who.subject().userName())
        .addKeyValue("errno", errno)
        .addKeyValue("cause", cause)
        .log("login refused");
    port.flush();
    port.closeAfterFlush();
    onClosed();
  }

  /** Starts over as another user. Takes ownership of the packet. */
  void changeUser(Packet packet) {
    CommandPhase phase = commands;
    if (phase != null) {
      phase.close();
      commands = null;
    }
    BackendLease lease = backend;
    if (lease != null) {
      lease.close();
      backend = null;
    }
    visible = null;
    leaveUser();
    Login next = new Login(this, services, backends, port);
    login = next;
    port.resume();
    next.changeUser(packet, capabilities);
  }

  boolean negotiatedBulk() {
    return CapabilityFlags.has(capabilities, CapabilityFlags.MARIADB_STMT_BULK_OPERATIONS);
  }

  boolean negotiatedQueryAttributes() {
    return CapabilityFlags.has(capabilities, CapabilityFlags.QUERY_ATTRIBUTES);
  }

  boolean negotiatedLocalFiles() {
    return CapabilityFlags.has(capabilities, CapabilityFlags.LOCAL_FILES);
  }

  boolean negotiatedMultiStatements() {
    return CapabilityFlags.has(capabilities, CapabilityFlags.MULTI_STATEMENTS);
  }

  // ---- commands
  // ------------------------------------------------------------------------------------------

  /** The session waits for its client again. */
  void commandFinished() {
    busy = false;
    awaitingClient = false;
    lastActivityNanos = System.nanoTime();
    CommandPhase phase = commands;
    if (closed || phase == null) {
      return;
    }
    show(phase.authority());
    if (draining && !phase.inTransaction()) {
      closeWith(ErrorCode.ER_SERVER_SHUTDOWN.error());
    } else {
      awaitingReader = !port.isWritable();
      if (!awaitingReader) {
        port.resume();
      }
    }
  }

  /**
   * The command in hand waits until its client has read what it was sent, or sends more; or goes
   * on.
   */
  void awaitsClient(boolean waits) {
    awaitingClient = waits;
    lastActivityNanos = System.nanoTime();
  }

  /** The statement of the command in hand is this one. */
  void runs(Statement now) {
    statement.lazySet(now);
  }

  private void show(Authority authority) {
    Visible shown = visible;
    Subject subject = authority.subject().subject();
    String database = authority.shownDatabase().orElse("");
    if (shown == null
        || !shown.database().equals(database)
        || !shown.role().equals(subject.primary())) {
      visible =
          new Visible(
              subject.account(),
              subject.user(),
              subject.userName(),
              subject.primary(),
              subject.host(),
              port.proxyHost(),
              database,
              shown == null ? Instant.now() : shown.started());
    }
  }

  void quit() {
    port.close();
  }

  /** Sends an error, in place of what is left of an answer underway, and closes. */
  void closeWith(SqlError error) {
    if (closed) {
      return;
    }
    Login underway = login;
    CommandPhase phase = commands;
    int sequence = underway != null ? underway.sequence() : phase != null ? phase.sequence() : 0;
    if (sequence < 0) {
      // The client would read an error packet as a piece of the answer.
      port.close();
      onClosed();
      return;
    }
    new Replies(port, CapabilityFlags.PROTOCOL_41).error(sequence, error);
    port.flush();
    port.closeAfterFlush();
    onClosed();
  }

  /** Closes in the middle of an answer, where no error packet can be sent. */
  void abort() {
    port.close();
  }

  /**
   * The answer to COM_STATISTICS, in the form command lines cut up: they print what follows Uptime.
   */
  String statistics() {
    return "Uptime: "
        + services.uptime().get().toSeconds()
        + "  Threads: "
        + services.registry().size()
        + "  Privilege epoch: "
        + services.publisher().current().epoch();
  }

  /** The catalog has changed: what the session has in hand is decided again. */
  void reconsider() {
    CommandPhase phase = commands;
    if (!closed && login == null && phase != null) {
      try {
        phase.reconsider();
      } catch (RuntimeException e) {
        LOG.atError()
            .setCause(e)
            .addKeyValue("connectionId", connectionId)
            .log("not decided again; the session ends");
        closeWith(ErrorCode.ER_UNKNOWN_ERROR.error("Internal error in the gate"));
      }
    }
  }

  // ---- what others may do; any thread
  // --------------------------------------------------------------------

  Executor loop() {
    return port.loop();
  }

  boolean isOf(AccountId account) {
    Visible shown = visible;
    return shown != null && shown.account().equals(account);
  }

  boolean isOf(UserId user) {
    Visible shown = visible;
    return shown != null && shown.user().equals(user);
  }

  /** Ends what it is executing, or the whole session. */
  void kill(boolean queryOnly) {
    port.loop()
        .execute(
            () -> {
              BackendLease lease = backend;
              if (closed) {
                return;
              }
              if (!queryOnly) {
                closeWith(ErrorCode.ER_QUERY_INTERRUPTED.error());
              } else if (lease != null) {
                lease.killQuery(() -> {});
              }
            });
  }

  /** Closes it if its client has been silent for so long. */
  public void closeIfIdle(Duration limit) {
    if (isIdle(limit)) {
      port.loop()
          .execute(
              () -> {
                if (isIdle(limit)) {
                  closeWith(ErrorCode.ER_CLIENT_INTERACTION_TIMEOUT.error());
                }
              });
    }
  }

  private boolean isIdle(Duration limit) {
    return (!busy || awaitingClient) && System.nanoTime() - lastActivityNanos > limit.toNanos();
  }

  /** Closes it as soon as it has neither a command nor a transaction in hand. */
  public void drain() {
    port.loop()
        .execute(
            () -> {
              draining = true;
              CommandPhase phase = commands;
              if (phase == null || (!phase.isBusy() && !phase.inTransaction())) {
                closeWith(ErrorCode.ER_SERVER_SHUTDOWN.error());
              }
            });
  }

  /** Closes it, whatever it is doing. */
  public void terminate() {
    port.loop().execute(() -> closeWith(ErrorCode.ER_SERVER_SHUTDOWN.error()));
  }

  /** Its row in {@code mo_sessions}; empty before login. */
  Optional<SessionRow> sessionRow() {
    Visible shown = visible;
    if (shown == null) {
      return Optional.empty();
    }
    String node = services.registry().node();
    boolean executing = busy;
    Duration since = Duration.ofNanos(System.nanoTime() - lastActivityNanos);
    Statement now = statement.get();
    return Optional.of(
        new SessionRow(
            node,
            connectionId,
            id(node, shown.started()),
            shown.account(),
            shown.user(),
            shown.userName(),
            shown.role(),
            shown.host(),
            shown.proxyHost(),
            Optional.of(shown.database()).filter(database -> !database.isEmpty()),
            shown.started(),
            executing ? "Query" : "Sleep",
            since.toSeconds(),
            executing ? "executing" : "",
            !executing || now == null
                ? Optional.empty()
                : Optional.of(
                    new SessionRow.Running(
                        StatementSort.type(now),
                        StatementSort.queryType(now),
                        Instant.now().minus(since)))));
  }

  /** Connection ids come back after some time, and another user may follow in one connection. */
  private String id(String node, Instant started) {
    String all = node + ' ' + connectionId + ' ' + started;
    return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.US_ASCII)).toString();
  }

  /** Its row in SHOW PROCESSLIST; empty before login. */
  Optional<List<@Nullable String>> processlistRow() {
    Visible shown = visible;
    if (shown == null) {
      return Optional.empty();
    }
    long seconds = Duration.ofNanos(System.nanoTime() - lastActivityNanos).toSeconds();
    return Optional.of(
        Arrays.asList(
            Integer.toString(connectionId),
            shown.userName(),
            shown.host(),
            shown.database().isEmpty() ? null : shown.database(),
            busy ? "Query" : "Sleep",
            Long.toString(seconds),
            busy ? "executing" : "",
            null));
  }
}
