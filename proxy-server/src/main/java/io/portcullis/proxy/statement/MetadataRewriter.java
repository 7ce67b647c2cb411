package io.portcullis.proxy.statement;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.analysis.MetadataUse;
import io.portcullis.sql.analysis.MetadataUses;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.text.LexicalMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Puts secured references in the place of tables of information_schema (DESIGN D7): {@code t}
 * becomes {@code (SELECT * FROM t WHERE condition) AS t}. The user's own expressions stay outside.
 */
public final class MetadataRewriter {

  private static final int COMMAND_BYTE = 1;

  private MetadataRewriter() {}

  /** A command that reads of information_schema only what its subject may know of. */
  public record Secured(ByteBuf command, MetadataFilters filters) {}

  /**
   * The command with every table of information_schema secured; the caller owns it. Empty when one
   * of them cannot be. Borrows {@code framed}, a packet that carries a command byte and the
   * statement.
   *
   * @param reader of the event loop; what it has read before is used up
   * @param conditions the condition for a table, by its name
   * @param columns what is shown of a table
   */
  public static Optional<Secured> secure(
      ByteBuf framed,
      StatementReader reader,
      LexicalMode mode,
      Function<String, Optional<String>> conditions,
      MetadataColumns columns,
      ByteBufAllocator allocator) {
    if (framed.readableBytes() > PacketFraming.MAX_FRAME_PAYLOAD) {
      return Optional.empty();
    }
    int textBegin = framed.readerIndex() + PacketFraming.HEADER_LENGTH + COMMAND_BYTE;
    if (reader.read(framed, textBegin, mode) != 1) {
      return Optional.empty();
    }
    int statementBegin = textBegin + reader.begin(0);
    LexedStatement statement = reader.detach(0);
    reader.done();
    List<MetadataUse> uses = MetadataUses.of(statement).orElse(List.of());
    Optional<MetadataFilters> filters =
        MetadataFilters.of(
            uses.stream().map(MetadataUse::table).toList(), conditions, columns.uncounted());
    boolean shown = uses.stream().allMatch(use -> columns.of(use.table()).isPresent());
    if (uses.isEmpty() || filters.isEmpty() || !shown) {
      return Optional.empty();
    }
    return Optional.of(
        new Secured(
            TextEdit.apply(
                framed,
                statementBegin,
                statement,
                edits(uses, filters.get(), columns),
                mode.charset().java(),
                allocator),
            filters.get()));
  }

  private static List<TextEdit> edits(
      List<MetadataUse> uses, MetadataFilters filters, MetadataColumns columns) {
    List<TextEdit> edits = new ArrayList<>();
    for (int i = 0; i < uses.size(); i++) {
      MetadataUse use = uses.get(i);
      edits.add(
          new TextEdit(
              use.firstToken(),
              use.endToken(),
              "(SELECT " + columns.of(use.table()).orElseThrow() + " FROM ",
              true,
              " WHERE "
                  + filters.conditions().get(i)
                  + ")"
                  + (use.aliased() ? "" : " AS " + RowSources.quoted(use.table()))));
    }
    return edits;
  }

  /**
   * The conditions a statement was secured with, in the order of its text; what it shows stays true
   * as long as they are the same.
   *
   * @param uncounted the condition for tables of which it is not shown how much is in them
   */
  public record MetadataFilters(
      List<String> tables, List<String> conditions, Optional<String> uncounted) {
    public MetadataFilters {
      tables = List.copyOf(tables);
      conditions = List.copyOf(conditions);
    }

    static Optional<MetadataFilters> of(
        List<String> tables,
        Function<String, Optional<String>> conditions,
        Optional<String> uncounted) {
      List<String> found = new ArrayList<>();
      for (String table : tables) {
        Optional<String> condition = conditions.apply(table);
        if (condition.isEmpty()) {
          return Optional.empty();
        }
        found.add(condition.get());
      }
      return Optional.of(new MetadataFilters(tables, found, uncounted));
    }

    /** Whether the subject of now would be shown the same. */
    public boolean holdUnder(
        Function<String, Optional<String>> now, Optional<String> uncountedNow) {
      return of(tables, now, uncountedNow).filter(this::equals).isPresent();
    }

    /** Whether the table is among those secured. */
    public boolean cover(String table) {
      return tables.stream().anyMatch(table::equalsIgnoreCase);
    }
  }
}
