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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code SHOW TABLES} and {@code SHOW TABLE STATUS} of {@code mo_catalog}, and {@code DESCRIBE},
 * {@code SHOW COLUMNS}, {@code SHOW INDEX} and {@code SHOW CREATE TABLE} of what the gate makes,
 * answered here with <a href="https://dev.mysql.com/doc/refman/8.4/en/show.html">MySQL's
 * columns</a>. Event loop only.
 */
final class CatalogDescriptions {

  private static final int COMMAND_BYTE = 1;
  private static final String COLLATION = "utf8mb4_bin";
  private static final List<String> STATUS =
      List.of(
          "Name",
          "Engine",
          "Version",
          "Row_format",
          "Rows",
          "Avg_row_length",
          "Data_length",
          "Max_data_length",
          "Index_length",
          "Data_free",
          "Auto_increment",
          "Create_time",
          "Update_time",
          "Check_time",
          "Collation",
          "Checksum",
          "Create_options",
          "Comment");
  private static final List<String> INDEXES =
      List.of(
          "Table",
          "Non_unique",
          "Key_name",
          "Seq_in_index",
          "Column_name",
          "Collation",
          "Cardinality",
          "Sub_part",
          "Packed",
          "Null",
          "Index_type",
          "Comment",
          "Index_comment",
          "Visible",
          "Expression");

  private final CommandPhase phase;
  private final StatementReader reader;
  private final BackendLease backend;

  CatalogDescriptions(CommandPhase phase, StatementReader reader, BackendLease backend) {
    this.phase = phase;
    this.reader = reader;
    this.backend = backend;
  }

  /**
   * @param table that is asked about; empty: all of them are
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
    if (asked.isEmpty() || asked.get().form().ofOne != table.isPresent()) {
      phase.fail(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "of what the gate makes there are SHOW [FULL] TABLES, SHOW TABLE STATUS, SHOW [FULL]"
                  + " COLUMNS and DESCRIBE, with LIKE, SHOW INDEX and SHOW CREATE TABLE"));
      return;
    }
    phase.dropCommand();
    phase.diagnostics(Diagnostics.NONE);
    switch (asked.get().form()) {
      case TABLES -> tables(asked.get());
      case STATUS -> status(asked.get());
      case COLUMNS -> columns(table.orElseThrow(), asked.get());
      case INDEXES -> answer(INDEXES, List.of());
      case CREATE -> definition(table.orElseThrow());
    }
  }

  private enum Form {
    TABLES(false),
    STATUS(false),
    COLUMNS(true),
    INDEXES(true),
    CREATE(true);

    /** Whether it is asked of one table; else of those of a database. */
    private final boolean ofOne;

    Form(boolean ofOne) {
      this.ofOne = ofOne;
    }
  }

  private record Asked(Form form, boolean full, Optional<String> like) {

    boolean wants(String name) {
      return like.isEmpty() || LikePattern.matches(like.get(), name);
    }

    static Optional<Asked> of(LexedStatement text) {
      int at = 1;
      if (!text.isWord(0, "SHOW")) {
        return name(text, at).flatMap(end -> pattern(text, end, Form.COLUMNS, false, false));
      }
      if (text.isWord(at, "CREATE")) {
        return text.isWord(at + 1, "TABLE")
            ? name(text, at + 2).flatMap(end -> bare(text, end, Form.CREATE))
            : Optional.empty();
      }
      if (text.isWord(at, "TABLE") && text.isWord(at + 1, "STATUS")) {
        return ofDatabase(text, at + 2, Form.STATUS, false);
      }
      at += text.isWord(at, "EXTENDED") ? 1 : 0;
      boolean full = text.isWord(at, "FULL");
      at += full ? 1 : 0;
      if (text.isWord(at, "TABLES")) {
        return ofDatabase(text, at + 1, Form.TABLES, full);
      }
      boolean columns = text.isWord(at, "COLUMNS") || text.isWord(at, "FIELDS");
      boolean indexes =
          text.isWord(at, "INDEX") || text.isWord(at, "INDEXES") || text.isWord(at, "KEYS");
      if (!(columns || indexes) || !isFrom(text, at + 1)) {
        return Optional.empty();
      }
      Optional<Integer> end = name(text, at + 2);
      if (end.isPresent() && isFrom(text, end.get())) {
        end = name(text, end.get() + 1);
      }
      return indexes
          ? end.flatMap(behind -> bare(text, behind, Form.INDEXES))
          : end.flatMap(behind -> pattern(text, behind, Form.COLUMNS, full, true));
    }

    private static boolean isFrom(LexedStatement text, int at) {
      return text.isWord(at, "FROM") || text.isWord(at, "IN");
    }

    private static Optional<Asked> ofDatabase(
        LexedStatement text, int at, Form form, boolean full) {
      return isFrom(text, at)
          ? name(text, at + 1).flatMap(behind -> pattern(text, behind, form, full, true))
          : pattern(text, at, form, full, true);
    }

    /** Behind a name of one or two parts. */
    private static Optional<Integer> name(LexedStatement text, int at) {
      if (at >= text.size()) {
        return Optional.empty();
      }
      return Optional.of(text.isPunctuation(at + 1, ".") ? at + 3 : at + 1);
    }

    private static Optional<Asked> bare(LexedStatement text, int at, Form form) {
      return at == text.size()
          ? Optional.of(new Asked(form, false, Optional.empty()))
          : Optional.empty();
    }

    private static Optional<Asked> pattern(
        LexedStatement text, int at, Form form, boolean full, boolean likeWord) {
      int begin = likeWord && text.isWord(at, "LIKE") ? at + 1 : at;
      if (at >= text.size()) {
        return Optional.of(new Asked(form, full, Optional.empty()));
      }
      boolean one =
          begin + 1 == text.size()
              && (text.kind(begin) == TokenKind.STRING || !likeWord)
              && (begin > at || !likeWord);
      return one
          ? Optional.of(new Asked(form, full, Optional.of(text.value(begin))))
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
    answer(names, rows);
  }

  /** As servers describe what they have no files of: the name, and nothing else. */
  private void status(Asked asked) {
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (ReportTable table : ReportTable.ofMoCatalog()) {
      if (asked.wants(table.tableName())) {
        @Nullable String[] row = new @Nullable String[STATUS.size()];
        row[0] = table.tableName();
        row[STATUS.size() - 1] = "SYSTEM VIEW";
        rows.add(Arrays.asList(row));
      }
    }
    answer(STATUS, rows);
  }

  /** As MariaDB defines the tables of information_schema. */
  private void definition(ReportTable table) {
    String columns =
        table.columns().stream()
            .map(column -> "  `" + column.name() + "` " + column.describedType())
            .collect(Collectors.joining(",\n"));
    String definition = "CREATE TEMPORARY TABLE `" + table.tableName() + "` (\n" + columns + "\n)";
    answer(List.of("Table", "Create Table"), List.of(Arrays.asList(table.tableName(), definition)));
  }

  private void answer(List<String> names, List<List<@Nullable String>> rows) {
    phase.answer(names.stream().map(ColumnDefinition41::varchar).toList(), rows);
  }
}
