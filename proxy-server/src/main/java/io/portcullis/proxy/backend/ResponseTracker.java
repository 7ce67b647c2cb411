package io.portcullis.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.session.CommandShape;
import io.portcullis.proxy.session.ResponseEdit;
import io.portcullis.proxy.session.ResponseEnd;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.StatusFlags;
import org.jspecify.annotations.Nullable;

/**
 * Knows where the response to a command ends, and cuts the received bytes there, without decoding
 * rows: it reads packet headers and the first byte of a packet, and whole packets only where a
 * response may change its course (first packet, OK, EOF, ERR). See <a
 * href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html">Command
 * Phase</a>.
 *
 * <pre>
 * FIRST -> COLUMNS -> [COLUMNS_END] -> ROWS -> end, or FIRST again while more results follow
 * FIRST -> PARAMETERS -> [PARAMETERS_END] -> PREPARED_COLUMNS -> [PREPARED_COLUMNS_END] -> end
 * </pre>
 *
 * The states in brackets exist only without CLIENT_DEPRECATE_EOF.
 *
 * <p>Bytes leave as slices of what came in. Held back, in a small buffer of its own, are only a
 * header that is not complete and a packet that must be seen whole before it is passed on. Edits
 * are made in place, so the received buffers must be exclusively the caller's and writable.
 *
 * <p>Confined to the event loop of its channel. Reused for all commands of one connection.
 */
final class ResponseTracker {

  /** Receives the bytes of a response. Never re-enters the tracker. */
  interface Output {
    /** Ownership of {@code framedBytes} passes. */
    void chunk(ByteBuf framedBytes);

    /** The backend asks for a file that nobody offered; nothing of that was relayed. */
    void localInfileRequested(int nextSequence);

    /**
     * The backend answers LOAD DATA LOCAL with the request for a file; nothing of that was relayed.
     *
     * @param name of the file, as the backend sent it
     * @param nextSequence what the client's first packet carries at the client
     */
    default void localFile(byte[] name, int nextSequence) {
      throw new IllegalStateException("no file was offered");
    }
  }

  private enum Phase {
    IDLE,
    FIRST,
    COLUMNS,
    COLUMNS_END,
    ROWS,
    PARAMETERS,
    PARAMETERS_END,
    PREPARED_COLUMNS,
    PREPARED_COLUMNS_END
  }

  private static final int HEADER = PacketFraming.HEADER_LENGTH;
  private static final int FULL = PacketFraming.MAX_FRAME_PAYLOAD;

  /** Of the sequence id in a header read as an integer. */
  private static final int SEQUENCE_SHIFT = 24;

  /** A packet to be held whole rarely is larger; the buffer grows if it is. */
  private static final int USUAL_HELD = 1024;

  /** EOF packets are shorter than this; a row that begins with 0xFE is not. */
  private static final int EOF_LIMIT = 9;

  private static final int OK = 0x00;
  private static final int LOCAL_INFILE = 0xFB;
  private static final int EOF = 0xFE;
  private static final int ERR = 0xFF;

  private final ByteBufAllocator allocator;
  private final boolean deprecateEof;
  private final NameEditor nameEditor;

  /** Whether packets are numbered as they come, since what they carry means nothing. */
  private final boolean counts;

  /** {@link #nameEditor} while a response passes whose names are to be edited. */
  private @Nullable NameEditor editor;

  private Phase phase = Phase.IDLE;
  private CommandShape shape = CommandShape.NONE;
  private int sequenceOffset;

  /** The file that was asked for by the request read last. */
  private byte @Nullable [] localFile;

  /** Whether the response underway has asked for its file. */
  private boolean localFileAsked;

  private boolean moreResults;

  /** Definitions still to come of the list being read. */
  private int remaining;

  /** Column definitions that follow the parameter definitions of a prepare-OK. */
  private int preparedColumns;

  /** Payload bytes of the current packet that pass without being looked at. */
  private int skip;

  /** Whether the packet being skipped is full, so that the next one continues it. */
  private boolean full;

  /** Whether the next packet continues one of 16 MiB. */
  private boolean continuation;

  /** A partial header, or a packet that must be complete before it is judged. */
  private @Nullable ByteBuf held;

  /** How many bytes {@link #held} must have for the next step. */
  private int heldTarget;

  private int sequence;

  /** The number of the last packet of either side, as the server would count them. */
  private int count;

  private int statusFlags;
  private int warnings;
  private boolean error;
  private int errno;

  ResponseTracker(ByteBufAllocator allocator, boolean deprecateEof) {
    this(allocator, deprecateEof, false, false, false);
  }

  /**
   * @param tracksSession whether OK packets tell what has changed in the session
   * @param extendedMetadata whether column definitions have MariaDB's extended metadata
   * @param compressed whether the connection is: see {@link
   *     io.portcullis.proxy.wire.CompressedConnection}
   */
  ResponseTracker(
      ByteBufAllocator allocator,
      boolean deprecateEof,
      boolean tracksSession,
      boolean extendedMetadata,
      boolean compressed) {
    this.counts = compressed;
    this.allocator = allocator;
    this.deprecateEof = deprecateEof;
    this.nameEditor = new NameEditor(allocator, tracksSession, extendedMetadata);
  }

  /** Expects the response to a command of that shape. The previous response must have ended. */
  void begin(CommandShape shape, ResponseEdit edit) {
    if (!ended()) {
      throw new IllegalStateException("a response is outstanding: " + this.shape);
    }
    this.shape = shape;
    if (edit.names() == null) {
      editor = null;
    } else {
      editor = nameEditor;
      nameEditor.begin(edit.names(), shape == CommandShape.EXECUTE || shape == CommandShape.FETCH);
    }
    sequenceOffset = edit.sequenceOffset();
    moreResults = edit.moreResults();
    sequence = edit.sequenceOffset() - 1;
    count = 0;
    warnings = 0;
    error = false;
    errno = 0;
    continuation = false;
    localFileAsked = false;
    phase =
        switch (shape) {
          case NONE -> Phase.IDLE;
          case FETCH, FIELD_LIST -> Phase.ROWS;
          case QUERY, LOAD_LOCAL, PREPARE, EXECUTE, SINGLE, STRING -> Phase.FIRST;
        };
  }

  /** Whether no response is outstanding. */
  boolean ended() {
    return phase == Phase.IDLE;
  }

  /** How the last response ended. */
  ResponseEnd end() {
    return new ResponseEnd(error, errno, statusFlags, warnings, nextSequence());
  }

  /** Sequence id of a packet that follows the one passed on last, renumbered as it was. */
  int nextSequence() {
    return (sequence + 1) & 0xFF;
  }

  /**
   * How many bytes complete the packet whose beginning was passed on last: 0 between two packets
   * (what is {@link #held} was not passed on), -1 when it is continued in another.
   */
  int restOfPacket() {
    return continuation || (skip > 0 && full) ? -1 : skip;
  }

  /** Status flags of the last OK or EOF packet of any response. */
  int statusFlags() {
    return statusFlags;
  }

  /** Releases what is held back. */
  void close() {
    ByteBuf partial = held;
    held = null;
    if (partial != null) {
      partial.release();
    }
    phase = Phase.IDLE;
  }

  /**
   * Reads on until the response or the buffer ends. Borrows {@code in} and leaves its indices
   * alone; what is passed on is retained.
   *
   * @return the number of bytes used; fewer than there are only when the response {@link #ended}
   * @throws ProtocolException when the bytes are not a response to the command; the connection is
   *     of no use any more
   */
  int accept(ByteBuf in, Output out) {
    int begin = in.readerIndex();
    int end = in.writerIndex();
    int passFrom = begin;
    int position = begin;
    while (position < end && phase != Phase.IDLE) {
      if (held != null) {
        position = fillHeld(held, in, position, end, out);
        passFrom = position;
      } else if (skip > 0) {
        int count = Math.min(skip, end - position);
        position += count;
        skip -= count;
        if (skip == 0) {
          packetPassed();
        }
      } else {
        position = passRows(in, position, end);
        int available = end - position;
        if (available == 0) {
          break;
        }
        int length = available < HEADER ? -1 : PacketFraming.payloadLength(in, position);
        if (length < 0 || (length > 0 && available == HEADER && !continuation)) {
          pass(in, begin, end, passFrom, position, out);
          hold(in, position, available, HEADER + (length > 0 ? 1 : 0));
          position = end;
          passFrom = end;
        } else if (!mustBeWhole(length, length > 0 ? firstByte(in, position) : -1)) {
          startSkipping(in, position, length);
          position += HEADER;
          if (length == 0) {
            packetPassed();
          }
        } else if (available < HEADER + length) {
          pass(in, begin, end, passFrom, position, out);
          hold(in, position, available, HEADER + length);
          position = end;
          passFrom = end;
        } else if (editor != null) {
          pass(in, begin, end, passFrom, position, out);
          int received = PacketFraming.sequenceId(in, position);
          ByteBuf edited = edited(editor, in, position, length);
          if (edited != null) {
            out.chunk(edited);
          } else {
            localInfile(received, out);
          }
          position += HEADER + length;
          passFrom = position;
        } else if (judge(in, position, length)) {
          position += HEADER + length;
        } else {
          pass(in, begin, end, passFrom, position, out);
          int received = PacketFraming.sequenceId(in, position);
          position += HEADER + length;
          passFrom = position;
          localInfile(received, out);
        }
      }
    }
    pass(in, begin, end, passFrom, position, out);
    return position - begin;
  }

  /**
   * Goes over the rows that are whole in the buffer, as nearly all are, with a look at their
   * headers and first bytes only.
   *
   * @return where the next packet begins that is another, or not whole
   */
  private int passRows(ByteBuf in, int position, int end) {
    if (phase != Phase.ROWS || editor != null || continuation) {
      return position;
    }
    int at = position;
    while (end - at > HEADER) {
      int header = in.getIntLE(at);
      int length = header & FULL;
      int next = at + HEADER + length;
      if (length == 0 || length == FULL || next > end || in.getUnsignedByte(at + HEADER) >= EOF) {
        break;
      }
      sequence = number(header >>> SEQUENCE_SHIFT) + sequenceOffset;
      if (counts || sequenceOffset != 0) {
        in.setByte(at + HEADER - 1, sequence);
      }
      at = next;
    }
    return at;
  }

  /** Continuations have no first byte of their own; -1 there may also be a header on its own. */
  private int firstByte(ByteBuf in, int position) {
    return continuation ? -1 : in.getUnsignedByte(position + HEADER);
  }

  private void hold(ByteBuf in, int position, int available, int target) {
    ByteBuf partial = allocator.ioBuffer(Math.max(available, Math.min(target, USUAL_HELD)));
    partial.writeBytes(in, position, available);
    held = partial;
    heldTarget = target;
  }

  /** Moves bytes into the held packet and goes on with it when it has enough of them. */
  private int fillHeld(ByteBuf partial, ByteBuf in, int position, int end, Output out) {
    int count = Math.min(heldTarget - partial.readableBytes(), end - position);
    partial.writeBytes(in, position, count);
    if (partial.readableBytes() < heldTarget) {
      return position + count;
    }
    int length = PacketFraming.payloadLength(partial, 0);
    if (partial.readableBytes() == HEADER && length > 0 && !continuation) {
      heldTarget = HEADER + 1;
    } else if (!mustBeWhole(
        length, partial.readableBytes() > HEADER ? firstByte(partial, 0) : -1)) {
      startSkipping(partial, 0, length);
      skip -= partial.readableBytes() - HEADER;
      held = null;
      if (skip == 0) {
        packetPassed();
      }
      out.chunk(partial);
    } else if (partial.readableBytes() < HEADER + length) {
      heldTarget = HEADER + length;
    } else {
      // judged while still held: close() releases it when it turns out to be malformed
      if (editor != null) {
        int received = PacketFraming.sequenceId(partial, 0);
        ByteBuf edited = edited(editor, partial, 0, length);
        held = null;
        partial.release();
        if (edited != null) {
          out.chunk(edited);
        } else {
          localInfile(received, out);
        }
        return position + count;
      }
      boolean relayed = judge(partial, 0, length);
      held = null;
      if (relayed) {
        out.chunk(partial);
      } else {
        int received = PacketFraming.sequenceId(partial, 0);
        partial.release();
        localInfile(received, out);
      }
    }
    return position + count;
  }

  private static void pass(ByteBuf in, int begin, int end, int from, int to, Output out) {
    if (from == begin && to == end && begin < end) {
      out.chunk(in.retain());
    } else if (from < to) {
      out.chunk(in.retainedSlice(from, to - from));
    }
  }

  /**
   * A packet that is complete, moved on by and with its names edited; the caller's to release. Null
   * if it is a LOCAL INFILE request.
   */
  private @Nullable ByteBuf edited(NameEditor names, ByteBuf in, int position, int length) {
    int first = in.getUnsignedByte(position + HEADER);
    // Neither names anything, and each has another form than the OK it begins like.
    boolean nameless = length == 5 || (shape == CommandShape.PREPARE && first == OK);
    ByteBuf changed;
    if (isCourse(length, first)) {
      if (!judge(in, position, length)) {
        return null;
      }
      if (phase == Phase.COLUMNS) {
        names.beginColumns();
      }
      changed = nameless && first != ERR ? null : names.end(in, position, length);
    } else {
      boolean definition = phase != Phase.ROWS || shape == CommandShape.FIELD_LIST;
      startSkipping(in, position, length);
      skip = 0;
      packetPassed();
      changed = definition ? names.column(in, position, length) : names.row(in, position, length);
    }
    return changed != null ? changed : in.copy(position, HEADER + length);
  }

  /** Whether a packet must be seen whole: to know the response's course, or to edit it. */
  private boolean mustBeWhole(int length, int first) {
    if (continuation) {
      return false;
    }
    NameEditor names = editor;
    if (names != null && length > 0 && length < FULL) {
      boolean edited =
          switch (phase) {
            case COLUMNS, PARAMETERS, PREPARED_COLUMNS -> true;
            case ROWS -> shape == CommandShape.FIELD_LIST || names.editsRows();
            default -> false;
          };
      if (edited) {
        return true;
      }
    }
    return isCourse(length, first);
  }

  /** Whether a packet of that length and first byte may change the course of the response. */
  private boolean isCourse(int length, int first) {
    return switch (phase) {
      case COLUMNS, PARAMETERS, PREPARED_COLUMNS -> first == ERR;
      case ROWS ->
          first == ERR || (first == EOF && (deprecateEof ? length < FULL : length < EOF_LIMIT));
      case FIRST -> shape != CommandShape.STRING || first == ERR;
      case COLUMNS_END, PARAMETERS_END, PREPARED_COLUMNS_END -> true;
      case IDLE -> throw new IllegalStateException("no response is expected");
    };
  }

  private void startSkipping(ByteBuf in, int position, int length) {
    renumber(in, position);
    skip = length;
    full = length == FULL;
  }

  private void renumber(ByteBuf in, int position) {
    sequence = number(PacketFraming.sequenceId(in, position)) + sequenceOffset;
    if (counts || sequenceOffset != 0) {
      in.setByte(position + HEADER - 1, sequence);
    }
  }

  private int number(int received) {
    return counts ? ++count : received;
  }

  /** A packet of the client with this number was sent on: the server's next has the one after. */
  void sent(int number) {
    count = number;
  }

  /** A packet has passed that was not looked at. */
  private void packetPassed() {
    continuation = full;
    if (continuation) {
      return;
    }
    switch (phase) {
      case COLUMNS -> {
        if (--remaining == 0) {
          phase = deprecateEof ? Phase.ROWS : Phase.COLUMNS_END;
        }
      }
      case PARAMETERS -> {
        if (--remaining == 0) {
          if (deprecateEof) {
            beginPreparedColumns();
          } else {
            phase = Phase.PARAMETERS_END;
          }
        }
      }
      case PREPARED_COLUMNS -> {
        if (--remaining == 0) {
          phase = deprecateEof ? Phase.IDLE : Phase.PREPARED_COLUMNS_END;
        }
      }
      case FIRST -> phase = Phase.IDLE; // the text of COM_STATISTICS
      case ROWS -> {}
      case COLUMNS_END, PARAMETERS_END, PREPARED_COLUMNS_END, IDLE ->
          throw new IllegalStateException("passed unseen: packet in " + phase);
    }
  }

  private void beginPreparedColumns() {
    remaining = preparedColumns;
    phase = remaining > 0 ? Phase.PREPARED_COLUMNS : Phase.IDLE;
  }

  /**
   * Moves on by a packet that is complete.
   *
   * @return false if it is a LOCAL INFILE request, which is not relayed
   */
  private boolean judge(ByteBuf in, int position, int length) {
    if (length == 0 || length == FULL) {
      throw violation("length " + length);
    }
    int payload = position + HEADER;
    int first = in.getUnsignedByte(payload);
    if (first == LOCAL_INFILE && phase == Phase.FIRST) {
      if (executes()) {
        return false;
      }
      if (shape == CommandShape.LOAD_LOCAL && !localFileAsked) {
        byte[] name = new byte[length - 1];
        in.getBytes(payload + 1, name);
        localFile = name;
        localFileAsked = true;
        sequence = number(PacketFraming.sequenceId(in, position)) + sequenceOffset;
        return false;
      }
    }
    renumber(in, position);
    if (first == ERR) {
      if (length < 3) {
        throw violation("ERR of length " + length);
      }
      error = true;
      errno = in.getUnsignedShortLE(payload + 1);
      phase = Phase.IDLE;
      return true;
    }
    switch (phase) {
      case FIRST -> judgeFirst(in, payload, length, first);
      case ROWS -> endOfResult(in, payload, length);
      case COLUMNS_END -> {
        int status = requireEof(in, payload, length, first);
        if (shape == CommandShape.EXECUTE && StatusFlags.has(status, StatusFlags.CURSOR_EXISTS)) {
          endOfResult(in, payload, length);
        } else {
          phase = Phase.ROWS;
        }
      }
      case PARAMETERS_END -> {
        requireEof(in, payload, length, first);
        beginPreparedColumns();
      }
      case PREPARED_COLUMNS_END -> {
        requireEof(in, payload, length, first);
        phase = Phase.IDLE;
      }
      case COLUMNS, PARAMETERS, PREPARED_COLUMNS, IDLE ->
          throw new IllegalStateException("judged: packet in " + phase);
    }
    return true;
  }

  private void judgeFirst(ByteBuf in, int payload, int length, int first) {
    if (shape == CommandShape.PREPARE) {
      // 00, statement id (4), columns (2), parameters (2), filler (1), warnings (2)
      if (first != OK || length < 12) {
        throw violation("prepare-OK of length " + length + ", first byte " + first);
      }
      preparedColumns = in.getUnsignedShortLE(payload + 5);
      warnings = in.getUnsignedShortLE(payload + 10);
      remaining = in.getUnsignedShortLE(payload + 7);
      if (remaining > 0) {
        phase = Phase.PARAMETERS;
      } else {
        beginPreparedColumns();
      }
    } else if (first == OK || (first == EOF && shape == CommandShape.SINGLE)) {
      endOfResult(in, payload, length);
    } else if (executes()) {
      remaining = columnCount(in, payload, length, first);
      phase = Phase.COLUMNS;
    } else {
      throw violation("first byte " + first);
    }
  }

  private int columnCount(ByteBuf in, int payload, int length, int first) {
    if (first < LOCAL_INFILE && length == 1) {
      return first;
    }
    if (first == 0xFC && length == 3) {
      return in.getUnsignedShortLE(payload + 1);
    }
    throw violation("column count of length " + length + ", first byte " + first);
  }

  private boolean executes() {
    return shape == CommandShape.QUERY || shape == CommandShape.EXECUTE;
  }

  private int requireEof(ByteBuf in, int payload, int length, int first) {
    if (first != EOF || length != 5) {
      throw violation("EOF expected, got length " + length + ", first byte " + first);
    }
    warnings = in.getUnsignedShortLE(payload + 1);
    statusFlags = in.getUnsignedShortLE(payload + 3);
    return statusFlags;
  }

  /** The OK or EOF that ends a result: the last one, unless its flags announce another. */
  private void endOfResult(ByteBuf in, int payload, int length) {
    int statusAt;
    if (in.getUnsignedByte(payload) == EOF && length == 5) {
      warnings = in.getUnsignedShortLE(payload + 1);
      statusAt = payload + 3;
    } else {
      // header, affected rows, last insert id, status, warnings
      int end = payload + length;
      statusAt = afterInteger(in, afterInteger(in, payload + 1, end), end);
      if (end - statusAt < 4) {
        throw violation("OK of length " + length);
      }
      warnings = in.getUnsignedShortLE(statusAt + 2);
    }
    statusFlags = in.getUnsignedShortLE(statusAt);
    if (executes() && StatusFlags.has(statusFlags, StatusFlags.MORE_RESULTS_EXISTS)) {
      phase = Phase.FIRST;
      return;
    }
    phase = Phase.IDLE;
    if (moreResults) {
      in.setShortLE(statusAt, statusFlags | StatusFlags.MORE_RESULTS_EXISTS);
    }
  }

  private int afterInteger(ByteBuf in, int at, int end) {
    if (at < end) {
      int first = in.getUnsignedByte(at);
      int size =
          first < LOCAL_INFILE ? 1 : first == 0xFC ? 3 : first == 0xFD ? 4 : first == EOF ? 9 : 0;
      if (size > 0 && size <= end - at) {
        return at + size;
      }
    }
    throw violation("integer in OK");
  }

  /** Unless it is passed on, the request and our empty answer take two ids no client sees. */
  private void localInfile(int received, Output out) {
    byte[] name = localFile;
    if (name != null) {
      localFile = null;
      out.localFile(name, nextSequence());
      return;
    }
    sequenceOffset -= 2;
    count += 2;
    out.localInfileRequested((received + 1) & 0xFF);
  }

  private ProtocolException violation(String what) {
    return new ProtocolException("backend response to " + shape + " in " + phase + ": " + what);
  }
}
