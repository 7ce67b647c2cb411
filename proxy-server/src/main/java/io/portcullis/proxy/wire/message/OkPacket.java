package io.portcullis.proxy.wire.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.WireValues;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Success; with {@link CapabilityFlags#DEPRECATE_EOF} also the end of a result set, then under the
 * header byte of EOF. Session changes are sent only to clients that track them.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html">OK_Packet</a>
 */
public record OkPacket(
    long affectedRows,
    long lastInsertId,
    int statusFlags,
    int warnings,
    String info,
    List<SessionChange> changes) {

  public static final int HEADER = 0x00;

  private static final int MAX_TEXT = 0xff_ffff;

  public OkPacket {
    changes = List.copyOf(changes);
  }

  /** Nothing but success. */
  public static OkPacket of(int statusFlags) {
    return new OkPacket(0, 0, statusFlags, 0, "", List.of());
  }

  /** Whether a payload starts like an OK packet; where a row may come, the caller knows better. */
  public static boolean matches(ByteBuf payload) {
    return payload.isReadable() && payload.getUnsignedByte(payload.readerIndex()) == HEADER;
  }

  /** The payload; the caller owns it. */
  public ByteBuf encode(ByteBufAllocator allocator, long capabilities) {
    ByteBuf out = allocator.buffer(32 + info.length());
    write(out, HEADER, capabilities);
    return out;
  }

  void write(ByteBuf out, int header, long capabilities) {
    out.writeByte(header);
    WireValues.writeLengthEncoded(out, affectedRows);
    WireValues.writeLengthEncoded(out, lastInsertId);
    boolean tracks = CapabilityFlags.has(capabilities, CapabilityFlags.SESSION_TRACK);
    boolean changed = tracks && !changes.isEmpty();
    int status = statusFlags & ~StatusFlags.SESSION_STATE_CHANGED;
    out.writeShortLE(changed ? status | StatusFlags.SESSION_STATE_CHANGED : status);
    out.writeShortLE(warnings);
    if (!tracks) {
      out.writeCharSequence(info, StandardCharsets.UTF_8);
      return;
    }
    if (!info.isEmpty() || changed) {
      WireValues.writeLengthEncoded(out, info, StandardCharsets.UTF_8);
    }
    if (changed) {
      writeChanges(out);
    }
  }

  private void writeChanges(ByteBuf out) {
    ByteBuf all = out.alloc().buffer();
    ByteBuf one = out.alloc().buffer();
    try {
      for (SessionChange change : changes) {
        one.clear();
        if (change.type() == SessionChange.SYSTEM_VARIABLE) {
          WireValues.writeLengthEncoded(one, change.name(), StandardCharsets.UTF_8);
        }
        WireValues.writeLengthEncoded(one, change.value(), StandardCharsets.UTF_8);
        all.writeByte(change.type());
        WireValues.writeLengthEncoded(all, one.readableBytes());
        all.writeBytes(one);
      }
      WireValues.writeLengthEncoded(out, all.readableBytes());
      out.writeBytes(all);
    } finally {
      one.release();
      all.release();
    }
  }

  /**
   * Decodes an OK packet under either header byte, as sent under {@code capabilities}; borrows
   * {@code payload}.
   */
  public static OkPacket decode(ByteBuf payload, long capabilities) {
    int header = WireValues.readUnsignedByte(payload, "OK packet");
    if (header != HEADER && header != EofPacket.HEADER) {
      throw new ProtocolException("OK packet: header byte " + header);
    }
    long affectedRows = WireValues.readLengthEncoded(payload, "affected rows");
    long lastInsertId = WireValues.readLengthEncoded(payload, "last insert id");
    int statusFlags = WireValues.readUnsignedShort(payload, "status flags");
    int warnings = WireValues.readUnsignedShort(payload, "warnings");
    String info = "";
    List<SessionChange> changes = List.of();
    if (!CapabilityFlags.has(capabilities, CapabilityFlags.SESSION_TRACK)) {
      info = WireValues.readRest(payload, MAX_TEXT, StandardCharsets.UTF_8, "info");
    } else if (payload.isReadable()) {
      info = WireValues.readLengthEncodedString(payload, MAX_TEXT, StandardCharsets.UTF_8, "info");
      if (StatusFlags.has(statusFlags, StatusFlags.SESSION_STATE_CHANGED) && payload.isReadable()) {
        changes = readChanges(payload);
      }
    }
    return new OkPacket(affectedRows, lastInsertId, statusFlags, warnings, info, changes);
  }

  private static List<SessionChange> readChanges(ByteBuf payload) {
    ByteBuf all =
        payload.readSlice(WireValues.readLength(payload, MAX_TEXT, "session state changes"));
    List<SessionChange> changes = new ArrayList<>();
    while (all.isReadable()) {
      int type = WireValues.readUnsignedByte(all, "session state type");
      ByteBuf one = all.readSlice(WireValues.readLength(all, MAX_TEXT, "session state change"));
      switch (type) {
        case SessionChange.SYSTEM_VARIABLE:
          while (one.isReadable()) {
            String name = readText(one, "system variable name");
            changes.add(SessionChange.systemVariable(name, readText(one, "system variable")));
          }
          break;
        case SessionChange.SCHEMA:
        case SessionChange.STATE_CHANGE:
        case SessionChange.TRANSACTION_CHARACTERISTICS:
        case SessionChange.TRANSACTION_STATE:
          changes.add(new SessionChange(type, "", readText(one, "session state value")));
          break;
        default:
          // GTIDs have a format of their own, and later types are not known: nothing to learn here.
          break;
      }
    }
    return changes;
  }

  private static String readText(ByteBuf in, String field) {
    return WireValues.readLengthEncodedString(in, MAX_TEXT, StandardCharsets.UTF_8, field);
  }
}
