package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.CommandEncoder;
import io.portcullis.sql.statement.ShowPrograms;
import io.portcullis.sql.text.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * SHOW PROCEDURE STATUS and its like, as a query of information_schema.ROUTINES with the same
 * columns: it is decided and secured like any other. Event loop only.
 */
final class ProgramReads {

  private static final String QUERY =
      "SELECT * FROM (SELECT ROUTINE_SCHEMA AS Db, ROUTINE_NAME AS Name, ROUTINE_TYPE AS Type, DEFINER"
          + " AS Definer, LAST_ALTERED AS Modified, CREATED AS Created, SECURITY_TYPE AS"
          + " Security_type, ROUTINE_COMMENT AS Comment, CHARACTER_SET_CLIENT AS"
          + " character_set_client, COLLATION_CONNECTION AS collation_connection,"
          + " DATABASE_COLLATION AS `Database Collation` FROM information_schema.ROUTINES WHERE"
          + " ROUTINE_TYPE = '%s') AS ROUTINES";

  private final CommandPhase phase;
  private final FrontendPort port;
  private final StatementReader reader;
  private final BackendLease backend;

  ProgramReads(
      CommandPhase phase, FrontendPort port, StatementReader reader, BackendLease backend) {
    this.phase = phase;
    this.port = port;
    this.reader = reader;
    this.backend = backend;
  }

  void show(ShowPrograms statement) {
    String query = QUERY.formatted(statement.type());
    if (statement.conditionToken() == ShowPrograms.NO_CONDITION) {
      phase.runInstead(
          CommandEncoder.text(
              port.allocator(), CommandByte.QUERY, query, StandardCharsets.US_ASCII));
      return;
    }
    ByteBuf framed = phase.handOver();
    Optional<ByteBuf> whole;
    try {
      whole =
          framed.readableBytes() > PacketFraming.MAX_FRAME_PAYLOAD
              ? Optional.empty()
              : ShowConditions.behind(
                  query + (statement.like() ? " WHERE Name" : " WHERE"),
                  framed,
                  statement.conditionToken(),
                  reader,
                  backend.mode(),
                  port.allocator());
    } finally {
      framed.release();
    }
    if (whole.isPresent()) {
      phase.runInstead(whole.get());
    } else {
      phase.fail(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "SHOW ... STATUS of 16 MiB, or where a comment that is executed holds a part of the"
                  + " condition"));
    }
  }
}
