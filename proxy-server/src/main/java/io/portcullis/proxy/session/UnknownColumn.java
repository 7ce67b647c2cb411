package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.authz.ObjectNames;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.access.RelationName;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.Optional;

/**
 * A column that the backend says it does not know: to who may see some columns of a table only, it
 * is one that he may not, whether it is there or not.
 *
 * @param table as the backend has it
 */
record UnknownColumn(String name, RelationName table) {

  /** Behind 0xff, the number, and the marker with the SQLSTATE. */
  private static final int MESSAGE = PacketFraming.HEADER_LENGTH + 9;

  /**
   * @param error the packet with error 1054; borrowed
   * @param exposed tables that are hidden in part, as the statement calls them
   * @return empty where it is said to be of another table
   */
  static Optional<UnknownColumn> in(
      ByteBuf error, Charset charset, Map<String, RelationName> exposed) {
    int begin = error.readerIndex() + MESSAGE;
    String message =
        begin < error.writerIndex()
            ? error.toString(begin, error.writerIndex() - begin, charset)
            : "";
    int open = message.indexOf('\'');
    int close = message.indexOf('\'', open + 1);
    String name = open < 0 || close < 0 ? "" : message.substring(open + 1, close);
    int dot = name.lastIndexOf('.');
    if (dot < 0) {
      return exposed.values().stream().findFirst().map(table -> new UnknownColumn(name, table));
    }
    String qualifier = name.substring(name.lastIndexOf('.', dot - 1) + 1, dot);
    return Optional.ofNullable(exposed.get(ObjectNames.fold(qualifier)))
        .map(table -> new UnknownColumn(name.substring(dot + 1), table));
  }
}
