package io.portcullis.privilege.authz;

import io.portcullis.privilege.model.RoleId;
import io.portcullis.sql.access.AccessKind;
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
 * The way down from a view that a statement names to the tables it reads or changes (PM 4.6): below
 * a DEFINER view the role that owns it counts, with all it inherits; below an INVOKER view whoever
 * came to it. Whoever comes to a view needs the privilege on it. One for each access of a statement
 * to a view; nothing of it is on the way of tables.
 *
 * <p>A refusal names the view of the statement and nothing below it: whoever may use a view need
 * not know what it is made of.
 */
final class ViewWalk {

  /** Views inside one another. */
  static final int MAXIMUM_DEPTH = 32;

  /** Bounds the work for one access. */
  private static final int MAXIMUM_VIEWS = 1000;

  private final Authorizer authorizer;
  private final Binding binding;
  private final RelationName named;

  /** As the account calls it that asks. */
  private final String shownDatabase;

  private final Set<Visit> visited = new HashSet<>();
  private final Set<Visit> above = new HashSet<>();
  private final Set<RelationName> unresolved = new LinkedHashSet<>();

  /** A view with the roles that came to it, and what they want of it. */
  private record Visit(AccessKind kind, RelationName view, Set<RoleId> roles) {}

  /**
   * @param names of the account that asks
   * @param named the view of the statement, bound
   */
  ViewWalk(Authorizer authorizer, Binding binding, NameSpace names, RelationName named) {
    this.authorizer = authorizer;
    this.binding = binding;
    this.named = named;
    this.shownDatabase = names.logical(named.database().name());
  }

  /** What has to be looked up before it is certain that nothing is missing. */
  List<RelationName> unresolved() {
    return List.copyOf(unresolved);
  }

  /** What is missing below the view, whose own privilege the subject holds; empty for nothing. */
  Optional<SqlError> below(ActiveSubject subject, AccessKind kind) {
    return below(subject, kind, named);
  }

  private Optional<SqlError> below(ActiveSubject comer, AccessKind kind, RelationName view) {
    if (comer.isAdministrator() && Requirement.isReading(kind)) {
      return Optional.empty();
    }
    Visit visit = new Visit(kind, view, comer.activeRoles());
    if (above.contains(visit) || above.size() >= MAXIMUM_DEPTH) {
      return invalid();
    }
    if (!visited.add(visit)) {
      return Optional.empty();
    }
    if (visited.size() > MAXIMUM_VIEWS) {
      return invalid();
    }
    ViewDefinition definition = binding.views().of(view.database().name(), view.name());
    if (definition instanceof ViewDefinition.Unknown) {
      unresolved.add(view);
      return Optional.empty();
    }
    if (definition instanceof ViewDefinition.Readable readable) {
      above.add(visit);
      Optional<SqlError> error =
          body(readable.invoker() ? comer : definer(comer, view), kind, readable.body());
      above.remove(visit);
      return error;
    }
    if (definition instanceof ViewDefinition.Unreadable unreadable) {
      boolean free = !unreadable.invoker() && definer(comer, view).isAdministrator();
      return free && Requirement.isReading(kind) ? Optional.empty() : unreadable();
    }
    return invalid();
  }

  private ActiveSubject definer(ActiveSubject comer, RelationName view) {
    return authorizer.acting(
        comer, authorizer.ownerOfView(comer, view.database().name(), view.name()));
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
    return Optional.empty();
  }

  private Optional<SqlError> relation(
      ActiveSubject holder, AccessKind kind, RelationName name, ViewBody body) {
    Set<String> columns =
        kind == AccessKind.SELECT ? body.columns().getOrDefault(name, Set.of()) : Set.of();
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
    return Optional.of(ErrorCode.ER_VIEW_INVALID.error(shownDatabase, named.name()));
  }

  private Optional<SqlError> unreadable() {
    return Optional.of(
        ErrorCode.ER_NOT_SUPPORTED_YET.error(
            "the view '"
                + shownDatabase
                + "."
                + named.name()
                + "', whose definition, or that of a view below it, the gate cannot read, so that"
                + " it cannot tell which tables are meant"));
  }
}
