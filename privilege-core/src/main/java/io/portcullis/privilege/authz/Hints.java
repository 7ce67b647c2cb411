package io.portcullis.privilege.authz;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.ObjectName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds what would turn a denial into a permission. Made for one denial. */
final class Hints {

  /** Bounds the work for users with very many roles. */
  private static final int MAXIMUM_ROLES_TRIED = 64;

  private static final int MAXIMUM_HINTS = 16;

  /**
   * @param statement executable
   */
  record Hint(String reason, String statement) {}

  private final Authorizer authorizer;
  private final ActiveSubject subject;

  /** Who is told. */
  private final ActiveSubject reader;

  private final List<AccessRequest> accesses;
  private final Binding binding;

  /**
   * @param reader who is told, and may know more than the subject or less
   */
  Hints(
      Authorizer authorizer,
      ActiveSubject subject,
      ActiveSubject reader,
      List<AccessRequest> accesses,
      Binding binding) {
    this.authorizer = authorizer;
    this.subject = subject;
    this.reader = reader;
    this.accesses = accesses;
    this.binding = binding;
  }

  /** Each ends in an executable statement after a colon. */
  List<String> texts() {
    return list().stream().map(hint -> hint.reason() + ": " + hint.statement()).toList();
  }

  List<Hint> list() {
    List<Hint> hints = new ArrayList<>(roles());
    if (subject.unusable().isEmpty()
        && authorizer.decide(subject, accesses, binding) instanceof Decision.Denied denied) {
      hints.addAll(grants(denied));
    }
    return hints.subList(0, Math.min(hints.size(), MAXIMUM_HINTS));
  }

  /** Roles the user holds, tried one by one the way SET ROLE would make them active. */
  private List<Hint> roles() {
    List<Hint> hints = new ArrayList<>();
    Subject who = subject.subject();
    List<Role> others =
        subject.snapshot().state().rolesOf(who.user()).stream()
            .map(RoleToUser::role)
            .filter(role -> !subject.activeRoles().contains(role))
            .limit(MAXIMUM_ROLES_TRIED)
            .flatMap(role -> subject.snapshot().state().role(role).stream())
            .sorted(Comparator.comparing(Role::name))
            .toList();
    for (Role role : others) {
      if (allows(who.withPrimary(role.id()))) {
        hints.add(
            new Hint(
                "Role " + quoted(role.name()) + " is granted but not active",
                "SET ROLE " + quoted(role.name())));
      }
    }
    if (hints.isEmpty() && !who.secondaryRoles() && allows(who.withSecondaryRoles(true))) {
      hints.add(new Hint("All granted roles together would do", "SET SECONDARY ROLE ALL"));
    }
    return hints;
  }

  private boolean allows(Subject tried) {
    ActiveSubject active = authorizer.activate(tried, subject.snapshot());
    return authorizer.decide(active, accesses, binding) instanceof Decision.Allowed;
  }

  private List<Hint> grants(Decision.Denied denied) {
    Optional<String> grantee = grantee(subject);
    List<Hint> hints = new ArrayList<>();
    if (grantee.isPresent()) {
      for (AccessRequest missing : denied.missing()) {
        for (Hint hint : grants(missing, grantee.get())) {
          if (!hints.contains(hint)) {
            hints.add(hint);
          }
        }
      }
    }
    return hints;
  }

  /**
   * The primary role; the user where that is public, so that not everybody gets it; empty for
   * administrators, to whom nothing can be granted.
   */
  static Optional<String> grantee(ActiveSubject subject) {
    RoleId primary = subject.subject().primary();
    CatalogState state = subject.snapshot().state();
    if (primary.isAdministrator()) {
      return Optional.empty();
    }
    return primary.isPublic()
        ? state.user(subject.subject().user()).map(user -> "USER " + quoted(user.name()))
        : state.role(primary).map(role -> "ROLE " + quoted(role.name()));
  }

  private List<Hint> grants(AccessRequest missing, String grantee) {
    ObjectName object = missing.object();
    DatabaseName database =
        object instanceof RelationName relation ? relation.database() : (DatabaseName) object;
    if (database.isCurrent() || !authorizer.canBeGranted(missing)) {
      return List.of();
    }
    if (authorizer.isMissingBelowView(subject, missing, binding)) {
      return List.of(); // its owner's matter, or would name what is below
    }
    AccessKind kind = missing.kind();
    if (Requirement.isDynamic(kind)) {
      return List.of(); // the administrators' role is not granted by a privilege
    }
    if (object instanceof RelationName relation) {
      List<Hint> hints = new ArrayList<>();
      List<RelationKind> kinds = kindsToName(kind, relation);
      for (RelationKind as : kinds) {
        Requirement requirement = Requirement.of(kind, as);
        String on = as.name() + " " + quoted(database.name()) + "." + quoted(relation.name());
        String reason =
            kinds.size() > 1
                ? "If it is a "
                    + (as == RelationKind.TABLE ? "table" : "view")
                    + ", what is missing"
                : "Missing";
        hints.add(
            new Hint(
                reason,
                grant(
                    requirement.smallest(), columns(missing, requirement), database, on, grantee)));
        if (requirement.also() != 0) {
          hints.add(new Hint(reason, grant(PrivilegeType.SELECT, database, on, grantee)));
        }
      }
      return hints;
    }
    PrivilegeType smallest = Requirement.of(kind, RelationKind.TABLE).smallest();
    List<Hint> hints = new ArrayList<>();
    if (kind != AccessKind.USE || !subject.privileges().holdsOnAccount(smallest)) {
      hints.add(new Hint("Missing", grant(smallest, database, "", grantee)));
    }
    if (kind == AccessKind.USE && !authorizer.holdsSomethingIn(subject, database.name())) {
      hints.add(new Hint("Missing", grant(PrivilegeType.SHOW_TABLES, database, "", grantee)));
    }
    return hints;
  }

  /** Both kinds where it is not known, and for who may not know, so that the hint does not tell. */
  List<RelationKind> kindsToName(AccessKind kind, RelationName relation) {
    Optional<RelationKind> implied = Requirement.impliedKind(kind);
    if (implied.isPresent()) {
      return List.of(implied.get());
    }
    if (!mayKnow(relation)) {
      return List.of(RelationKind.TABLE, RelationKind.VIEW);
    }
    CatalogState state = subject.snapshot().state();
    Optional<Relation> known =
        state
            .database(subject.subject().account(), physical(relation))
            .flatMap(home -> state.relation(home.id(), relation.name()));
    if (known.isPresent()) {
      return List.of(known.get().kind());
    }
    return switch (binding.kinds().kind(physical(relation), relation.name())) {
      case TABLE, ABSENT -> List.of(RelationKind.TABLE);
      case VIEW -> List.of(RelationKind.VIEW);
      case UNKNOWN -> List.of(RelationKind.TABLE, RelationKind.VIEW);
    };
  }

  /**
   * The relation, as the backend calls it, where the advice depends on what it is, and that is not
   * known yet.
   */
  Optional<RelationName> toLookUp(AccessRequest bound) {
    return bound.object() instanceof RelationName relation
            && !relation.database().isCurrent()
            && authorizer.canBeGranted(bound)
            && mayKnow(relation)
            && kindsToName(bound.kind(), relation).size() > 1
        ? Optional.of(RelationName.of(physical(relation), relation.name()))
        : Optional.empty();
  }

  private String physical(RelationName relation) {
    return subject.names().physical(relation.database().name());
  }

  private boolean mayKnow(RelationName relation) {
    AccessRequest known = new AccessRequest(AccessKind.DESCRIBE, relation);
    return authorizer.decide(reader, List.of(known), binding) instanceof Decision.Allowed
        || !authorizer.columnsHeld(reader, known, binding).isEmpty();
  }

  private static String grant(
      PrivilegeType privilege, DatabaseName database, String relation, String grantee) {
    return grant(privilege, Set.of(), database, relation, grantee);
  }

  private static String grant(
      PrivilegeType privilege,
      Set<String> columns,
      DatabaseName database,
      String relation,
      String grantee) {
    String on =
        switch (privilege.scope()) {
          case ACCOUNT -> "ACCOUNT *";
          case DATABASE -> "DATABASE " + quoted(database.name());
          case RELATION -> relation;
        };
    return "GRANT " + privilege.sqlName() + listed(columns) + " ON " + on + " TO " + grantee;
  }

  /** Those of which the privilege to ask for can be granted alone. */
  static Set<String> columns(AccessRequest access, Requirement requirement) {
    return requirement.smallest().isOfColumns() && Requirement.isOfColumns(access.kind())
        ? access.columns()
        : Set.of();
  }

  /** {@code (`a`, `b`)} behind a privilege; nothing for whole objects. */
  static String listed(Set<String> columns) {
    return columns.isEmpty()
        ? ""
        : columns.stream().sorted().map(Hints::quoted).collect(Collectors.joining(", ", " (", ")"));
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
