package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.report.ReportColumn;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.proxy.wire.message.ColumnType;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LikePattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code SHOW TABLES [FROM mo_catalog]}, and {@code DESCRIBE} and {@code SHOW COLUMNS} of what the
 * gate makes, answered here with <a
 * href="https://dev.mysql.com/doc/refman/8.4/en/show-columns.html">MySQL's columns</a>. Event loop
 * only.
 */
final class CatalogDescriptions {

  private static final int COMMAND_BYTE = 1;
  private static final String COLLATION = "utf8mb4_bin";

  private final CommandPhase phase;
  private final StatementReader reader;
  private final BackendLease backend;

  CatalogDescriptions(CommandPhase phase, StatementReader reader, BackendLease backend) {
    this.phase = phase;
    this.reader = reader;
    this.backend = backend;
  }

  /**
   * @param table of which the columns are asked for; empty: the tables are
   */
  void answer(Optional<ReportTable> table) {
    ByteBuf framed = phase.command();
    if (framed == null || phase.shape() != CommandShape.QUERY || phase.handle() != null) {
      phase.failQuietly(ErrorCode.ER_UNSUPPORTED_PS.error());
      return;
    }
    int begin = framed.readerIndex() + PacketFraming.HEADER_LENGTH + COMMAND_BYTE;
    if (reader.read(framed, begin, backend.mode()) != 1) {
      throw new IllegalStateException("the statement reads differently the second time");
    }
    LexedStatement text = reader.detach(0);
    reader.done();
    Optional<Asked> asked = Asked.of(text);
    if (asked.isEmpty() || asked.get().columns() != table.isPresent()) {
      phase.fail(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "of what the gate makes there are SHOW [FULL] TABLES, SHOW [FULL] COLUMNS and DESCRIBE,"
                  + " with LIKE"));
      return;
    }
    phase.dropCommand();
    phase.diagnostics(Diagnostics.NONE);
    if (table.isPresent()) {
      columns(table.get(), asked.get());
    } else {
      tables(asked.get());
    }
  }

  /**
   * @param columns of a table; else the tables of a database
   */
  private record Asked(boolean columns, boolean full, Optional<String> like) {

    boolean wants(String name) {
      return like.isEmpty() || LikePattern.matches(like.get(), name);
    }

    static Optional<Asked> of(LexedStatement text) {
      int at = 1;
      if (!text.isWord(0, "SHOW")) {
        return name(text, at).flatMap(end -> pattern(text, end, true, false, false));
      }
      at += text.isWord(at, "EXTENDED") ? 1 : 0;
      boolean full = text.isWord(at, "FULL");
      at += full ? 1 : 0;
      boolean columns = text.isWord(at, "COLUMNS") || text.isWord(at, "FIELDS");
      if (!columns && !text.isWord(at, "TABLES")) {
        return Optional.empty();
      }
      if (!isFrom(text, at + 1)) {
        return columns
            ? Optional.empty()
            : pattern(text, at + 1, false, full, true); // of the current
      }
      Optional<Integer> end = name(text, at + 2);
      if (columns && end.isPresent() && isFrom(text, end.get())) {
        end = name(text, end.get() + 1);
      }
      return end.flatMap(behind -> pattern(text, behind, columns, full, true));
    }

    private static boolean isFrom(LexedStatement text, int at) {
      return text.isWord(at, "FROM") || text.isWord(at, "IN");
    }

    /** Behind a name of one or two parts. */
    private static Optional<Integer> name(LexedStatement text, int at) {
      if (at >= text.size()) {
        return Optional.empty();
      }
      return Optional.of(text.isPunctuation(at + 1, ".") ? at + 3 : at + 1);
    }

    private static Optional<Asked> pattern(
        LexedStatement text, int at, boolean columns, boolean full, boolean likeWord) {
      int begin = likeWord && text.isWord(at, "LIKE") ? at + 1 : at;
      if (at >= text.size()) {
        return Optional.of(new Asked(columns, full, Optional.empty()));
      }
      boolean one =
          begin + 1 == text.size()
              && (text.kind(begin) == TokenKind.STRING || !likeWord)
              && (begin > at || !likeWord);
      return one
          ? Optional.of(new Asked(columns, full, Optional.of(text.value(begin))))
          : Optional.empty();
    }
  }

  /** For COM_FIELD_LIST. */
  static List<ColumnDefinition41> fields(ReportTable table) {
    return table.columns().stream().map(column -> field(table, column)).toList();
  }

  private static ColumnDefinition41 field(ReportTable table, ReportColumn column) {
    ColumnDefinition41 plain =
        ColumnDefinition41.of(
            column.name(),
            switch (column.type()) {
              case INT -> ColumnType.LONG;
              case BIGINT, UNSIGNED -> ColumnType.LONGLONG;
              case BOOL -> ColumnType.TINY;
              case TEXT, JSON -> ColumnType.BLOB;
              case VARCHAR, TIME -> ColumnType.VAR_STRING;
            });
    return new ColumnDefinition41(
        table.database(),
        table.tableName(),
        table.tableName(),
        column.name(),
        column.name(),
        plain.charset(),
        plain.length(),
        plain.type(),
        plain.flags(),
        plain.decimals());
  }

  private void tables(Asked asked) {
    String column =
        "Tables_in_"
            + ReportTable.MO_CATALOG
            + asked.like().map(pattern -> " (" + pattern + ")").orElse("");
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (ReportTable table : ReportTable.ofMoCatalog()) {
      if (asked.wants(table.tableName())) {
        rows.add(
            asked.full()
                ? Arrays.asList(table.tableName(), "SYSTEM VIEW")
                : Arrays.asList(table.tableName()));
      }
    }
    phase.answer(
        asked.full()
            ? List.of(ColumnDefinition41.varchar(column), ColumnDefinition41.varchar("Table_type"))
            : List.of(ColumnDefinition41.varchar(column)),
        rows);
  }

  private void columns(ReportTable table, Asked asked) {
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (ReportColumn column : table.columns()) {
      if (asked.wants(column.name())) {
        String type = column.describedType();
        String collation = column.isText() ? COLLATION : null;
        rows.add(
            asked.full()
                ? Arrays.asList(column.name(), type, collation, "YES", "", null, "", "select", "")
                : Arrays.asList(column.name(), type, "YES", "", null, ""));
      }
    }
    List<String> names =
        asked.full()
            ? List.of(
                "Field",
                "Type",
                "Collation",
                "Null",
                "Key",
                "Default",
                "Extra",
                "Privileges",
                "Comment")
            : List.of("Field", "Type", "Null", "Key", "Default", "Extra");
    phase.answer(names.stream().map(ColumnDefinition41::varchar).toList(), rows);
  }
}
