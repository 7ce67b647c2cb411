package io.portcullis.proxy.wire.command;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;
import io.portcullis.sql.text.ErrorCode;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Optional;

/**
 * Payload to {@link ClientCommand}. A query is its byte and the text: {@link QueryAttributes} were
 * taken off.
 */
public final class CommandDecoder {
  /** Longest identifier of the server, 64 characters, and room for the quoted and encoded form. */
  private static final int MAX_IDENTIFIER_BYTES = 1024;

  private CommandDecoder() {}

  /**
   * Decodes one command; borrows {@code payload}, and so does what it returns.
   *
   * @param charset of names in it: the session's client character set
   * @throws ProtocolException for a byte no server knows (errno 1047) and for malformed packets
   */
  public static ClientCommand decode(ByteBuf payload, Charset charset) {
    int code = WireValues.readUnsignedByte(payload, "command");
    Optional<CommandByte> known = CommandByte.of(code);
    if (known.isEmpty()) {
      throw new ProtocolException(
          ErrorCode.ER_UNKNOWN_COM_ERROR.error(String.format(Locale.ROOT, "0x%02x", code)),
          "command byte: " + code);
    }
    CommandByte command = known.get();
    if (!command.offered()) {
      return new ClientCommand.Refused(command);
    }
    return switch (command) {
      case QUERY -> new ClientCommand.Query(payload.slice());
      case STMT_PREPARE -> new ClientCommand.Prepare(payload.slice());
      case INIT_DB ->
          new ClientCommand.InitDb(
              WireValues.readRest(payload, MAX_IDENTIFIER_BYTES, charset, "schema name"));
      case FIELD_LIST -> fieldList(payload, charset);
      case STMT_EXECUTE -> execute(payload);
      case STMT_SEND_LONG_DATA -> sendLongData(payload);
      case STMT_FETCH -> {
        long id = WireValues.readUnsignedInt(payload, "statement id");
        yield new ClientCommand.Fetch(id, WireValues.readUnsignedInt(payload, "rows"));
      }
      case STMT_RESET ->
          new ClientCommand.ResetStatement(WireValues.readUnsignedInt(payload, "statement id"));
      case STMT_CLOSE ->
          new ClientCommand.CloseStatement(WireValues.readUnsignedInt(payload, "statement id"));
      case SET_OPTION ->
          new ClientCommand.SetOption(WireValues.readUnsignedShort(payload, "option"));
      case PROCESS_KILL ->
          new ClientCommand.ProcessKill(WireValues.readUnsignedInt(payload, "connection id"));
      case CHANGE_USER ->
          new ClientCommand.ChangeUser(
              payload.slice(payload.readerIndex() - 1, payload.readableBytes() + 1));
      case QUIT, STATISTICS, PING, RESET_CONNECTION -> new ClientCommand.Plain(command);
      default -> new ClientCommand.Refused(command);
    };
  }

  private static ClientCommand fieldList(ByteBuf payload, Charset charset) {
    String table =
        WireValues.readNulTerminated(payload, MAX_IDENTIFIER_BYTES, charset, "table name");
    return new ClientCommand.FieldList(
        table, WireValues.readRest(payload, MAX_IDENTIFIER_BYTES, charset, "wildcard"));
  }

  private static ClientCommand execute(ByteBuf payload) {
    long id = WireValues.readUnsignedInt(payload, "statement id");
    int flags = WireValues.readUnsignedByte(payload, "cursor flags");
    WireValues.readUnsignedInt(payload, "iteration count");
    return new ClientCommand.Execute(id, flags);
  }

  private static ClientCommand sendLongData(ByteBuf payload) {
    long id = WireValues.readUnsignedInt(payload, "statement id");
    int parameter = WireValues.readUnsignedShort(payload, "parameter");
    return new ClientCommand.SendLongData(id, parameter, payload.readableBytes());
  }
}
