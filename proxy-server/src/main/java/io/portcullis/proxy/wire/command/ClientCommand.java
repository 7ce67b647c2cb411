package io.portcullis.proxy.wire.command;

import io.netty.buffer.ByteBuf;

/**
 * A command of the client, decoded as far as the gate needs it. Buffers in it are borrowed views of
 * the packet's payload: valid only while the packet is.
 */
public sealed interface ClientCommand {

  CommandByte command();

  /** Commands that are their byte and nothing more. */
  record Plain(CommandByte command) implements ClientCommand {}

  /** Statement text, in the client's character set. */
  record Query(ByteBuf text) implements ClientCommand {
    @Override
    public CommandByte command() {
      return CommandByte.QUERY;
    }
  }

  /** Statement text to prepare, in the client's character set. */
  record Prepare(ByteBuf text) implements ClientCommand {
    @Override
    public CommandByte command() {
      return CommandByte.STMT_PREPARE;
    }
  }

  record InitDb(String database) implements ClientCommand {
    @Override
    public CommandByte command() {
      return CommandByte.INIT_DB;
    }
  }

  /** Columns of a table; {@code wildcard} is a LIKE pattern, often empty. */
  record FieldList(String table, String wildcard) implements ClientCommand {
    @Override
    public CommandByte command() {
      return CommandByte.FIELD_LIST;
    }
  }

  /** {@code cursorFlags}: 0 none, 1 read only and so on; parameters stay in the packet. */
  record Execute(long statementId, int cursorFlags) implements ClientCommand {
    @Override
    public CommandByte command() {
      return CommandByte.STMT_EXECUTE;
    }
  }

  record SendLongData(long statementId, int parameter, int bytes) implements ClientCommand {
    @Override
    public CommandByte command() {
      return CommandByte.STMT_SEND_LONG_DATA;
    }
  }

  record Fetch(long statementId, long rows) implements ClientCommand {
    @Override
    public CommandByte command() {
      return CommandByte.STMT_FETCH;
    }
  }

  record ResetStatement(long statementId) implements ClientCommand {
    @Override
    public CommandByte command() {
      return CommandByte.STMT_RESET;
    }
  }

  record CloseStatement(long statementId) implements ClientCommand {
    @Override
    public CommandByte command() {
      return CommandByte.STMT_CLOSE;
    }
  }

  /** 0 multi-statements on, 1 off. */
  record SetOption(int option) implements ClientCommand {
    @Override
    public CommandByte command() {
      return CommandByte.SET_OPTION;
    }
  }

  record ProcessKill(long connectionId) implements ClientCommand {
    @Override
    public CommandByte command() {
      return CommandByte.PROCESS_KILL;
    }
  }

  /** A login within the connection; decoded by {@code ComChangeUser} from {@code payload}. */
  record ChangeUser(ByteBuf payload) implements ClientCommand {
    @Override
    public CommandByte command() {
      return CommandByte.CHANGE_USER;
    }
  }

  /** Known and not offered. */
  record Refused(CommandByte command) implements ClientCommand {}
}
