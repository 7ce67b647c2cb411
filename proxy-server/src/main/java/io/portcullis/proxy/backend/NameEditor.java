package io.portcullis.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.session.ResponseEdit.Names;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.WireValues;
import io.portcullis.proxy.wire.message.SessionChange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shows the databases of an account under the names the account gave them (DESIGN D6): takes the
 * prefix of its schemas away from the packets of a response that can name one. Those are column
 * definitions (the schema, and a name made of an expression's text), error texts, the current
 * schema among the session's changes, and rows where the statement shows definitions. Rows of
 * queries are left alone: what is in tables is the account's own.
 *
 * <p>Each method borrows a whole packet and returns what takes its place, the caller's to release,
 * or null where nothing changes. Confined to the event loop of its channel.
 */
final class NameEditor {

  private static final int HEADER = PacketFraming.HEADER_LENGTH;
  private static final int OK = 0x00;

  /** Catalog, schema, table, original table, name, original name. */
  private static final int NAMES_OF_COLUMN = 6;

  private static final int SCHEMA_OF_COLUMN = 1;
  private static final int NAME_OF_COLUMN = 4;

  private static final String TABLES_IN = "Tables_in_";

  /** Where a definition's fixed part has the type: behind character set and length. */
  private static final int TYPE_IN_FIXED = 6;

  private static final int FIRST_BIT_OF_ROW = 2;

  // enum_field_types; all others are length-encoded in a binary row
  private static final int TINY = 1;
  private static final int SHORT = 2;
  private static final int LONG = 3;
  private static final int FLOAT = 4;
  private static final int DOUBLE = 5;
  private static final int TIMESTAMP = 7;
  private static final int LONGLONG = 8;
  private static final int INT24 = 9;
  private static final int DATE = 10;
  private static final int TIME = 11;
  private static final int DATETIME = 12;
  private static final int YEAR = 13;

  private final ByteBufAllocator allocator;
  private final boolean tracksSession;
  private final boolean extendedMetadata;
  private final List<Integer> types = new ArrayList<>();
  private @Nullable Names names;
  private boolean binary;

  NameEditor(ByteBufAllocator allocator, boolean tracksSession, boolean extendedMetadata) {
    this.allocator = allocator;
    this.tracksSession = tracksSession;
    this.extendedMetadata = extendedMetadata;
  }

  /**
   * A response begins.
   *
   * @param binaryRows whether its rows are in the binary format
   */
  void begin(Names names, boolean binaryRows) {
    this.names = names;
    binary = binaryRows;
    types.clear();
  }

  /** A result set begins: columns that come are of another one. */
  void beginColumns() {
    types.clear();
  }

  /** Whether rows can name a schema. */
  boolean editsRows() {
    return names().inRows();
  }

  private Names names() {
    Names known = names;
    if (known == null) {
      throw new IllegalStateException("no response has begun");
    }
    return known;
  }

  @Nullable ByteBuf column(ByteBuf in, int position, int length) {
    boolean inRows = names().inRows();
    int from = position + HEADER;
    if (!inRows && !contains(in, from, from + length)) {
      return null;
    }
    ByteBuf payload = in.slice(from, length);
    ByteBuf out = begin(in, position, length);
    boolean changed = false;
    boolean done = false;
    try {
      for (int i = 0; i < NAMES_OF_COLUMN; i++) {
        boolean name = i >= NAME_OF_COLUMN;
        changed |=
            inRows && name
                ? copyHeading(payload, out)
                : copyString(payload, out, i == SCHEMA_OF_COLUMN || (name && isText(payload)));
      }
      if (inRows) {
        noteType(payload);
      }
      out.writeBytes(payload);
      done = changed;
      return changed ? end(out) : null;
    } finally {
      if (!done) {
        out.release();
      }
    }
  }

  /**
   * Whether a column's name is the text of an expression in which a schema can be named: a dot
   * follows it. Columns that happen to be called like a schema keep their names.
   */
  private static boolean isText(ByteBuf payload) {
    ByteBuf rest = payload.duplicate();
    int length = WireValues.readLength(rest, Integer.MAX_VALUE, "column");
    return rest.indexOf(rest.readerIndex(), rest.readerIndex() + length, (byte) '.') >= 0;
  }

  /** What SHOW TABLES heads its list with: the name follows on a word. */
  private boolean copyHeading(ByteBuf payload, ByteBuf out) {
    ByteBuf rest = payload.duplicate();
    int length = WireValues.readLength(rest, Integer.MAX_VALUE, "column");
    String name = rest.toString(rest.readerIndex(), length, StandardCharsets.UTF_8);
    String logical =
        name.startsWith(TABLES_IN) ? names().logical(name.substring(TABLES_IN.length())) : "";
    if (logical.isEmpty() || name.equals(TABLES_IN + logical)) {
      return copyString(payload, out, true);
    }
    WireValues.writeLengthEncoded(out, TABLES_IN + logical, StandardCharsets.UTF_8);
    payload.skipBytes(rest.readerIndex() - payload.readerIndex() + length);
    return true;
  }

  private void noteType(ByteBuf payload) {
    int fixed = payload.readerIndex();
    if (extendedMetadata) {
      fixed += sizeOfString(payload, fixed);
    }
    types.add((int) payload.getUnsignedByte(fixed + 1 + TYPE_IN_FIXED));
  }

  private static int sizeOfString(ByteBuf in, int at) {
    ByteBuf rest = in.slice(at, in.writerIndex() - at);
    int length = WireValues.readLength(rest, Integer.MAX_VALUE, "metadata");
    return rest.readerIndex() + length;
  }

  @Nullable ByteBuf row(ByteBuf in, int position, int length) {
    if (!contains(in, position + HEADER, position + HEADER + length)) {
      return null;
    }
    ByteBuf payload = in.slice(position + HEADER, length);
    ByteBuf out = begin(in, position, length);
    boolean done = false;
    try {
      if (binary) {
        binaryRow(payload, out);
      } else {
        while (payload.isReadable()) {
          copyValue(payload, out);
        }
      }
      done = true;
      return end(out);
    } finally {
      if (!done) {
        out.release();
      }
    }
  }

  private void copyValue(ByteBuf payload, ByteBuf out) {
    if (WireValues.isNull(payload)) {
      out.writeByte(payload.readByte());
    } else {
      copyString(payload, out, true);
    }
  }

  private void binaryRow(ByteBuf payload, ByteBuf out) {
    int begin = payload.readerIndex();
    int bitmap = (types.size() + 7 + FIRST_BIT_OF_ROW) / 8;
    out.writeBytes(payload, 1 + bitmap);
    for (int i = 0; i < types.size(); i++) {
      int bit = i + FIRST_BIT_OF_ROW;
      boolean isNull = (payload.getByte(begin + 1 + bit / 8) & (1 << (bit % 8))) != 0;
      if (!isNull) {
        copyBinary(types.get(i), payload, out);
      }
    }
  }

  private void copyBinary(int type, ByteBuf payload, ByteBuf out) {
    int size =
        switch (type) {
          case TINY -> 1;
          case SHORT, YEAR -> 2;
          case LONG, INT24, FLOAT -> 4;
          case LONGLONG, DOUBLE -> 8;
          case TIMESTAMP, DATE, TIME, DATETIME ->
              1 + payload.getUnsignedByte(payload.readerIndex());
          default -> -1;
        };
    if (size < 0) {
      copyString(payload, out, true);
    } else {
      out.writeBytes(payload, size);
    }
  }

  /** The packet that ends a result or a response: OK, EOF or ERR. */
  @Nullable ByteBuf end(ByteBuf in, int position, int length) {
    int payload = position + HEADER;
    if (!contains(in, payload, payload + length)) {
      return null;
    }
    int first = in.getUnsignedByte(payload);
    if (first == 0xFF) {
      ByteBuf out = begin(in, position, length);
      out.writeBytes(logical(in, payload, length));
      return end(out);
    }
    return tracksSession && (first == OK || first == 0xFE) ? ok(in, position, length) : null;
  }

  private @Nullable ByteBuf ok(ByteBuf in, int position, int length) {
    ByteBuf payload = in.slice(position + HEADER, length);
    payload.skipBytes(1);
    WireValues.readLengthEncoded(payload, "affected rows");
    WireValues.readLengthEncoded(payload, "last insert id");
    int status = WireValues.readUnsignedShort(payload, "status flags");
    WireValues.readUnsignedShort(payload, "warnings");
    if (!payload.isReadable() || !StatusFlags.has(status, StatusFlags.SESSION_STATE_CHANGED)) {
      return null;
    }
    payload.skipBytes(WireValues.readLength(payload, Integer.MAX_VALUE, "info"));
    ByteBuf out = begin(in, position, length);
    ByteBuf changes = allocator.buffer(length);
    boolean done = false;
    try {
      out.writeBytes(in, position + HEADER, payload.readerIndex());
      ByteBuf all =
          payload.readSlice(WireValues.readLength(payload, Integer.MAX_VALUE, "session changes"));
      while (all.isReadable()) {
        int type = all.readUnsignedByte();
        ByteBuf one =
            all.readSlice(WireValues.readLength(all, Integer.MAX_VALUE, "session change"));
        changes.writeByte(type);
        if (type == SessionChange.SCHEMA) {
          ByteBuf name = one.readSlice(WireValues.readLength(one, Integer.MAX_VALUE, "schema"));
          byte[] logical = logical(name, 0, name.readableBytes());
          ByteBuf value = allocator.buffer(logical.length + 9);
          try {
            WireValues.writeLengthEncoded(value, logical);
            WireValues.writeLengthEncoded(changes, value.readableBytes());
            changes.writeBytes(value);
          } finally {
            value.release();
          }
        } else {
          WireValues.writeLengthEncoded(changes, one.readableBytes());
          changes.writeBytes(one);
        }
      }
      WireValues.writeLengthEncoded(out, changes.readableBytes());
      out.writeBytes(changes);
      out.writeBytes(payload);
      done = true;
      return end(out);
    } finally {
      changes.release();
      if (!done) {
        out.release();
      }
    }
  }

  private ByteBuf begin(ByteBuf in, int position, int length) {
    ByteBuf out = allocator.ioBuffer(HEADER + length);
    return out.writeMediumLE(0).writeByte(in.getByte(position + HEADER - 1));
  }

  private static ByteBuf end(ByteBuf out) {
    int length = out.readableBytes() - HEADER;
    if (length >= PacketFraming.MAX_FRAME_PAYLOAD) {
      out.release();
      throw new ProtocolException("a packet that names a schema: " + length + " bytes");
    }
    return out.setMediumLE(0, length);
  }

  /** Returns whether it was changed. */
  private boolean copyString(ByteBuf payload, ByteBuf out, boolean named) {
    int length = WireValues.readLength(payload, Integer.MAX_VALUE, "text");
    int begin = payload.readerIndex();
    boolean changed = named && indexOf(payload, begin, begin + length) >= 0;
    if (changed) {
      WireValues.writeLengthEncoded(out, logical(payload, begin, length));
    } else {
      WireValues.writeLengthEncoded(out, length);
      out.writeBytes(payload, begin, length);
    }
    payload.skipBytes(length);
    return changed;
  }

  private byte[] logical(ByteBuf in, int begin, int length) {
    ByteBuf out = allocator.buffer(length);
    try {
      int from = begin;
      int end = begin + length;
      for (int at = indexOf(in, from, end); at >= 0; at = indexOf(in, from, end)) {
        out.writeBytes(in, from, at - from);
        from = at + names().length();
      }
      out.writeBytes(in, from, end - from);
      byte[] bytes = new byte[out.readableBytes()];
      out.readBytes(bytes);
      return bytes;
    } finally {
      out.release();
    }
  }

  /** Whether the prefix is there at all: what is before it may be a length. */
  private boolean contains(ByteBuf in, int begin, int end) {
    return find(in, begin, end) >= 0;
  }

  /** Where the prefix begins a name; negative when it does nowhere. */
  private int indexOf(ByteBuf in, int begin, int end) {
    for (int at = find(in, begin, end); at >= 0; at = find(in, at + 1, end)) {
      if (at == begin || !Names.isPartOfName(in.getByte(at - 1))) {
        return at;
      }
    }
    return -1;
  }

  private int find(ByteBuf in, int begin, int end) {
    Names prefix = names();
    int last = end - prefix.length();
    for (int at = begin; at <= last; at++) {
      at = in.indexOf(at, last + 1, prefix.at(0));
      if (at < 0 || isPrefix(in, at, prefix)) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isPrefix(ByteBuf in, int at, Names prefix) {
    for (int i = 1; i < prefix.length(); i++) {
      if (in.getByte(at + i) != prefix.at(i)) {
        return false;
      }
    }
    return true;
  }
}
