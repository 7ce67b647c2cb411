package io.portcullis.proxy.statement;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.privilege.model.ColumnNames;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.text.LexicalMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Edits a statement so that it shows some columns of a table only. */
public final class ColumnRewriter {

  private static final int COMMAND_BYTE = 1;

  private final LexedStatement statement;

  /** Of the first byte of the statement, counted from the first of the packet. */
  private final int begin;

  private final LexicalMode mode;

  private ColumnRewriter(LexedStatement statement, int begin, LexicalMode mode) {
    this.statement = statement;
    this.begin = begin;
    this.mode = mode;
  }

  /**
   * Empty for a statement that is too long. Borrows {@code framed}, a packet that carries a command
   * byte and the statement.
   *
   * @param reader of the event loop; what it has read before is used up
   */
  public static Optional<ColumnRewriter> read(
      ByteBuf framed, StatementReader reader, LexicalMode mode) {
    if (framed.readableBytes() > PacketFraming.MAX_FRAME_PAYLOAD) {
      return Optional.empty();
    }
    int textBegin = framed.readerIndex() + PacketFraming.HEADER_LENGTH + COMMAND_BYTE;
    if (reader.read(framed, textBegin, mode) != 1) {
      reader.done();
      return Optional.empty();
    }
    ColumnRewriter rewriter =
        new ColumnRewriter(
            reader.detach(0), textBegin + reader.begin(0) - framed.readerIndex(), mode);
    reader.done();
    return Optional.of(rewriter);
  }

  public LexedStatement statement() {
    return statement;
  }

  /** The command that was read, edited; the caller owns it. Borrows {@code framed}. */
  public ByteBuf apply(ByteBuf framed, List<TextEdit> edits, ByteBufAllocator allocator) {
    return TextEdit.apply(
        framed, framed.readerIndex() + begin, statement, edits, mode.charset().java(), allocator);
  }

  /**
   * DESCRIBE t, and SHOW COLUMNS FROM t in all its forms, for the columns on which something is
   * held; refused for everything else that is denied.
   */
  public ColumnPlan.Outcome describe(
      List<ColumnPlan.Access> accesses,
      Function<RelationName, Optional<List<TableColumn>>> columns) {
    ColumnPlan.Access access = accesses.get(0);
    if (accesses.size() != 1
        || access.request().kind() != AccessKind.DESCRIBE
        || access.held().isEmpty()) {
      return new ColumnPlan.Outcome.Denied();
    }
    RelationName relation = access.relation().orElseThrow();
    Optional<List<TableColumn>> known = columns.apply(relation);
    if (known.isEmpty()) {
      return new ColumnPlan.Outcome.Lacking(Set.of(relation));
    }
    List<String> shown =
        known.get().stream()
            .map(TableColumn::name)
            .filter(name -> access.held().contains(ColumnNames.fold(name)))
            .toList();
    Optional<List<TextEdit>> edits =
        shown.isEmpty() ? Optional.empty() : describing(condition(shown));
    return edits.isEmpty()
        ? new ColumnPlan.Outcome.Denied()
        : new ColumnPlan.Outcome.Planned(
            List.of(
                new AccessRequest(
                    AccessKind.DESCRIBE,
                    access.request().object(),
                    shown.stream()
                        .map(ColumnNames::fold)
                        .collect(Collectors.toCollection(TreeSet::new)))),
            edits.get(),
            Map.of());
  }

  private Optional<List<TextEdit>> describing(String condition) {
    int last = statement.size() - 1;
    List<TextEdit> edits = new ArrayList<>();
    if (!statement.isWord(0, "SHOW")) {
      int behind = statement.isPunctuation(2, ".") ? 4 : 2;
      if (behind != statement.size()) {
        return Optional.empty(); // one column, or a pattern
      }
      edits.add(new TextEdit(0, 1, "SHOW COLUMNS FROM", false, ""));
      edits.add(new TextEdit(last, last + 1, "", true, " WHERE " + condition));
      return Optional.of(edits);
    }
    int from = 1;
    while (from < last && !statement.isWord(from, "FROM") && !statement.isWord(from, "IN")) {
      from++;
    }
    if (!statement.isWord(from - 1, "COLUMNS") && !statement.isWord(from - 1, "FIELDS")) {
      return Optional.empty(); // of an index
    }
    // SHOW COLUMNS FROM t [FROM d]: behind these names the condition
    int clause = from + 2;
    while (clause <= last
        && (statement.isPunctuation(clause - 1, ".")
            || statement.isPunctuation(clause, ".")
            || statement.isWord(clause, "FROM")
            || statement.isWord(clause, "IN")
            || statement.isWord(clause - 1, "FROM")
            || statement.isWord(clause - 1, "IN"))) {
      clause++;
    }
    if (clause > last) {
      edits.add(new TextEdit(last, last + 1, "", true, " WHERE " + condition));
    } else if (statement.isWord(clause, "LIKE")) {
      edits.add(
          new TextEdit(clause, clause + 1, "WHERE " + condition + " AND Field LIKE", false, ""));
    } else if (statement.isWord(clause, "WHERE")) {
      edits.add(new TextEdit(clause, clause + 1, "WHERE " + condition + " AND (", false, ""));
      edits.add(new TextEdit(last, last + 1, "", true, ")"));
    } else {
      return Optional.empty();
    }
    return Optional.of(edits);
  }

  /** Reads the same in every sql_mode and character set. */
  private static String condition(List<String> columns) {
    return columns.stream()
        .map(
            name ->
                "CONVERT(x'"
                    + HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8))
                    + "' USING utf8mb4)")
        .collect(Collectors.joining(", ", "Field IN (", ")"));
  }
}
