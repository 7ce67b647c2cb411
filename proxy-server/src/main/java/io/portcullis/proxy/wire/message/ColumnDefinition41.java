package io.portcullis.proxy.wire.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;
import java.nio.charset.StandardCharsets;

/**
 * Description of one column of a result set or of a statement's parameter.
 *
 * @param type as in {@link ColumnType#code()}
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_column_definition.html">Protocol::ColumnDefinition41</a>
 */
public record ColumnDefinition41(
    String schema,
    String table,
    String originalTable,
    String name,
    String originalName,
    int charset,
    long length,
    int type,
    int flags,
    int decimals) {

  public static final int NOT_NULL_FLAG = 1;
  public static final int UNSIGNED_FLAG = 32;
  public static final int BINARY_FLAG = 128;

  /** Id of utf8mb4_0900_ai_ci's older sibling that every server knows: utf8mb4_general_ci. */
  public static final int UTF8MB4_GENERAL_CI = 45;

  /** Id of the collation of numbers and bytes. */
  public static final int BINARY = 63;

  private static final int FIXED_LENGTH = 0x0c;
  private static final int MAX_NAME = 4096;

  /** A column of ours: no table behind it. Numbers are signed; texts are utf8mb4. */
  public static ColumnDefinition41 of(String name, ColumnType type) {
    boolean text = type == ColumnType.VAR_STRING || type == ColumnType.BLOB;
    return new ColumnDefinition41(
        "",
        "",
        "",
        name,
        "",
        text ? UTF8MB4_GENERAL_CI : BINARY,
        type.displayLength(),
        type.code(),
        text ? 0 : BINARY_FLAG,
        type == ColumnType.DOUBLE ? 31 : 0);
  }

  public static ColumnDefinition41 varchar(String name) {
    return of(name, ColumnType.VAR_STRING);
  }

  public static ColumnDefinition41 bigint(String name) {
    return of(name, ColumnType.LONGLONG);
  }

  /** What a parameter of a prepared statement is described with before it is bound. */
  public static ColumnDefinition41 parameter() {
    return new ColumnDefinition41(
        "", "", "", "?", "", BINARY, 0, ColumnType.VAR_STRING.code(), BINARY_FLAG, 0);
  }

  /** The payload; the caller owns it. */
  public ByteBuf encode(ByteBufAllocator allocator, long capabilities) {
    ByteBuf out = allocator.buffer(64);
    write(out, capabilities);
    return out;
  }

  void write(ByteBuf out, long capabilities) {
    WireValues.writeLengthEncoded(out, "def", StandardCharsets.US_ASCII);
    WireValues.writeLengthEncoded(out, schema, StandardCharsets.UTF_8);
    WireValues.writeLengthEncoded(out, table, StandardCharsets.UTF_8);
    WireValues.writeLengthEncoded(out, originalTable, StandardCharsets.UTF_8);
    WireValues.writeLengthEncoded(out, name, StandardCharsets.UTF_8);
    WireValues.writeLengthEncoded(out, originalName, StandardCharsets.UTF_8);
    if (CapabilityFlags.has(capabilities, CapabilityFlags.MARIADB_EXTENDED_METADATA)) {
      out.writeByte(0);
    }
    out.writeByte(FIXED_LENGTH);
    out.writeShortLE(charset);
    out.writeIntLE((int) length);
    out.writeByte(type);
    out.writeShortLE(flags);
    out.writeByte(decimals);
    out.writeZero(2);
  }

  /** Decodes a column as sent under {@code capabilities}; borrows {@code payload}. */
  public static ColumnDefinition41 decode(ByteBuf payload, long capabilities) {
    readName(payload, "catalog");
    String schema = readName(payload, "schema");
    String table = readName(payload, "table");
    String originalTable = readName(payload, "original table");
    String name = readName(payload, "column");
    String originalName = readName(payload, "original column");
    if (CapabilityFlags.has(capabilities, CapabilityFlags.MARIADB_EXTENDED_METADATA)) {
      readName(payload, "extended metadata");
    }
    long fixed = WireValues.readLengthEncoded(payload, "column definition");
    if (fixed < 10) {
      throw new ProtocolException("column definition: " + fixed + " bytes (expected: 12)");
    }
    WireValues.require(payload, 10, "column definition");
    int charset = payload.readUnsignedShortLE();
    long length = payload.readUnsignedIntLE();
    int type = payload.readUnsignedByte();
    int flags = payload.readUnsignedShortLE();
    int decimals = payload.readUnsignedByte();
    return new ColumnDefinition41(
        schema, table, originalTable, name, originalName, charset, length, type, flags, decimals);
  }

  private static String readName(ByteBuf in, String field) {
    return WireValues.readLengthEncodedString(in, MAX_NAME, StandardCharsets.UTF_8, field);
  }
}
