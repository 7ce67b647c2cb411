package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.wire.Packet;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.command.ClientCommand;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.CommandDecoder;
import io.portcullis.proxy.wire.command.CommandEncoder;
import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.Kill;
import io.portcullis.sql.text.ErrorCode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The commands of the protocol beside COM_QUERY and the execution of prepared statements: decoded
 * here, handed to the prepared statements where they are about one, otherwise decided and relayed,
 * answered, or refused by their name in the manual. Event loop only.
 */
final class OtherCommands {

  private static final int MULTI_STATEMENTS_ON = 0;
  private static final int MULTI_STATEMENTS_OFF = 1;

  private final CommandPhase phase;
  private final ClientSession session;
  private final FrontendPort port;
  private final Replies replies;
  private final Authority authority;
  private final BackendLease backend;
  private final PreparedStatements prepared;
  private final LocalAnswers local;
  private final CatalogReads catalog;
  private final CatalogDatabase catalogDatabase;
  private final ExpiredPassword password;

  OtherCommands(
      CommandPhase phase,
      ClientSession session,
      FrontendPort port,
      Replies replies,
      Authority authority,
      BackendLease backend,
      PreparedStatements prepared,
      LocalAnswers local,
      CatalogReads catalog,
      CatalogDatabase catalogDatabase,
      ExpiredPassword password) {
    this.phase = phase;
    this.session = session;
    this.port = port;
    this.replies = replies;
    this.authority = authority;
    this.backend = backend;
    this.prepared = prepared;
    this.local = local;
    this.catalog = catalog;
    this.catalogDatabase = catalogDatabase;
    this.password = password;
  }

  /**
   * Takes ownership of the packet.
   *
   * @throws ProtocolException where it is malformed; it is released then
   */
  void dispatch(Packet packet) {
    ByteBuf payload = packet.payload();
    int code = payload.getUnsignedByte(payload.readerIndex());
    if (CommandByte.of(code).isEmpty()) {
      packet.release();
      phase.fail(ErrorCode.ER_UNKNOWN_COM_ERROR.error(String.format(Locale.ROOT, "0x%02x", code)));
      return;
    }
    ClientCommand decoded = decode(packet, payload);
    if (decoded instanceof ClientCommand.Prepare) {
      phase.withBackend(packet, prepared::prepare);
    } else if (decoded instanceof ClientCommand.InitDb) {
      phase.withBackend(packet, this::initDb);
    } else if (decoded instanceof ClientCommand.FieldList) {
      phase.withBackend(packet, this::fieldList);
    } else if (decoded instanceof ClientCommand.Fetch fetch) {
      prepared.fetch(packet, fetch.statementId());
    } else if (decoded instanceof ClientCommand.SendLongData data) {
      prepared.sendLongData(packet, data.statementId());
    } else if (decoded instanceof ClientCommand.ResetStatement reset) {
      prepared.resetStatement(packet, reset.statementId());
    } else if (decoded instanceof ClientCommand.CloseStatement close) {
      prepared.closeStatement(packet, close.statementId());
    } else if (decoded instanceof ClientCommand.ChangeUser) {
      session.changeUser(packet);
    } else {
      packet.release();
      answer(decoded);
    }
  }

  /** Releases the packet when it cannot be decoded. */
  private ClientCommand decode(Packet packet, ByteBuf payload) {
    try {
      return CommandDecoder.decode(payload, charset());
    } catch (ProtocolException e) {
      packet.release();
      throw e;
    }
  }

  private Charset charset() {
    return backend.isLeased() ? backend.mode().charset().java() : StandardCharsets.UTF_8;
  }

  private void answer(ClientCommand decoded) {
    if (decoded instanceof ClientCommand.SetOption option) {
      setOption(option.option());
    } else if (decoded instanceof ClientCommand.ProcessKill kill) {
      if (password.restricts()) {
        phase.fail(ErrorCode.ER_MUST_CHANGE_PASSWORD.error());
      } else {
        local.kill(new Kill(kill.connectionId(), false));
      }
    } else if (decoded instanceof ClientCommand.Plain plain) {
      switch (plain.command()) {
        case PING -> ping();
        case QUIT -> session.quit();
        case STATISTICS -> {
          replies.string(phase.sequence(), session.statistics());
          phase.finishCommand();
        }
        case RESET_CONNECTION -> phase.resetConnection();
        default -> refuse(plain.command());
      }
    } else {
      refuse(decoded.command());
    }
  }

  private void refuse(CommandByte command) {
    phase.fail(ErrorCode.ER_UNKNOWN_COM_ERROR.error(command.manualName()));
  }

  /** Refuses a name that the backend may read differently; releases the packet then. */
  private boolean isAmbiguous(Packet packet, String name) {
    if (BareName.isReadAlike(name, backend.mode().charset())) {
      return false;
    }
    packet.release();
    phase.fail(
        ErrorCode.ER_NOT_SUPPORTED_YET.error(
            "a name of such characters outside of a statement, in this character set"));
    return true;
  }

  /** Answers, and releases the packet, while the password has to be changed first. */
  private boolean isRestricted(Packet packet) {
    if (!password.restricts()) {
      return false;
    }
    packet.release();
    phase.fail(ErrorCode.ER_MUST_CHANGE_PASSWORD.error());
    return true;
  }

  private void initDb(Packet packet) {
    if (isRestricted(packet)) {
      return;
    }
    String database = ((ClientCommand.InitDb) decode(packet, packet.payload())).database();
    if (database.isEmpty()) {
      packet.release();
      phase.fail(ErrorCode.ER_NO_DB_ERROR.error());
      return;
    }
    if (isAmbiguous(packet, database)) {
      return;
    }
    if (ReportTable.isMoCatalog(database)) {
      packet.release();
      catalogDatabase.use();
      return;
    }
    ByteBuf command = packet.framed();
    if (!authority.names().isIdentity()) {
      command.release();
      command =
          CommandEncoder.text(
              port.allocator(),
              CommandByte.INIT_DB,
              authority.physical(database),
              backend.mode().charset().java());
    }
    phase.take(command, CommandShape.SINGLE, null);
    phase.useIfPermitted(database);
  }

  private void fieldList(Packet packet) {
    if (isRestricted(packet)) {
      return;
    }
    String table = ((ClientCommand.FieldList) decode(packet, packet.payload())).table();
    if (isAmbiguous(packet, table)) {
      return;
    }
    Optional<List<ColumnDefinition41>> fields = catalog.fields(table);
    if (fields.isPresent()) {
      packet.release();
      replies.fields(phase.sequence(), phase.status(), fields.get());
      phase.finishCommand();
      return;
    }
    phase.take(packet.framed(), CommandShape.FIELD_LIST, null);
    phase.decide(
        List.of(new AccessRequest(AccessKind.DESCRIBE, RelationName.unqualified(table))),
        0,
        phase::relay);
  }

  /** Asks the backend too, when the session has one: a pool that pings wants to know. */
  private void ping() {
    if (!backend.isLeased()) {
      replies.ok(phase.sequence(), backend.statusFlags(), 0);
      phase.finishCommand();
      return;
    }
    phase.take(CommandEncoder.plain(port.allocator(), CommandByte.PING), CommandShape.SINGLE, null);
    phase.relay();
  }

  private void setOption(int option) {
    if (option != MULTI_STATEMENTS_ON && option != MULTI_STATEMENTS_OFF) {
      phase.fail(ErrorCode.ER_UNKNOWN_COM_ERROR.error("COM_SET_OPTION " + option));
      return;
    }
    phase.multiStatements(option == MULTI_STATEMENTS_ON);
    replies.eof(phase.sequence(), backend.statusFlags());
    phase.finishCommand();
  }
}
