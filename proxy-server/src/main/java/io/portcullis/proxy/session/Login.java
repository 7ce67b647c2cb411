package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.store.LoginFailures;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.proxy.auth.AuthPlugins;
import io.portcullis.proxy.auth.AuthRequest;
import io.portcullis.proxy.auth.AuthStep;
import io.portcullis.proxy.auth.ServerAuthentication;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.CompressionAlgorithm;
import io.portcullis.proxy.wire.Packet;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.handshake.ComChangeUser;
import io.portcullis.proxy.wire.handshake.HandshakeResponse41;
import io.portcullis.proxy.wire.handshake.HandshakeV10;
import io.portcullis.proxy.wire.handshake.SslRequest;
import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.ServerVersion;
import io.portcullis.sql.text.SqlError;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A login, from the greeting, or from COM_CHANGE_USER, to a subject with its active role.
 * Everything is looked up and checked first and answered after the password step, in the same steps
 * and with the same text whether account, user or password were wrong (PM 1.4 [R]). Confined to the
 * event loop.
 */
final class Login {

  private static final int FIRST_MARIADB_WITHOUT_PREFIX = 110000;

  private static final Logger LOG = LoggerFactory.getLogger(Login.class);

  /** What the gate can do for a client, whatever the backend: formats of all supported servers. */
  private static final long OFFERED =
      CapabilityFlags.LONG_PASSWORD
          | CapabilityFlags.FOUND_ROWS
          | CapabilityFlags.LONG_FLAG
          | CapabilityFlags.CONNECT_WITH_DB
          | CapabilityFlags.COMPRESS
          | CapabilityFlags.IGNORE_SPACE
          | CapabilityFlags.PROTOCOL_41
          | CapabilityFlags.INTERACTIVE
          | CapabilityFlags.TRANSACTIONS
          | CapabilityFlags.SECURE_CONNECTION
          | CapabilityFlags.MULTI_STATEMENTS
          | CapabilityFlags.MULTI_RESULTS
          | CapabilityFlags.PS_MULTI_RESULTS
          | CapabilityFlags.PLUGIN_AUTH
          | CapabilityFlags.CONNECT_ATTRS
          | CapabilityFlags.PLUGIN_AUTH_LENENC_CLIENT_DATA
          | CapabilityFlags.CAN_HANDLE_EXPIRED_PASSWORDS
          | CapabilityFlags.SESSION_TRACK
          | CapabilityFlags.DEPRECATE_EOF;

  /** And for a MariaDB: every supported version of it has these. */
  private static final long OFFERED_FOR_MARIADB =
      CapabilityFlags.MARIADB_EXTENDED_METADATA | CapabilityFlags.MARIADB_STMT_BULK_OPERATIONS;

  private final ClientSession session;
  private final SessionServices services;
  private final SessionBackends backends;
  private final LoginServices login;
  private final FrontendPort port;
  private final AuthData nonce;
  private final long offered;

  private FrontendPort.@Nullable Cancellable timeout;
  private @Nullable ServerAuthentication authentication;
  private @Nullable HandshakeResponse41 response;
  private Optional<LoginName> name = Optional.empty();
  private boolean secure;
  private boolean closed;

  /** Whether the password was found right or wrong. */
  private boolean judged;

  private int sequence;

  /**
   * @param services those of the main backend: the greeting is as its own, since it is not known
   *     yet who comes and where his account lives
   */
  Login(
      ClientSession session,
      SessionServices services,
      SessionBackends backends,
      FrontendPort port) {
    this.session = session;
    this.services = services;
    this.backends = backends;
    this.login = services.login();
    this.port = port;
    this.nonce = AuthData.nonce(login.random());
    this.secure = port.isSecure();
    this.offered = offered();
  }

  /** Sequence id of the next packet to be sent. */
  int sequence() {
    return sequence;
  }

  void greet() {
    startTimeout();
    HandshakeV10 greeting =
        new HandshakeV10(
            announced(services.facts().version()),
            session.connectionId(),
            nonce,
            offered,
            ColumnDefinition41.UTF8MB4_GENERAL_CI,
            StatusFlags.AUTOCOMMIT,
            plugin());
    send(greeting.encode(port.allocator()));
  }

  /**
   * As the backend greets: MariaDB before 11 puts 5.5.5- before its version, and Connector/J takes
   * from it which variables the server knows.
   */
  private static String announced(ServerVersion version) {
    return isPrefixed(version) ? "5.5.5-" + version.text() : version.text();
  }

  private static boolean isPrefixed(ServerVersion version) {
    return version.isMariaDb() && version.number() < FIRST_MARIADB_WITHOUT_PREFIX;
  }

  /** Connector/J cannot do caching_sha2_password with a server that calls itself 5.5.5. */
  private String plugin() {
    return login.nativePassword() && isPrefixed(services.facts().version())
        ? AuthPlugins.MYSQL_NATIVE_PASSWORD
        : login.defaultPlugin();
  }

  private long offered() {
    long offered = login.tlsOffered() ? OFFERED | CapabilityFlags.SSL : OFFERED;
    if (CompressionAlgorithm.isZstdAvailable()) {
      offered |= CapabilityFlags.ZSTD_COMPRESSION_ALGORITHM;
    }
    if (services.settings().localInfile()) {
      offered |= CapabilityFlags.LOCAL_FILES;
    }
    if (!services.facts().version().isMariaDb()) {
      return backends.takeQueryAttributes() ? offered | CapabilityFlags.QUERY_ATTRIBUTES : offered;
    }
    long asMariaDb = offered & ~CapabilityFlags.CLIENT_MYSQL;
    return backends.areMariaDb() ? asMariaDb | OFFERED_FOR_MARIADB : asMariaDb;
  }

  private void startTimeout() {
    timeout =
        port.schedule(
            () -> session.closeWith(ErrorCode.ER_CLIENT_INTERACTION_TIMEOUT.error()),
            services.settings().loginTimeout().toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Takes ownership of the packet, and wipes it: it may carry a password. */
  void onPacket(Packet packet) {
    try {
      sequence = PacketFraming.next(packet.sequenceId());
      ByteBuf payload = packet.payload();
      ServerAuthentication underway = authentication;
      if (underway != null) {
        proceed(underway.next(payload));
      } else if (!secure && login.tlsOffered() && SslRequest.matches(payload)) {
        secure = true;
        port.startTls();
        port.expectSequence(sequence);
      } else {
        begin(HandshakeResponse41.decode(payload, offered));
      }
    } finally {
      wipe(packet);
    }
  }

  private static void wipe(Packet packet) {
    ByteBuf framed = packet.framed();
    framed.setZero(framed.readerIndex(), framed.readableBytes());
    packet.release();
  }

  /** Takes ownership of the packet. */
  void changeUser(Packet packet, long capabilities) {
    startTimeout();
    try {
      sequence = PacketFraming.next(packet.sequenceId());
      ComChangeUser change = ComChangeUser.decode(packet.payload(), capabilities);
      // No plugin is named, so that the client is asked again, with a nonce of this login.
      begin(
          new HandshakeResponse41(
              capabilities,
              0,
              change.collation().orElse(ColumnDefinition41.UTF8MB4_GENERAL_CI),
              change.user(),
              AuthData.empty(),
              change.database(),
              "",
              Map.of(),
              OptionalInt.empty()));
    } catch (ProtocolException e) {
      session.protocolError(e);
    } finally {
      wipe(packet);
    }
  }

  private void begin(HandshakeResponse41 decoded) {
    response = decoded;
    if (login.tlsRequired() && !secure) {
      reject(ErrorCode.ER_SECURE_TRANSPORT_REQUIRED.error());
      return;
    }
    name = LoginName.parse(decoded.user());
    ServerAuthentication started =
        new ServerAuthentication(
            AuthRequest.of(decoded, port.remoteHost(), nonce, secure),
            LoginCredentials.of(find(), login),
            Optional.of(login.rsaKeys()),
            login.random(),
            port.allocator());
    authentication = started;
    proceed(started.begin());
  }

  private Optional<User> find() {
    CatalogState state = services.publisher().current().state();
    return name.flatMap(
        n -> state.account(n.account()).flatMap(account -> state.user(account.id(), n.user())));
  }

  private void proceed(AuthStep step) {
    if (step instanceof AuthStep.Send send) {
      send(send.payload());
    } else if (step instanceof AuthStep.Compute compute) {
      compute(compute);
    } else if (step instanceof AuthStep.Authenticated authenticated) {
      authenticated.payload().ifPresent(this::send);
      authenticated();
    } else if (step instanceof AuthStep.Rejected rejected) {
      if (rejected.error().code() == ErrorCode.ER_ACCESS_DENIED_ERROR) {
        failed();
        reject(rejected.error(), find().isPresent() ? "wrong password" : "no such user");
      } else {
        reject(rejected.error());
      }
    } else {
      throw new AssertionError(step);
    }
  }

  private void compute(AuthStep.Compute compute) {
    port.hold();
    try {
      login
          .authentication()
          .execute(
              () -> {
                AuthStep step = call(compute.work());
                port.loop()
                    .execute(
                        () -> {
                          if (!closed) {
                            computed(step);
                          }
                        });
              });
    } catch (RejectedExecutionException e) {
      compute.abandon();
      reject(ErrorCode.ER_CON_COUNT_ERROR.error());
    }
  }

  /**
   * What waits behind the password is let through last: it may be against the protocol, and end the
   * login that its password has just passed.
   */
  private void computed(AuthStep step) {
    proceed(step);
    if (step instanceof AuthStep.Send && !closed) {
      port.resume();
    }
  }

  private AuthStep call(Callable<AuthStep> work) {
    try {
      return work.call();
    } catch (Exception e) {
      LOG.atError()
          .setCause(e)
          .addKeyValue("connectionId", session.connectionId())
          .log("password check failed");
      return new AuthStep.Rejected(denied());
    }
  }

  /** The password was right: now the rest may be told apart. */
  private void authenticated() {
    Optional<User> known = find();
    HandshakeResponse41 decoded = response;
    if (known.isEmpty() || decoded == null) {
      reject(denied());
      return;
    }
    User user = known.get();
    judged = true;
    Instant now = Instant.now();
    CatalogState state = services.publisher().current().state();
    AccountVariables variables = state.variables(user.account());
    LoginFailures failures = login.times().failures();
    if (failures.lockedUntil(user, variables, now).isPresent()) {
      // As for a wrong password: else guessing could go on while the lock stands (PM 1.4).
      reject(denied(), "right password, locked after failed logins");
      return;
    }
    if (failures.forget(user.id())) {
      flushLater(failures::flush);
    }
    if (user.isLocked(now)) {
      reject(ErrorCode.ER_ACCOUNT_HAS_BEEN_LOCKED.error(user.name(), port.remoteHost()));
      return;
    }
    if (!variables.invitedNodes().admits(port.remoteHost())) {
      reject(ErrorCode.ER_HOST_NOT_PRIVILEGED.error(port.remoteHost()));
      return;
    }
    boolean expired = user.security().isExpired(variables, now);
    if (expired
        && !CapabilityFlags.has(
            decoded.capabilities(), CapabilityFlags.CAN_HANDLE_EXPIRED_PASSWORDS)) {
      reject(ErrorCode.ER_MUST_CHANGE_PASSWORD_LOGIN.error());
      return;
    }
    Optional<Account> account = state.account(user.account());
    if (account.filter(a -> a.status() != AccountStatus.SUSPENDED).isEmpty()) {
      reject(ErrorCode.ER_ACCOUNT_SUSPENDED.error(account.map(Account::name).orElse("")));
      return;
    }
    SessionBackends.Found found = backends.of(account.get().backend());
    if (found.services().isEmpty()) {
      reject(found.error().orElseThrow());
      return;
    }
    SessionServices there = found.services().get();
    int collation = knownCollation(there.facts(), decoded.collation()).orElse(decoded.collation());
    String charset = charsetOf(there.facts(), collation);
    if (ClientCharset.ofName(charset).isEmpty()) {
      reject(ErrorCode.ER_UNKNOWN_CHARACTER_SET.error(charset));
      return;
    }
    RoleId primary = InitialRole.of(state, user);
    SecondaryRoles secondary = user.defaultSecondary();
    Optional<String> wanted = name.flatMap(LoginName::role);
    if (wanted.isPresent()) {
      Optional<Role> role = state.role(user.account(), wanted.get());
      if (role.isEmpty() || !InitialRole.mayActivate(state, user, role.get().id())) {
        reject(
            ErrorCode.ER_ROLE_NOT_GRANTED.error(
                "the role " + wanted.get() + " has not been granted to the user " + user.name()),
            "the role in the login name has not been granted");
        return;
      }
      primary = role.get().id();
      secondary = SecondaryRoles.NONE;
    }
    if (!session.enterUser(user.id())) {
      reject(ErrorCode.ER_TOO_MANY_USER_CONNECTIONS.error(user.name()));
      return;
    }
    noteLogin(user);
    closeTimeout();
    port.hold();
    session.compress(decoded.capabilities() & offered, decoded.zstdLevel());
    session.loggedIn(
        account.get(),
        there,
        new Subject(user.account(), user.id(), user.name(), port.remoteHost(), primary, secondary),
        decoded.capabilities() & offered & ~CapabilityFlags.CAN_HANDLE_EXPIRED_PASSWORDS,
        expired,
        collation,
        decoded.database().filter(database -> !database.isEmpty()),
        proof(user).orElse(""),
        sequence);
  }

  /** What MariaDB sends all clients over TLS; those that do not look for it read past it. */
  private Optional<String> proof(User user) {
    ServerAuthentication proved = authentication;
    if (proved == null
        || !proved.answeredGreetingNatively()
        || !services.facts().version().isMariaDb()) {
      return Optional.empty();
    }
    return port.certificate()
        .flatMap(shown -> CertificateProof.of(user.verifiers().nativePassword(), nonce, shown));
  }

  /** For SHOW USERS: a login does not wait for it, and is none the worse when it fails. */
  private void noteLogin(User user) {
    if (login.times().note(user.id(), Instant.now(), port.remoteHost())) {
      flushLater(login.times()::flush);
    }
  }

  /** The password was wrong: counted at once, stored soon. What is told does not wait for it. */
  private void failed() {
    judged = true;
    CatalogState state = services.publisher().current().state();
    LoginFailures failures = login.times().failures();
    boolean flush =
        find()
            .filter(user -> failures.failed(user, state.variables(user.account()), Instant.now()))
            .isPresent();
    if (flush) {
      flushLater(failures::flush);
    }
  }

  private interface Flush {
    void run() throws StoreException;
  }

  private void flushLater(Flush flush) {
    try {
      services
          .store()
          .execute(
              () -> {
                try {
                  flush.run();
                } catch (StoreException e) {
                  LOG.atDebug().setCause(e).log("what is known of logins is stored with the next");
                }
              });
    } catch (RejectedExecutionException e) {
      LOG.atDebug().log("the store is busy: what is known of logins is stored later");
    }
  }

  /** The client's collation; for an id the backend does not know its own default, as servers do. */
  private static Optional<Integer> knownCollation(ServerFacts facts, int asked) {
    Map<Integer, ServerFacts.Collation> known = facts.collations();
    if (known.containsKey(asked)) {
      return Optional.of(asked);
    }
    String fallback = facts.collationServer();
    return known.entrySet().stream()
        .filter(entry -> entry.getValue().name().equalsIgnoreCase(fallback))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static String charsetOf(ServerFacts facts, int collation) {
    ServerFacts.Collation known = facts.collations().get(collation);
    return known == null ? "" : known.charset();
  }

  private SqlError denied() {
    HandshakeResponse41 decoded = response;
    return ErrorCode.ER_ACCESS_DENIED_ERROR.error(
        decoded == null ? "" : decoded.user(), port.remoteHost(), "YES");
  }

  private void reject(SqlError error) {
    reject(error, error.message());
  }

  /**
   * What was typed as a name may be a password: only users that exist are logged by name.
   *
   * @param cause for the log, which may say more than the client is told
   */
  private void reject(SqlError error, String cause) {
    LoggingEventBuilder event =
        LOG.atInfo()
            .addKeyValue("connectionId", session.connectionId())
            .addKeyValue("peer", port.remoteHost());
    Optional<User> known = find();
    if (known.isPresent()) {
      event =
          event
              .addKeyValue("account", name.map(LoginName::account).orElse(""))
              .addKeyValue("user", known.get().name());
    }
    event
        .addKeyValue("errno", error.code().errno())
        .addKeyValue("cause", cause)
        .log("login refused");
    session.closeWith(error);
  }

  private void send(ByteBuf payload) {
    port.write(Packets.frame(port.allocator(), payload, sequence));
    sequence = PacketFraming.next(sequence);
    port.expectSequence(sequence);
    port.flush();
  }

  private void closeTimeout() {
    FrontendPort.Cancellable running = timeout;
    if (running != null) {
      timeout = null;
      running.cancel();
    }
  }

  void close() {
    ServerAuthentication underway = authentication;
    if (!judged && underway != null && underway.hasMissedFastWay()) {
      failed(); // or whoever hangs up after a wrong answer could guess for ever
    }
    closed = true;
    closeTimeout();
  }
}
