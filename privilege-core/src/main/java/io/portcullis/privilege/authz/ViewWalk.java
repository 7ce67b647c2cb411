package io.portcullis.privilege.authz;

import io.portcullis.privilege.catalog.BuiltInRoles;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The way down from a view or routine that a statement names to the tables it reads or changes (PM
 * 4.6, row 59): below a DEFINER view or routine the role that owns it counts, with all it inherits;
 * below an INVOKER one whoever came to it. Whoever comes to a view or routine needs the privilege
 * on it. One for each access of a statement to one of them; nothing of it is on the way of tables.
 *
 * <p>A refusal names the view or routine of the statement and nothing below it: whoever may use it
 * need not know what it is made of.
 */
final class ViewWalk {

  /** Views and routines inside one another. */
  static final int MAXIMUM_DEPTH = 32;

  /** Bounds the work for one access. */
  private static final int MAXIMUM_VIEWS = 1000;

  private final Authorizer authorizer;
  private final Binding binding;
  private final AccessKind asked;
  private final RelationName named;

  /** As the account calls it that asks. */
  private final String shownDatabase;

  private final Set<Visit> visited = new HashSet<>();
  private final Set<Visit> above = new HashSet<>();
  private final Set<RelationName> unresolved = new LinkedHashSet<>();
  private final Set<ProgramName> programs = new LinkedHashSet<>();

  /** A view or routine with the roles that came to it, and what they want of it. */
  private record Visit(AccessKind kind, RelationName view, Set<RoleId> roles) {}

  /**
   * @param names of the account that asks
   * @param asked what the statement wants of it
   * @param named the view or routine of the statement, bound
   */
  ViewWalk(
      Authorizer authorizer,
      Binding binding,
      NameSpace names,
      AccessKind asked,
      RelationName named) {
    this.authorizer = authorizer;
    this.binding = binding;
    this.asked = asked;
    this.named = named;
    this.shownDatabase = names.logical(named.database().name());
  }

  /** What has to be looked up before it is certain that nothing is missing. */
  List<RelationName> unresolved() {
    return List.copyOf(unresolved);
  }

  /** The same of stored programs. */
  List<ProgramName> programs() {
    return List.copyOf(programs);
  }

  /** What is missing below it, whose own privilege the subject holds; empty for nothing. */
  Optional<SqlError> below(ActiveSubject subject) {
    return below(subject, asked, named);
  }

  private Optional<SqlError> below(ActiveSubject comer, AccessKind kind, RelationName view) {
    if (comer.isAdministrator() && Requirement.isReading(kind)) {
      return Optional.empty();
    }
    Visit visit = new Visit(kind, view, comer.activeRoles());
    boolean again = above.contains(visit);
    if (again && Requirement.isExecuting(kind)) {
      return Optional.empty(); // it calls itself, and is being looked at
    }
    if (again || above.size() >= MAXIMUM_DEPTH) {
      return invalid();
    }
    if (!visited.add(visit)) {
      return Optional.empty();
    }
    if (visited.size() > MAXIMUM_VIEWS) {
      return invalid();
    }
    return Requirement.isExecuting(kind)
        ? belowRoutine(visit, comer, kind, view)
        : belowView(visit, comer, kind, view);
  }

  private Optional<SqlError> belowView(
      Visit visit, ActiveSubject comer, AccessKind kind, RelationName view) {
    ViewDefinition definition = binding.views().of(view.database().name(), view.name());
    if (definition instanceof ViewDefinition.Unknown) {
      unresolved.add(view);
      return Optional.empty();
    }
    if (definition instanceof ViewDefinition.Readable readable) {
      above.add(visit);
      Optional<SqlError> error =
          body(
              readable.invoker() ? comer : definer(comer, RelationKind.VIEW, view),
              kind,
              readable.body());
      above.remove(visit);
      return error;
    }
    if (definition instanceof ViewDefinition.Unreadable unreadable) {
      boolean free =
          !unreadable.invoker() && definer(comer, RelationKind.VIEW, view).isAdministrator();
      return free && Requirement.isReading(kind) ? Optional.empty() : unreadable();
    }
    return invalid();
  }

  private Optional<SqlError> belowRoutine(
      Visit visit, ActiveSubject comer, AccessKind kind, RelationName routine) {
    RelationKind as = Requirement.impliedKind(kind).orElseThrow();
    ProgramDefinition definition =
        binding.views().program(as, routine.database().name(), routine.name());
    if (definition instanceof ProgramDefinition.Unknown) {
      programs.add(new ProgramName(as, routine));
      return Optional.empty();
    }
    if (definition instanceof ProgramDefinition.Readable readable) {
      ActiveSubject holder = readable.body().invoker() ? comer : definer(comer, as, routine);
      above.add(visit);
      Optional<SqlError> error = body(holder, readable.body().accesses());
      above.remove(visit);
      return error;
    }
    return definition instanceof ProgramDefinition.Unreadable
        ? unreadable()
        : kind == asked && routine.equals(named) ? doesNotExist() : invalid();
  }

  private ActiveSubject definer(ActiveSubject comer, RelationKind kind, RelationName name) {
    return authorizer.acting(comer, authorizer.definer(comer, kind, name));
  }

  private Optional<SqlError> body(ActiveSubject holder, AccessKind kind, ViewBody body) {
    boolean reads = Requirement.isReading(kind);
    for (RelationName target : body.targets()) {
      Optional<SqlError> error = relation(holder, reads ? AccessKind.SELECT : kind, target, body);
      // Of a join only one table is changed, and it is not known here which: the others are read.
      if (error.isEmpty() && !reads && body.targets().size() > 1) {
        error = relation(holder, AccessKind.SELECT, target, body);
      }
      if (error.isPresent()) {
        return error;
      }
    }
    for (RelationName other : body.others()) {
      Optional<SqlError> error = relation(holder, AccessKind.SELECT, other, body);
      if (error.isPresent()) {
        return error;
      }
    }
    for (RelationName function : body.functions()) {
      Optional<SqlError> error = relation(holder, AccessKind.EXECUTE_FUNCTION, function, Set.of());
      if (error.isPresent()) {
        return error;
      }
    }
    return Optional.empty();
  }

  private Optional<SqlError> body(ActiveSubject holder, List<AccessRequest> accesses) {
    for (AccessRequest access : accesses) {
      Optional<SqlError> error =
          Requirement.isGrowing(access.kind()) ? holder.restriction() : Optional.empty();
      if (error.isEmpty() && Requirement.isDynamic(access.kind())) {
        error = dynamic(holder);
      } else if (error.isEmpty()) {
        // The body of a program is read statement by statement: none is about a database.
        error = relation(holder, access.kind(), (RelationName) access.object(), access.columns());
      }
      if (error.isPresent()) {
        return error;
      }
    }
    return Optional.empty();
  }

  /**
   * What runs is not known: it is left to the administrators' role, and to sessions that may write
   * everywhere.
   */
  private Optional<SqlError> dynamic(ActiveSubject holder) {
    RoleId administrators = RoleId.administratorOf(holder.subject().account());
    if (!holder.activeRoles().contains(administrators)) {
      return notOffered(
          "', which has dynamic SQL in it, or below it, that would not run with the rights of role "
              + BuiltInRoles.name(administrators)
              + "; that is left to what this role owns");
    }
    return holder.unwritable().isEmpty()
        ? Optional.empty()
        : notOffered(
            "', which has dynamic SQL in it, or below it, that could write to what"
                + " protected_databases lists");
  }

  private Optional<SqlError> relation(
      ActiveSubject holder, AccessKind kind, RelationName name, ViewBody body) {
    return relation(
        holder,
        kind,
        name,
        kind == AccessKind.SELECT ? body.columns().getOrDefault(name, Set.of()) : Set.of());
  }

  private Optional<SqlError> relation(
      ActiveSubject holder, AccessKind kind, RelationName name, Set<String> columns) {
    return switch (authorizer.judgeBelowView(holder, kind, name, columns, binding)) {
      case ALLOWED -> Optional.empty();
      case ALLOWED_ON_VIEW -> below(holder, kind, name);
      case UNKNOWN -> {
        unresolved.add(name);
        yield Optional.empty();
      }
      case DENIED -> invalid();
    };
  }

  private Optional<SqlError> invalid() {
    return Optional.of(
        Requirement.isExecuting(asked)
            ? ErrorCode.ER_ROUTINE_INVALID.error(shownDatabase, named.name())
            : ErrorCode.ER_VIEW_INVALID.error(shownDatabase, named.name()));
  }

  private Optional<SqlError> doesNotExist() {
    return Optional.of(
        ErrorCode.ER_SP_DOES_NOT_EXIST.error(
            Requirement.impliedKind(asked).orElseThrow(), shownDatabase + "." + named.name()));
  }

  private Optional<SqlError> unreadable() {
    return notOffered(
        Requirement.isExecuting(asked)
            ? "', whose body, or that of what it calls, the gate cannot read, so that it cannot"
                + " tell what would run"
            : "', whose definition, or that of a view below it, the gate cannot read, so that"
                + " it cannot tell which tables are meant");
  }

  private Optional<SqlError> notOffered(String what) {
    return Optional.of(
        ErrorCode.ER_NOT_SUPPORTED_YET.error(
            (Requirement.isExecuting(asked) ? "the routine '" : "the view '")
                + shownDatabase
                + "."
                + named.name()
                + what));
  }
}
