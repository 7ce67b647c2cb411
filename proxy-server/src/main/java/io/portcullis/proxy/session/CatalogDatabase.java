package io.portcullis.proxy.session;

import io.portcullis.privilege.report.ReportTable;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.CommandEncoder;
import io.portcullis.proxy.wire.message.SessionChange;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code mo_catalog} as the current database, which the backend does not have. There every name
 * without a database is one of it: what the gate makes is put in its place, and all else is denied,
 * so that no such name is sent. The connection to the backend goes to another database meanwhile,
 * lest it stay where the names mean something. Event loop only.
 */
final class CatalogDatabase {

  private final CommandPhase phase;
  private final FrontendPort port;
  private final Authority authority;

  CatalogDatabase(CommandPhase phase, FrontendPort port, Authority authority) {
    this.phase = phase;
    this.port = port;
    this.authority = authority;
  }

  /** In place of the command in hand. */
  void use() {
    phase.decide(
        List.of(new AccessRequest(AccessKind.USE, new DatabaseName(ReportTable.MO_CATALOG))),
        0,
        this::leave);
  }

  private void leave() {
    phase.dropCommand();
    phase.take(
        CommandEncoder.text(
            port.allocator(),
            CommandByte.INIT_DB,
            authority.backendDatabase(ReportTable.MO_CATALOG).orElseThrow(),
            StandardCharsets.US_ASCII),
        CommandShape.QUERY, // another statement of a text may follow
        null);
    phase.send(
        phase.hold(
            (held, end) -> {
              if (end.error()) {
                phase.answerHeld(held, end);
              } else {
                authority.use(ReportTable.MO_CATALOG);
                phase.answerInstead(held, end, SessionChange.schema(ReportTable.MO_CATALOG));
              }
            }));
  }
}
