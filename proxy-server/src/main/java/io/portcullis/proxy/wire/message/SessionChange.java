package io.portcullis.proxy.wire.message;

/**
 * One session state change reported in an OK packet.
 *
 * @param type one of the constants; others are passed through
 * @param name of the system variable; empty for all other types
 * @param value new value, schema name, or the text as sent
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html#sect_protocol_basic_ok_packet_sessinfo">Session
 *     state information</a>
 */
public record SessionChange(int type, String name, String value) {
  public static final int SYSTEM_VARIABLE = 0;
  public static final int SCHEMA = 1;
  public static final int STATE_CHANGE = 2;
  public static final int GTIDS = 3;
  public static final int TRANSACTION_CHARACTERISTICS = 4;
  public static final int TRANSACTION_STATE = 5;

  public static SessionChange schema(String name) {
    return new SessionChange(SCHEMA, "", name);
  }

  public static SessionChange systemVariable(String name, String value) {
    return new SessionChange(SYSTEM_VARIABLE, name, value);
  }
}
