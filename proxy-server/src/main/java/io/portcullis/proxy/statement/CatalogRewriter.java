package io.portcullis.proxy.statement;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.privilege.report.ReportRows;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.analysis.ServedTables;
import io.portcullis.sql.analysis.ServedUse;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Puts the gate's own rows in the place of the tables of {@code mo_catalog} and the role views of
 * information_schema: {@code d.t} becomes a derived table called {@code t}, and {@code d.t.c}
 * becomes {@code t.c}; in {@code mo_catalog} {@code t} does, too. All else stays as it was written.
 */
public final class CatalogRewriter {

  private static final int COMMAND_BYTE = 1;

  private CatalogRewriter() {}

  /** The command, owned by the caller, or why there is none. */
  public record Rewritten(Optional<ByteBuf> command, Optional<SqlError> error) {
    private static Rewritten not(String why) {
      return new Rewritten(
          Optional.empty(), Optional.of(ErrorCode.ER_NOT_SUPPORTED_YET.error(why)));
    }
  }

  /**
   * Borrows {@code framed}, a packet that carries a command byte and the statement.
   *
   * @param reader of the event loop; what it has read before is used up
   * @param current where a name without a database is one of the gate's own tables: {@code
   *     mo_catalog}, or empty
   * @param rows of every table that the analysis has found, and no other
   * @param lookup how the backend finds what they leave to it
   */
  public static Rewritten rewrite(
      ByteBuf framed,
      StatementReader reader,
      LexicalMode mode,
      Optional<String> current,
      Map<ReportTable, ReportRows> rows,
      CatalogLookup lookup,
      ByteBufAllocator allocator) {
    String names = names(rows.keySet());
    if (framed.readableBytes() > PacketFraming.MAX_FRAME_PAYLOAD) {
      return Rewritten.not(names + " in a statement of 16 MiB");
    }
    int textBegin = framed.readerIndex() + PacketFraming.HEADER_LENGTH + COMMAND_BYTE;
    if (reader.read(framed, textBegin, mode) != 1) {
      throw new IllegalStateException("the statement reads differently the second time");
    }
    int statementBegin = textBegin + reader.begin(0);
    LexedStatement statement = reader.detach(0);
    reader.done();
    if (ServedTables.locks(statement)) {
      return Rewritten.not("FOR UPDATE or FOR SHARE with " + names + ", whose rows are not stored");
    }
    Optional<List<ServedUse>> uses =
        ServedTables.in(
            statement, (database, table) -> ReportTable.of(database, table).isPresent(), current);
    // As many as the analysis has found: what it has not, is not where it seems to be.
    if (uses.isEmpty() || !tables(uses.get()).equals(rows.keySet())) {
      return Rewritten.not(
          names + " where no query can stand in its place; read it in a FROM, by that name");
    }
    long size = framed.readableBytes();
    for (ServedUse use : uses.get()) {
      size += use.qualifier() ? 0 : 2L * rowsOf(use, rows).length() + 8192;
    }
    if (size > PacketFraming.MAX_FRAME_PAYLOAD) {
      return Rewritten.not(tooLong(names));
    }
    return new Rewritten(
        Optional.of(
            TextEdit.apply(
                framed,
                statementBegin,
                statement,
                edits(uses.get(), rows, lookup),
                mode.charset().java(),
                allocator)),
        Optional.empty());
  }

  /** Of more rows than fit into one packet. */
  public static String tooLong(String names) {
    return "the rows of "
        + names
        + " are more than one statement carries (16 MiB); SHOW USERS LIKE, SHOW ROLES LIKE and SHOW"
        + " GRANTS FOR list some of them";
  }

  public static String names(Iterable<ReportTable> tables) {
    StringBuilder out = new StringBuilder();
    for (ReportTable table : tables) {
      out.append(out.length() == 0 ? "" : ", ")
          .append(table.database())
          .append('.')
          .append(table.tableName());
    }
    return out.toString();
  }

  private static Set<ReportTable> tables(List<ServedUse> uses) {
    Set<ReportTable> tables = EnumSet.noneOf(ReportTable.class);
    for (ServedUse use : uses) {
      if (!use.qualifier()) {
        tables.add(table(use));
      }
    }
    return tables;
  }

  private static ReportTable table(ServedUse use) {
    return ReportTable.of(use.database(), use.table()).orElseThrow();
  }

  private static ReportRows rowsOf(ServedUse use, Map<ReportTable, ReportRows> rows) {
    ReportRows found = rows.get(table(use));
    if (found == null) {
      throw new IllegalStateException("no rows of " + use);
    }
    return found;
  }

  private static List<TextEdit> edits(
      List<ServedUse> uses, Map<ReportTable, ReportRows> rows, CatalogLookup lookup) {
    List<TextEdit> edits = new ArrayList<>();
    for (ServedUse use : uses) {
      edits.add(
          use.qualifier()
              ? TextEdit.without(use.firstToken(), use.endToken())
              : TextEdit.replace(
                  use.firstToken(),
                  use.endToken(),
                  DerivedTable.of(table(use), rowsOf(use, rows), lookup)
                      + (use.aliased() ? "" : " AS " + RowSources.quoted(use.table()))));
    }
    return edits;
  }
}
