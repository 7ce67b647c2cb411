package io.portcullis.privilege.authz;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tables whose rows a subject does not see all of a statement reaches: by their names, and
 * through views and stored programs. Names as the backend has them.
 *
 * @param tables those that the statement names itself
 * @param views those that it names, and that lead to such a table, or may
 * @param programs the routines that it names, and that lead to one, or may
 * @param unresolved what has to be looked up before this is certain
 * @param unresolvedPrograms the same of stored programs
 */
public record RowReach(
    Map<RelationName, VisibleRows> tables,
    Set<RelationName> views,
    Set<RelationName> programs,
    List<RelationName> unresolved,
    List<ProgramName> unresolvedPrograms) {

  /** Nothing of the kind. */
  public static final RowReach NOTHING =
      new RowReach(Map.of(), Set.of(), Set.of(), List.of(), List.of());

  public RowReach {
    tables = Map.copyOf(tables);
    views = Set.copyOf(views);
    programs = Set.copyOf(programs);
    unresolved = List.copyOf(unresolved);
    unresolvedPrograms = List.copyOf(unresolvedPrograms);
  }

  public boolean isNothing() {
    return tables.isEmpty() && views.isEmpty() && programs.isEmpty() && isCertain();
  }

  public boolean isCertain() {
    return unresolved.isEmpty() && unresolvedPrograms.isEmpty();
  }

  /**
   * @param accesses with their names as the backend has them
   */
  public static RowReach of(ActiveSubject subject, List<AccessRequest> accesses, Binding binding) {
    return subject.visibleRows().isEmpty() ? NOTHING : new Walk(subject, binding).over(accesses);
  }

  private static final class Walk {
    private final ActiveSubject subject;
    private final CatalogState state;
    private final Binding binding;
    private final Map<RelationName, VisibleRows> tables = new HashMap<>();
    private final Set<RelationName> views = new HashSet<>();
    private final Set<RelationName> programs = new HashSet<>();
    private final Set<RelationName> unresolved = new LinkedHashSet<>();
    private final Set<ProgramName> unresolvedPrograms = new LinkedHashSet<>();

    Walk(ActiveSubject subject, Binding binding) {
      this.subject = subject;
      this.state = subject.snapshot().state();
      this.binding = binding;
    }

    RowReach over(List<AccessRequest> accesses) {
      for (AccessRequest access : accesses) {
        if (access.object() instanceof DatabaseName database) {
          if (access.kind() == AccessKind.DROP_DATABASE) {
            tablesIn(database.name());
          }
        } else if (access.object() instanceof RelationName name && !isTemporary(access, name)) {
          Optional<RelationKind> program =
              Requirement.impliedKind(access.kind()).filter(RelationKind::isProgram);
          if (program.isEmpty()) {
            relation(name);
          } else if (Requirement.isExecuting(access.kind())
              && leads(new ProgramName(program.get(), name))) {
            programs.add(name);
          }
        }
      }
      return new RowReach(
          tables,
          views,
          programs,
          new ArrayList<>(unresolved),
          new ArrayList<>(unresolvedPrograms));
    }

    /** Of the session alone: one that is there, or comes or goes. */
    private boolean isTemporary(AccessRequest access, RelationName name) {
      if (access.kind() == AccessKind.CREATE_TEMPORARY_TABLE
          || access.kind() == AccessKind.DROP_TEMPORARY_TABLE) {
        return true;
      }
      return Requirement.isShadowedByTemporary(access.kind())
          && binding.isTemporary().test(name.database().name(), name.name());
    }

    private void tablesIn(String database) {
      Optional<Database> home = state.database(NameSpace.accountOf(database, state), database);
      for (Map.Entry<RelationId, VisibleRows> entry : subject.visibleRows().entrySet()) {
        Optional<Relation> relation = state.relation(entry.getKey());
        if (relation.isPresent()
            && home.filter(h -> h.id().equals(relation.get().database())).isPresent()) {
          tables.put(RelationName.of(database, relation.get().name()), entry.getValue());
        }
      }
    }

    private void relation(RelationName name) {
      VisibleRows rows = rowsOf(name);
      if (rows != null) {
        tables.put(name, rows);
      } else if (leads(name)) {
        views.add(name);
      }
    }

    /** Null for what is no table of which rows may be hidden. */
    private @Nullable VisibleRows rowsOf(RelationName name) {
      return known(name).map(relation -> subject.visibleRows().get(relation.id())).orElse(null);
    }

    private Optional<Relation> known(RelationName name) {
      String database = name.database().name();
      return state
          .database(NameSpace.accountOf(database, state), database)
          .flatMap(home -> state.relation(home.id(), name.name()));
    }

    private boolean isView(RelationName name) {
      if (SystemDatabases.is(name.database().name(), "")) {
        return false; // what may be read there has rules of its own
      }
      Optional<Relation> relation = known(name);
      if (relation.isPresent()) {
        return relation.get().kind() == RelationKind.VIEW;
      }
      return switch (binding.kinds().kind(name.database().name(), name.name())) {
        case VIEW -> true;
        case TABLE, ABSENT -> false;
        case UNKNOWN -> {
          unresolved.add(name);
          yield false;
        }
      };
    }

    /** Whether a view leads to one of the tables. */
    private boolean leads(RelationName name) {
      return isView(name) && below(List.of(name), List.of());
    }

    private boolean leads(ProgramName program) {
      return below(List.of(), List.of(program));
    }

    private boolean below(List<RelationName> from, List<ProgramName> fromPrograms) {
      Deque<RelationName> pending = new ArrayDeque<>(from);
      Deque<ProgramName> pendingPrograms = new ArrayDeque<>(fromPrograms);
      Set<Object> seen = new HashSet<>();
      while (!pending.isEmpty() || !pendingPrograms.isEmpty()) {
        if (!pendingPrograms.isEmpty()) {
          ProgramName program = pendingPrograms.remove();
          if (seen.add(program) && body(program, pending, pendingPrograms)) {
            return true;
          }
          continue;
        }
        RelationName name = pending.remove();
        if (seen.add(name)) {
          if (rowsOf(name) != null) {
            return true;
          }
          if (isView(name) && definition(name, pending, pendingPrograms)) {
            return true;
          }
        }
      }
      return false;
    }

    /** True when what the view reads cannot be told. */
    private boolean definition(
        RelationName view, Deque<RelationName> pending, Deque<ProgramName> programs) {
      ViewDefinition definition = binding.views().of(view.database().name(), view.name());
      if (definition instanceof ViewDefinition.Readable readable) {
        ViewBody body = readable.body();
        pending.addAll(body.targets());
        pending.addAll(body.others());
        body.functions()
            .forEach(function -> programs.add(new ProgramName(RelationKind.FUNCTION, function)));
        return false;
      }
      if (definition instanceof ViewDefinition.Unknown) {
        unresolved.add(view);
        return false;
      }
      return definition instanceof ViewDefinition.Unreadable;
    }

    /** True when what the program touches cannot be told. */
    private boolean body(
        ProgramName program, Deque<RelationName> pending, Deque<ProgramName> programs) {
      ProgramDefinition definition =
          binding
              .views()
              .program(program.kind(), program.name().database().name(), program.name().name());
      if (definition instanceof ProgramDefinition.Readable readable) {
        for (AccessRequest access : readable.body().accesses()) {
          RelationName name = (RelationName) access.object();
          if (Requirement.isDynamic(access.kind())) {
            return true;
          }
          Optional<RelationKind> kind = Requirement.impliedKind(access.kind());
          if (kind.filter(RelationKind::isRoutine).isPresent()) {
            programs.add(new ProgramName(kind.get(), name));
          } else {
            pending.add(name);
          }
        }
        return false;
      }
      if (definition instanceof ProgramDefinition.Unknown) {
        unresolvedPrograms.add(program);
        return false;
      }
      return definition instanceof ProgramDefinition.Unreadable;
    }
  }
}
