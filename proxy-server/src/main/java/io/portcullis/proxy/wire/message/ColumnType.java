package io.portcullis.proxy.wire.message;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.WireValues;
import java.nio.charset.StandardCharsets;

/** Types of the columns we answer with ourselves, and how a value travels in a binary row. */
public enum ColumnType {
  TINY(1, 4) {
    @Override
    void writeBinary(ByteBuf out, String value) {
      out.writeByte(Integer.parseInt(value));
    }
  },
  LONG(3, 11) {
    @Override
    void writeBinary(ByteBuf out, String value) {
      out.writeIntLE((int) Long.parseLong(value));
    }
  },
  LONGLONG(8, 21) {
    @Override
    void writeBinary(ByteBuf out, String value) {
      out.writeLongLE(
          value.startsWith("-") ? Long.parseLong(value) : Long.parseUnsignedLong(value));
    }
  },
  DOUBLE(5, 22) {
    @Override
    void writeBinary(ByteBuf out, String value) {
      out.writeDoubleLE(Double.parseDouble(value));
    }
  },
  VAR_STRING(253, 1024) {
    @Override
    void writeBinary(ByteBuf out, String value) {
      WireValues.writeLengthEncoded(out, value, StandardCharsets.UTF_8);
    }
  },
  BLOB(252, 0xffff_ffffL) {
    @Override
    void writeBinary(ByteBuf out, String value) {
      WireValues.writeLengthEncoded(out, value, StandardCharsets.UTF_8);
    }
  };

  private final int code;
  private final long displayLength;

  ColumnType(int code, long displayLength) {
    this.code = code;
    this.displayLength = displayLength;
  }

  /** The number on the wire (enum_field_types). */
  public int code() {
    return code;
  }

  long displayLength() {
    return displayLength;
  }

  /** Writes a value given as the text protocol shows it. */
  abstract void writeBinary(ByteBuf out, String value);
}
