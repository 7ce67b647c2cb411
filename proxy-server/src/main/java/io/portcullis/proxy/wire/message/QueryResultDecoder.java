package io.portcullis.proxy.wire.message;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.WireValues;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Collects the answer to one small statement of our own: payloads in, one {@link QueryResult} out.
 * Answers over the limits, with LOCAL INFILE or with more results behind them are a {@link
 * ProtocolException}. Confined to one thread; borrows payloads.
 */
public final class QueryResultDecoder {
  private static final int LOCAL_INFILE = 0xfb;
  private static final int MAX_COLUMNS = 4096;

  private final long capabilities;
  private final int maxBytes;
  private final List<ColumnDefinition41> columns = new ArrayList<>();
  private final List<List<@Nullable String>> rows = new ArrayList<>();
  private Phase phase = Phase.FIRST;
  private int columnCount;
  private int bytes;

  private enum Phase {
    FIRST,
    COLUMNS,
    COLUMNS_END,
    ROWS,
    DONE
  }

  /**
   * @param capabilities of the connection, both sides
   * @param maxBytes bound for all payloads of the answer together
   */
  public QueryResultDecoder(long capabilities, int maxBytes) {
    this.capabilities = capabilities;
    this.maxBytes = maxBytes;
  }

  /** Takes the next payload; the result once it is complete. */
  public Optional<QueryResult> accept(ByteBuf payload) {
    bytes += payload.readableBytes();
    if (bytes > maxBytes || bytes < 0) {
      throw new ProtocolException("answer: over " + maxBytes + " bytes");
    }
    if (!payload.isReadable()) {
      throw new ProtocolException("answer: empty packet");
    }
    if (phase != Phase.DONE && phase != Phase.COLUMNS && ErrPacket.matches(payload)) {
      phase = Phase.DONE;
      return Optional.of(new QueryResult.Error(ErrPacket.decode(payload)));
    }
    return switch (phase) {
      case FIRST -> first(payload);
      case COLUMNS -> column(payload);
      case COLUMNS_END -> columnsEnd(payload);
      case ROWS -> row(payload);
      case DONE -> throw new ProtocolException("answer: packet after its end");
    };
  }

  private Optional<QueryResult> first(ByteBuf payload) {
    if (OkPacket.matches(payload)) {
      OkPacket ok = OkPacket.decode(payload, capabilities);
      return done(new QueryResult.Ok(ok), ok.statusFlags());
    }
    if (payload.getUnsignedByte(payload.readerIndex()) == LOCAL_INFILE) {
      throw new ProtocolException("answer: LOCAL INFILE");
    }
    boolean definitionsFollow = true;
    if (CapabilityFlags.has(capabilities, CapabilityFlags.OPTIONAL_RESULTSET_METADATA)) {
      definitionsFollow = WireValues.readUnsignedByte(payload, "metadata follows") != 0;
    }
    long count = WireValues.readLengthEncoded(payload, "column count");
    if (count < 1 || count > MAX_COLUMNS) {
      throw new ProtocolException("column count: " + count + " (expected: 1.." + MAX_COLUMNS + ")");
    }
    if (CapabilityFlags.has(capabilities, CapabilityFlags.MARIADB_CACHE_METADATA)
        && payload.isReadable()) {
      definitionsFollow = payload.readUnsignedByte() != 0;
    }
    if (!definitionsFollow) {
      throw new ProtocolException("answer: without column definitions");
    }
    columnCount = (int) count;
    phase = Phase.COLUMNS;
    return Optional.empty();
  }

  private Optional<QueryResult> column(ByteBuf payload) {
    columns.add(ColumnDefinition41.decode(payload, capabilities));
    if (columns.size() == columnCount) {
      phase = deprecatesEof() ? Phase.ROWS : Phase.COLUMNS_END;
    }
    return Optional.empty();
  }

  private Optional<QueryResult> columnsEnd(ByteBuf payload) {
    EofPacket.decode(payload);
    phase = Phase.ROWS;
    return Optional.empty();
  }

  private Optional<QueryResult> row(ByteBuf payload) {
    if (payload.getUnsignedByte(payload.readerIndex()) == EofPacket.HEADER
        && (deprecatesEof() || EofPacket.matches(payload))) {
      int status =
          deprecatesEof()
              ? OkPacket.decode(payload, capabilities).statusFlags()
              : EofPacket.decode(payload).statusFlags();
      return done(new QueryResult.Rows(columns, rows, status), status);
    }
    List<@Nullable String> row = new ArrayList<>(columnCount);
    for (int i = 0; i < columnCount; i++) {
      if (WireValues.isNull(payload)) {
        payload.skipBytes(1);
        row.add(null);
      } else {
        row.add(
            WireValues.readLengthEncodedString(
                payload, maxBytes, StandardCharsets.UTF_8, "column value"));
      }
    }
    if (payload.isReadable()) {
      throw new ProtocolException("row: " + payload.readableBytes() + " bytes after its values");
    }
    rows.add(Collections.unmodifiableList(row));
    return Optional.empty();
  }

  private Optional<QueryResult> done(QueryResult result, int statusFlags) {
    if (StatusFlags.has(statusFlags, StatusFlags.MORE_RESULTS_EXISTS)) {
      throw new ProtocolException("answer: more than one result");
    }
    phase = Phase.DONE;
    return Optional.of(result);
  }

  private boolean deprecatesEof() {
    return CapabilityFlags.has(capabilities, CapabilityFlags.DEPRECATE_EOF);
  }
}
