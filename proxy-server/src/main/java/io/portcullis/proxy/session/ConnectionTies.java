package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.analysis.SessionUse;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.statement.Repetition;
import io.portcullis.sql.statement.SetVariables;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What ties a session to the connection it has to the backend, beside what the server's status
 * flags and the gate's books tell (transactions, locked tables, prepared statements): whether its
 * next statement may run on another one, and what has to be said there first.
 *
 * <p>What can be carried over is: the SETs whose values are in their text, and LAST_INSERT_ID().
 * For all else the session keeps its connection: until the next statement where that may ask for
 * what this one left (warnings, an error, SQL_CALC_FOUND_ROWS), and otherwise until it is reset.
 * FOUND_ROWS() and ROW_COUNT() are lost with a connection; a statement that asks for them then is
 * refused, once, and the session keeps its connection from there on.
 *
 * <p>A statement that leaves nothing pays two fields. Confined to the event loop.
 */
final class ConnectionTies {

  /** Of all SETs to be said again; who needs more keeps its connection. */
  private static final int MOST_SETTINGS = 32;

  private static final int LONGEST_SETTING = 1024;

  /** Packet header and command byte. */
  private static final int TEXT_OFFSET = PacketFraming.HEADER_LENGTH + 1;

  private final List<String> settings = new ArrayList<>();

  /** Those before this one may be what one behind them was made of: they stay where they are. */
  private int firstMovable;

  private boolean kept;
  private boolean keptForNext;
  private boolean insertIdUnknown;
  private String insertId = "0";

  /** The connection was given up, and no statement of the client has run on another since. */
  private boolean moved;

  private @Nullable String setting;
  private boolean settingAlone;

  /** Whether the statement asks for what was lost with the connection before. */
  boolean isLost(StatementAnalysis analysis) {
    return moved && analysis.sessionUse() == SessionUse.TAKES;
  }

  /**
   * A statement is about to run.
   *
   * @param framed the command with its text; null where the text was sent before
   */
  void runs(StatementAnalysis analysis, @Nullable ByteBuf framed) {
    keptForNext = false;
    moved = false;
    SessionUse use = analysis.sessionUse();
    if (use != SessionUse.NONE || setting != null) {
      note(use, analysis, framed);
    }
  }

  private void note(SessionUse use, StatementAnalysis analysis, @Nullable ByteBuf framed) {
    kept |= setting != null; // nobody knows what became of it
    setting = null;
    switch (use) {
      case NONE -> {}
      case INSERT_ID -> insertIdUnknown = true;
      case LEAVES -> keptForNext = true;
      case TAKES, KEEPS -> kept = true;
      case SETTING -> {
        setting = framed == null ? null : text(framed);
        kept |= setting == null;
        settingAlone =
            analysis.statement() instanceof SetVariables set
                && set.repetition() == Repetition.ALONE;
      }
    }
  }

  /** From here on the session keeps its connection. */
  void keep() {
    kept = true;
  }

  /**
   * Null for one that might be read differently when it is said again, since its sql_mode or
   * character set may be another one then: whether a backslash escapes tells where a string ends.
   */
  private static @Nullable String text(ByteBuf framed) {
    int length = framed.readableBytes() - TEXT_OFFSET;
    if (length <= 0 || length > LONGEST_SETTING) {
      return null;
    }
    int at = framed.readerIndex() + TEXT_OFFSET;
    for (int i = at; i < at + length; i++) {
      if (framed.getByte(i) < 0 || framed.getByte(i) == '\\') {
        return null;
      }
    }
    return framed.toString(at, length, StandardCharsets.US_ASCII);
  }

  /** The backend has answered a statement. */
  void ran(ResponseEnd end) {
    if (end.error() || end.warnings() > 0) {
      keptForNext = true; // SHOW WARNINGS
    }
    String said = setting;
    if (said != null) {
      setting = null;
      if (settingAlone) {
        settings.subList(firstMovable, settings.size()).remove(said);
      }
      if (end.error() || settings.size() == MOST_SETTINGS) {
        kept = true;
      } else {
        settings.add(said);
        firstMovable = settingAlone ? firstMovable : settings.size();
      }
    }
  }

  /** Whether the session can go on with another connection. */
  boolean allowAnother() {
    return !kept && !keptForNext && setting == null;
  }

  /** Whether LAST_INSERT_ID() has to be asked for before the connection is given up. */
  boolean needsInsertId() {
    return insertIdUnknown;
  }

  /**
   * @param value of LAST_INSERT_ID(), as the backend writes it
   */
  void insertId(String value) {
    insertId = value;
    insertIdUnknown = false;
  }

  /** The connection was given to another session. */
  void moved() {
    moved = true;
  }

  /** What is said on the next connection before anything else, in this order. */
  List<String> settings() {
    if (insertId.equals("0")) {
      return List.copyOf(settings);
    }
    List<String> all = new ArrayList<>(settings);
    all.add("SET last_insert_id = " + insertId);
    return List.copyOf(all);
  }

  /** The session begins anew: it was reset, or its connection broke, and it was told so. */
  void forget() {
    settings.clear();
    firstMovable = 0;
    kept = false;
    keptForNext = false;
    insertIdUnknown = false;
    insertId = "0";
    moved = false;
    setting = null;
  }
}
