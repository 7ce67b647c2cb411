package io.portcullis.proxy.wire.command;

import java.util.Optional;

/**
 * Every command byte MySQL and MariaDB know, and whether it is offered. What is not offered, and
 * what is not here, is refused.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html">Command
 *     phase</a>
 */
public enum CommandByte {
  SLEEP(0x00, false),
  QUIT(0x01, true),
  INIT_DB(0x02, true),
  QUERY(0x03, true),
  FIELD_LIST(0x04, true),
  CREATE_DB(0x05, false),
  DROP_DB(0x06, false),
  REFRESH(0x07, false),
  SHUTDOWN(0x08, false),
  STATISTICS(0x09, true),
  PROCESS_INFO(0x0a, false),
  CONNECT(0x0b, false),
  PROCESS_KILL(0x0c, true),
  DEBUG(0x0d, false),
  PING(0x0e, true),
  TIME(0x0f, false),
  DELAYED_INSERT(0x10, false),
  CHANGE_USER(0x11, true),
  BINLOG_DUMP(0x12, false),
  TABLE_DUMP(0x13, false),
  CONNECT_OUT(0x14, false),
  REGISTER_SLAVE(0x15, false),
  STMT_PREPARE(0x16, true),
  STMT_EXECUTE(0x17, true),
  STMT_SEND_LONG_DATA(0x18, true),
  STMT_CLOSE(0x19, true),
  STMT_RESET(0x1a, true),
  SET_OPTION(0x1b, true),
  STMT_FETCH(0x1c, true),
  DAEMON(0x1d, false),
  BINLOG_DUMP_GTID(0x1e, false),
  RESET_CONNECTION(0x1f, true),
  CLONE(0x20, false),
  SUBSCRIBE_GROUP_REPLICATION_STREAM(0x21, false),
  /** MariaDB. */
  STMT_BULK_EXECUTE(0xfa, false),
  /** MariaDB. */
  SLAVE_WORKER(0xfb, false),
  /** MariaDB. */
  SLAVE_IO(0xfc, false),
  /** MariaDB. */
  SLAVE_SQL(0xfd, false),
  /** MariaDB, retired. */
  MULTI(0xfe, false);

  private static final CommandByte[] BY_CODE = byCode();

  private final int code;
  private final boolean offered;

  CommandByte(int code, boolean offered) {
    this.code = code;
    this.offered = offered;
  }

  public int code() {
    return code;
  }

  /** Whether a client may send it at all. */
  public boolean offered() {
    return offered;
  }

  /** The manual's name, for error texts. */
  public String manualName() {
    return "COM_" + name();
  }

  /** By the first byte of a payload; empty for a byte neither server knows. */
  public static Optional<CommandByte> of(int code) {
    CommandByte known = code >= 0 && code <= 0xff ? BY_CODE[code] : null;
    return Optional.ofNullable(known);
  }

  @SuppressWarnings("NullAway") // the holes stay null, and of() turns them into empty
  private static CommandByte[] byCode() {
    CommandByte[] table = new CommandByte[256];
    for (CommandByte command : values()) {
      table[command.code] = command;
    }
    return table;
  }
}
