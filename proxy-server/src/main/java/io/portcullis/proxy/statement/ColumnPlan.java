package io.portcullis.proxy.statement;

import io.portcullis.privilege.authz.ObjectNames;
import io.portcullis.privilege.model.ColumnNames;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.ColumnUses;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a statement takes of single columns, by who holds no privilege on the whole of a table, and
 * how it is to be sent then (DESIGN D7): where such a table is read, {@code t} becomes {@code
 * (SELECT a, b FROM t) AS t}, with the columns that may be seen and that the statement names, so
 * that the server itself finds no others. What is changed cannot be replaced: there every name that
 * may be a column of the table counts as one, and is a column the privilege is needed on whether
 * there is such a column or not.
 *
 * <p>Nothing here permits anything: the accesses it gives are decided as all others.
 */
public final class ColumnPlan {

  private final ColumnUses uses;
  private final List<Access> accesses;
  private final Function<RelationName, RelationName> bound;
  private final Function<RelationName, Optional<List<TableColumn>>> columns;
  private final CharsetEncoder encoder;

  private final List<TextEdit> edits = new ArrayList<>();
  private final Map<String, RelationName> exposed = new LinkedHashMap<>();
  private final Set<RelationName> unknown = new LinkedHashSet<>();
  private final Set<Integer> unqualified = new HashSet<>();

  /** First tokens of the tables in whose place something else is put. */
  private final Set<Integer> replaced = new HashSet<>();

  private @Nullable Outcome refusal;

  /**
   * An access of the statement.
   *
   * @param relation as the backend has it; empty for a database
   * @param permitted whether it is not denied as it is
   * @param held the columns on which it would be permitted
   */
  public record Access(
      AccessRequest request, Optional<RelationName> relation, boolean permitted, Set<String> held) {
    public Access {
      held = Set.copyOf(held);
    }

    boolean isPartial() {
      return !permitted && !held.isEmpty();
    }
  }

  /** What became of it. */
  public sealed interface Outcome {
    /** The columns of these must be known first. */
    record Lacking(Set<RelationName> tables) implements Outcome {}

    /** It is refused as it was. */
    record Denied() implements Outcome {}

    /** It cannot be told which columns it takes. */
    record Uncertain(String because) implements Outcome {}

    /**
     * @param accesses what it takes, each of the columns it concerns
     * @param exposed the tables whose columns are hidden in part, as the backend has them, by the
     *     names the statement has for them
     */
    record Planned(
        List<AccessRequest> accesses, List<TextEdit> edits, Map<String, RelationName> exposed)
        implements Outcome {}
  }

  private ColumnPlan(
      ColumnUses uses,
      List<Access> accesses,
      Function<RelationName, RelationName> bound,
      Function<RelationName, Optional<List<TableColumn>>> columns,
      Charset charset) {
    this.uses = uses;
    this.accesses = accesses;
    this.bound = bound;
    this.columns = columns;
    this.encoder = charset.newEncoder();
  }

  /**
   * @param uses of the text that is to be sent
   * @param bound a relation of the text as the backend has it
   * @param columns of a table; empty: not known
   * @param charset of the text
   */
  public static Outcome of(
      ColumnUses uses,
      List<Access> accesses,
      Function<RelationName, RelationName> bound,
      Function<RelationName, Optional<List<TableColumn>>> columns,
      Charset charset) {
    return new ColumnPlan(uses, accesses, bound, columns, charset).plan();
  }

  private Outcome plan() {
    if (!uses.complete()) {
      return new Outcome.Uncertain("the gate cannot tell the columns of");
    }
    if (uses.natural()) {
      return new Outcome.Uncertain("with NATURAL JOIN");
    }
    List<AccessRequest> taken = new ArrayList<>();
    for (Access access : accesses) {
      if (!access.isPartial()) {
        taken.add(access.request());
      } else {
        switch (access.request().kind()) {
          case SELECT -> taken.addAll(read(access));
          case INSERT, UPDATE -> taken.addAll(changed(access));
          case REFERENCE -> taken.add(with(access, referenced(access)));
          default -> refuse(new Outcome.Denied());
        }
      }
    }
    if (refusal != null) {
      return refusal;
    }
    return unknown.isEmpty()
        ? new Outcome.Planned(taken, edits, exposed)
        : new Outcome.Lacking(unknown);
  }

  /** The first reason counts. */
  private void refuse(Outcome why) {
    if (refusal == null) {
      refusal = why;
    }
  }

  private void uncertain(String what) {
    refuse(new Outcome.Uncertain(what));
  }

  private static AccessRequest with(Access access, Set<String> columns) {
    return new AccessRequest(access.request().kind(), access.request().object(), columns);
  }

  private static RelationName relation(Access access) {
    return access.relation().orElseThrow(); // columns are those of one
  }

  private boolean isOf(RelationName relation, ColumnUses.Table table) {
    return bound.apply(table.relation()).equals(relation);
  }

  // What is read.

  private List<AccessRequest> read(Access access) {
    RelationName relation = relation(access);
    boolean target = isTarget(relation);
    List<ColumnUses.Table> sites =
        uses.tables().stream()
            .filter(table -> isOf(relation, table) && !(target && table.changing()))
            .toList();
    List<AccessRequest> taken = new ArrayList<>();
    if (!sites.isEmpty()) {
      taken.add(with(access, secured(access, relation, sites)));
    }
    if (target) {
      Set<String> columns = readOfTarget(relation);
      if (uses.returnsAll()) {
        refuse(new Outcome.Denied());
      }
      if (!columns.isEmpty()) {
        taken.add(with(access, columns));
      }
    }
    if (sites.isEmpty() && !target) {
      refuse(new Outcome.Denied());
    }
    return taken;
  }

  private boolean isTarget(RelationName relation) {
    return accesses.stream()
        .anyMatch(
            access ->
                access.relation().filter(relation::equals).isPresent()
                    && switch (access.request().kind()) {
                      case INSERT, UPDATE, DELETE -> true;
                      default -> false;
                    });
  }

  /** Puts secured references in the place of the table, and says which columns they show. */
  private Set<String> secured(Access access, RelationName relation, List<ColumnUses.Table> sites) {
    if (uses.locking()) {
      uncertain("that locks rows (FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE)");
    }
    for (ColumnUses.Table site : sites) {
      if (!site.replaceable() || site.hinted()) {
        uncertain("with TABLE, PARTITION or an index hint");
      }
      unqualify(site, relation);
      exposed.put(key(site.exposedName()), relation);
    }
    Optional<List<TableColumn>> known = columns.apply(relation);
    if (known.isEmpty()) {
      unknown.add(relation);
      return access.held();
    }
    List<TableColumn> shown = shown(access.held(), known.get(), sites);
    String list =
        shown.stream()
            .map(column -> "`" + column.name().replace("`", "``") + "`")
            .collect(Collectors.joining(", "));
    for (ColumnUses.Table site : sites) {
      if (replaced.add(site.firstToken())) { // else for d.t, and t is the same
        edits.add(
            new TextEdit(
                site.firstToken(),
                site.endToken(),
                "(SELECT " + list + " FROM ",
                true,
                ")"
                    + (site.aliased()
                        ? ""
                        : " AS `" + site.exposedName().replace("`", "``") + "`")));
      }
    }
    Set<String> taken =
        shown.stream()
            .map(column -> ColumnNames.fold(column.name()))
            .collect(Collectors.toCollection(TreeSet::new));
    taken.addAll(certain(access.held(), sites));
    return taken;
  }

  /**
   * Names that can mean nothing but a column of the table that is not held: these the server need
   * not be asked for.
   */
  private Set<String> certain(Set<String> held, List<ColumnUses.Table> sites) {
    Set<String> certain = new TreeSet<>();
    boolean alone = uses.tables().size() == sites.size();
    boolean writes = uses.columns().stream().anyMatch(column -> column.kind() != AccessKind.SELECT);
    if (uses.simple()) {
      for (ColumnUses.Column column : uses.columns()) {
        boolean ours =
            column.table().isEmpty()
                ? alone && uses.aliases().stream().noneMatch(column.name()::equalsIgnoreCase)
                : sites.stream()
                    .anyMatch(site -> key(site.exposedName()).equals(key(column.table().get())));
        String name = ColumnNames.fold(column.name());
        if (ours
            && column.kind() == AccessKind.SELECT
            && (!writes || column.inserted())
            && !column.isStar()
            && !held.contains(name)) {
          certain.add(name);
        }
      }
    }
    return certain;
  }

  /**
   * What may be seen, as far as the statement may name it; at least one, so that rows can count.
   */
  private List<TableColumn> shown(
      Set<String> held, List<TableColumn> known, List<ColumnUses.Table> sites) {
    boolean all = uses.star();
    Set<String> named = new HashSet<>();
    for (ColumnUses.Column column : uses.columns()) {
      boolean ofSite =
          column.table().isEmpty()
              || sites.stream().anyMatch(site -> mayBe(site.exposedName(), column.table().get()));
      if (ofSite) {
        all |= column.isStar();
        named.add(ColumnNames.fold(column.name()));
      }
    }
    List<TableColumn> visible =
        known.stream()
            .filter(column -> held.contains(ColumnNames.fold(column.name())))
            .filter(column -> encoder.canEncode(column.name()))
            .toList();
    if (visible.isEmpty()) {
      refuse(new Outcome.Denied());
      return List.of();
    }
    boolean everything = all;
    List<TableColumn> shown =
        visible.stream()
            .filter(
                column ->
                    named.contains(ColumnNames.fold(column.name()))
                        || (everything && !column.invisible()))
            .toList();
    return shown.isEmpty() ? visible.subList(0, 1) : shown;
  }

  /** {@code d.t.c} becomes {@code t.c}: a derived table has no database. */
  private void unqualify(ColumnUses.Table site, RelationName relation) {
    for (ColumnUses.Column column : uses.columns()) {
      if (column.database().isEmpty()
          || !mayBe(site.exposedName(), column.table().orElseThrow())
          || !bound
              .apply(RelationName.of(column.database().get(), relation.name()))
              .database()
              .equals(relation.database())) {
        continue;
      }
      boolean shared =
          uses.tables().stream()
              .anyMatch(
                  other ->
                      mayBe(other.exposedName(), site.exposedName()) && !isOf(relation, other));
      if (shared) {
        uncertain("with two tables of one name");
      }
      if (unqualified.add(column.firstToken())) {
        edits.add(TextEdit.without(column.firstToken(), column.firstToken() + 2));
      }
    }
  }

  // What is changed.

  private List<AccessRequest> changed(Access access) {
    RelationName relation = relation(access);
    List<AccessRequest> taken = new ArrayList<>();
    Set<String> written =
        access.request().kind() == AccessKind.INSERT
            ? inserted(access, relation)
            : updated(relation);
    taken.add(with(access, written));
    Set<String> read = readOfTarget(relation);
    if (!read.isEmpty()) {
      taken.add(new AccessRequest(AccessKind.SELECT, access.request().object(), read));
    }
    return taken;
  }

  private Set<String> inserted(Access access, RelationName relation) {
    Set<String> columns = new TreeSet<>();
    if (uses.unlisted()) {
      Optional<List<TableColumn>> known = this.columns.apply(relation);
      if (known.isEmpty()) {
        unknown.add(relation);
        return access.held();
      }
      known.get().forEach(column -> columns.add(ColumnNames.fold(column.name())));
      if (columns.isEmpty() || !access.held().containsAll(columns)) {
        refuse(new Outcome.Denied()); // without the names of those that are missing
      }
      return columns;
    }
    for (ColumnUses.Column column : uses.columns()) {
      if (column.kind() == AccessKind.INSERT) {
        columns.add(ColumnNames.fold(column.name()));
      }
    }
    if (columns.isEmpty()) {
      columns.add(new TreeSet<>(access.held()).first()); // all by their defaults
    }
    return columns;
  }

  private Set<String> updated(RelationName relation) {
    List<ColumnUses.Table> changing =
        uses.tables().stream().filter(ColumnUses.Table::changing).toList();
    Set<String> columns = new TreeSet<>();
    for (ColumnUses.Column column : uses.columns()) {
      if (column.kind() != AccessKind.UPDATE) {
        continue;
      }
      boolean ours;
      if (column.of().isPresent() || (column.table().isEmpty() && changing.size() == 1)) {
        ours = true;
      } else if (column.table().isEmpty()) {
        uncertain("that changes one of several tables, with a column without its table,");
        ours = false;
      } else {
        ours =
            changing.stream()
                .anyMatch(
                    site ->
                        isOf(relation, site)
                            && mayBe(site.exposedName(), column.table().orElseThrow()));
      }
      if (ours) {
        columns.add(ColumnNames.fold(column.name()));
      }
    }
    if (columns.isEmpty()) {
      refuse(new Outcome.Denied());
    }
    return columns;
  }

  /**
   * Every name that may be a column of the table that is changed: those without a table are taken
   * for its own, whether it has such a column or not, so that a refusal does not tell.
   */
  private Set<String> readOfTarget(RelationName relation) {
    Set<String> names = new HashSet<>();
    names.add(relation.name());
    for (ColumnUses.Table table : uses.tables()) {
      if (table.changing() && isOf(relation, table)) {
        names.add(table.exposedName());
      }
    }
    names.forEach(name -> exposed.putIfAbsent(key(name), relation));
    Set<String> read = new TreeSet<>();
    for (ColumnUses.Column column : uses.columns()) {
      boolean may =
          column.kind() == AccessKind.SELECT
              && !column.inserted()
              && (column.table().isEmpty()
                  || names.stream().anyMatch(name -> mayBe(name, column.table().get()))
                  || isOfNewRow(relation, column.table().get()));
      if (may && column.isStar()) {
        refuse(new Outcome.Denied());
      } else if (may) {
        read.add(ColumnNames.fold(column.name()));
      }
    }
    return read;
  }

  /** {@code new.c} of INSERT ... AS new: a qualifier that no table of a query has. */
  private boolean isOfNewRow(RelationName relation, String qualifier) {
    return accesses.stream()
            .anyMatch(
                access ->
                    access.request().kind() == AccessKind.INSERT
                        && access.relation().filter(relation::equals).isPresent())
        && uses.tables().stream().noneMatch(table -> mayBe(table.exposedName(), qualifier));
  }

  private Set<String> referenced(Access access) {
    RelationName relation = relation(access);
    Set<String> columns = new TreeSet<>();
    for (ColumnUses.Column column : uses.columns()) {
      if (column.kind() == AccessKind.REFERENCE
          && column.of().map(bound).filter(relation::equals).isPresent()) {
        columns.add(ColumnNames.fold(column.name()));
      }
    }
    if (columns.isEmpty() || uses.unlisted()) {
      refuse(new Outcome.Denied());
    }
    return columns;
  }

  /** Whether a server may take one for the other: letters besides ASCII it folds in its own way. */
  static boolean mayBe(String name, String other) {
    return key(name).equals(key(other))
        || (!isAscii(name) && !isAscii(other))
        || name.equalsIgnoreCase(other);
  }

  /** A name of a table in a statement, as {@link Outcome.Planned#exposed} has it. */
  static String key(String name) {
    return ObjectNames.fold(name);
  }

  private static boolean isAscii(String name) {
    return name.chars().allMatch(c -> c <= 0x7F);
  }
}
