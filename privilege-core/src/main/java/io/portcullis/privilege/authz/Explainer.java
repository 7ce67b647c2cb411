package io.portcullis.privilege.authz;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.snapshot.Held;
import io.portcullis.privilege.snapshot.RolePaths;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.text.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds out what a decision rests on, by deciding again with less and less: what is named is enough
 * by the very rules that decide, and without any part of it they would refuse. So an explanation
 * can neither disagree with what is enforced nor forget a rule. Made for one decision.
 */
final class Explainer {

  private final Authorizer authorizer;
  private final String catalogSchema;
  private final ActiveSubject subject;

  /** Who is told. */
  private final ActiveSubject reader;

  private final List<AccessRequest> requested;

  /** With what the maker of a view lends by it. */
  private final List<AccessRequest> accesses;

  private final Binding binding;
  private final CatalogState state;
  private final RolePaths paths;

  Explainer(
      Authorizer authorizer,
      String catalogSchema,
      ActiveSubject subject,
      ActiveSubject reader,
      List<AccessRequest> requested,
      Binding binding) {
    this.authorizer = authorizer;
    this.catalogSchema = catalogSchema;
    this.subject = subject;
    this.reader = reader;
    this.requested = requested;
    this.binding =
        new Binding(
            binding.currentDatabase(),
            binding.foldNames(),
            binding.isTemporary(),
            remembering(binding.kinds()),
            remembering(binding.views()));
    this.accesses = authorizer.withWhatIsLent(subject, requested, this.binding);
    this.state = subject.snapshot().state();
    this.paths = RolePaths.inherited(state, inOrder(subject));
  }

  /** One answer for one name throughout: what is known of the backend may expire meanwhile. */
  private static RelationKinds remembering(RelationKinds kinds) {
    Map<RelationName, RelationKinds.Found> found = new HashMap<>();
    return (database, relation) ->
        found.computeIfAbsent(
            RelationName.of(database, relation), name -> kinds.kind(database, relation));
  }

  private static ViewDefinitions remembering(ViewDefinitions views) {
    Map<RelationName, ViewDefinition> found = new HashMap<>();
    Map<ProgramName, ProgramDefinition> programs = new HashMap<>();
    return new ViewDefinitions() {
      @Override
      public ViewDefinition of(String database, String view) {
        return found.computeIfAbsent(
            RelationName.of(database, view), name -> views.of(database, view));
      }

      @Override
      public ProgramDefinition program(RelationKind kind, String database, String name) {
        return programs.computeIfAbsent(
            new ProgramName(kind, RelationName.of(database, name)),
            program -> views.program(kind, database, name));
      }
    };
  }

  private static List<RoleId> inOrder(ActiveSubject subject) {
    RoleId primary = subject.subject().primary();
    List<RoleId> roles = new ArrayList<>();
    if (subject.activeRoles().contains(primary)) {
      roles.add(primary);
    }
    subject.activeRoles().stream()
        .filter(role -> !role.equals(primary))
        .sorted(Comparator.comparingInt(RoleId::value))
        .forEach(roles::add);
    return roles;
  }

  Explanation explain() {
    Decision decision = authorizer.decide(subject, requested, binding);
    if (decision instanceof Decision.Unresolved) {
      return new Explanation(subject, decision, List.of());
    }
    List<Explanation.Line> lines = new ArrayList<>();
    List<RelationName> unresolved = new ArrayList<>();
    List<ProgramName> programs = new ArrayList<>();
    for (AccessRequest access : accesses) {
      Decision one = authorizer.decideOne(subject, access, accesses, binding);
      if (one instanceof Decision.Unresolved open) {
        // Does not matter beside what is denied, but every line shall have a verdict.
        unresolved.addAll(open.names());
        programs.addAll(open.programs());
      } else if (one instanceof Decision.Denied denied) {
        AccessRequest bound = Authorizer.named(subject, access, binding);
        Hints hints = new Hints(authorizer, subject, reader, List.of(bound), binding);
        hints.toLookUp(bound).ifPresent(unresolved::add);
        lines.add(denied(bound, denied, hints));
      } else {
        lines.add(allowed(access));
      }
    }
    boolean refused =
        lines.stream()
            .anyMatch(line -> !line.isAllowed() && line.access().kind() != AccessKind.EXPLAIN);
    if (refused) {
      // It would tell a view from a table to who may know of neither.
      lines.removeIf(line -> line.access().kind() == AccessKind.EXPLAIN);
    }
    return unresolved.isEmpty() && programs.isEmpty()
        ? new Explanation(subject, decision, lines)
        : new Explanation(
            subject, new Decision.Unresolved(decision.epoch(), unresolved, programs), List.of());
  }

  private Explanation.Line denied(AccessRequest bound, Decision.Denied denied, Hints hints) {
    List<RelationKind> kinds =
        bound.object() instanceof RelationName relation
            ? hints.kindsToName(bound.kind(), relation)
            : List.of();
    return new Explanation.Line(
        bound,
        kinds,
        privileges(bound, kinds),
        Optional.of(denied.error()),
        List.of(),
        Optional.empty(),
        denied.error().code() == ErrorCode.ER_DATABASE_PROTECTED
            ? List.of("protected_databases lists it: only the administrator's role writes to it")
            : hints.texts());
  }

  private Explanation.Line allowed(AccessRequest access) {
    AccessRequest bound = Authorizer.named(subject, access, binding);
    List<RelationKind> kinds =
        bound.object() instanceof RelationName relation
            ? List.of(kind(bound.kind(), relation))
            : List.of();
    Optional<String> free =
        isAllowed(access, List.of()) ? Optional.of(freeBecause(bound)) : Optional.empty();
    return new Explanation.Line(
        bound,
        kinds,
        privileges(bound, kinds),
        Optional.empty(),
        free.isPresent() ? List.of() : proofs(access, bound),
        free,
        List.of());
  }

  private static String privileges(AccessRequest bound, List<RelationKind> kinds) {
    AccessKind kind = bound.kind();
    if (kind == AccessKind.USE) {
      return PrivilegeType.CONNECT.sqlName() + ", any in the database";
    }
    if (Requirement.isDynamic(kind)) {
      return "the administrator's role as its owner";
    }
    List<RelationKind> each = kinds.isEmpty() ? List.of(RelationKind.TABLE) : kinds;
    return each.stream()
        .map(as -> Requirement.of(kind, as))
        .map(
            requirement ->
                requirement.smallest().sqlName()
                    + Hints.listed(Hints.columns(bound, requirement))
                    + (requirement.also() == 0 ? "" : ", " + PrivilegeType.SELECT.sqlName()))
        .distinct()
        .collect(Collectors.joining(" or "));
  }

  private RelationKind kind(AccessKind kind, RelationName name) {
    return Requirement.impliedKind(kind)
        .or(() -> relation(kind, name).map(Relation::kind))
        .orElseGet(
            () ->
                binding.kinds().kind(physical(name.database()), name.name())
                        == RelationKinds.Found.VIEW
                    ? RelationKind.VIEW
                    : RelationKind.TABLE);
  }

  /** Of what is permitted to a subject without any privilege. */
  private String freeBecause(AccessRequest bound) {
    boolean system = SystemDatabases.is(databaseOf(bound).name(), catalogSchema);
    if (subject.isAdministrator() && (system || bound.kind() == AccessKind.USE)) {
      return "the administrator's role is the primary role";
    }
    if (Requirement.isDynamic(bound.kind())) {
      return "the administrator's role will own it, or does";
    }
    return system ? "open to everybody" : "a temporary table is the session's own";
  }

  /** The nearest single thing that is enough, else as few as possible. */
  private List<Explanation.Proof> proofs(AccessRequest access, AccessRequest bound) {
    List<Held> candidates = candidates(bound);
    for (Held one : candidates) {
      if (isAllowed(access, List.of(one))) {
        return List.of(proof(one));
      }
    }
    List<Held> needed = fewest(access, isAllowed(access, candidates) ? candidates : everything());
    return needed.stream().map(this::proof).toList();
  }

  /**
   * What is enough and without any part of it is not, the earlier the likelier. More privileges
   * permit no less, so each round finds by halving the first of them up to which it takes.
   */
  private List<Held> fewest(AccessRequest access, List<Held> candidates) {
    List<Held> needed = new ArrayList<>();
    List<Held> left = candidates;
    while (!isAllowed(access, needed)) {
      int tooFew = -1;
      int enough = left.size();
      while (enough - tooFew > 1) {
        int middle = (tooFew + enough) >>> 1;
        List<Held> tried = new ArrayList<>(needed);
        tried.addAll(left.subList(0, middle));
        if (isAllowed(access, tried)) {
          enough = middle;
        } else {
          tooFew = middle;
        }
      }
      if (enough == 0) {
        throw new IllegalStateException("not monotone: " + access);
      }
      needed.add(left.get(enough - 1));
      left = left.subList(0, enough - 1);
    }
    return needed;
  }

  /** All that the searched roles hold: where what matters is not on the object itself. */
  private List<Held> everything() {
    List<Held> all = new ArrayList<>();
    for (RoleId role : paths.roles()) {
      state.grantsOf(role).forEach(grant -> all.add(held(grant)));
      state.databasesOwnedBy(role).forEach(owned -> all.add(ownership(owned)));
      state.relationsOwnedBy(role).forEach(owned -> all.add(ownership(owned)));
    }
    return all;
  }

  private static Held held(Grant grant) {
    return new Held(grant.grantee(), grant.privilege(), grant.level(), false);
  }

  private Explanation.Proof proof(Held held) {
    return new Explanation.Proof(paths.to(held.role()), held);
  }

  private boolean isAllowed(AccessRequest access, Collection<Held> held) {
    ActiveSubject with = subject.holding(held);
    return authorizer.decideOne(with, access, accesses, binding) instanceof Decision.Allowed;
  }

  /** All that is held at levels that can matter, the nearest role first, narrow levels first. */
  private List<Held> candidates(AccessRequest bound) {
    Optional<Database> home = database(databaseOf(bound));
    Optional<Relation> relation =
        bound.object() instanceof RelationName name
            ? relation(bound.kind(), name)
            : Optional.empty();
    List<GrantLevel> levels = levels(home, relation);
    for (String column : bound.columns()) {
      relation.ifPresent(of -> levels.add(new GrantLevel.OnColumn(of.id(), of.kind(), column)));
    }
    List<Held> candidates = new ArrayList<>();
    for (RoleId role : paths.roles()) {
      // Before the grants: the owner holds a grant of OWNERSHIP besides.
      relation.filter(of -> of.owner().equals(role)).ifPresent(of -> candidates.add(ownership(of)));
      home.filter(of -> of.owner().equals(role)).ifPresent(of -> candidates.add(ownership(of)));
      for (GrantLevel level : levels) {
        addGrants(candidates, role, level);
      }
    }
    return candidates;
  }

  private static Held ownership(Database database) {
    return new Held(
        database.owner(),
        PrivilegeType.DATABASE_OWNERSHIP,
        new GrantLevel.OnDatabase(database.id()),
        true);
  }

  private static Held ownership(Relation relation) {
    return new Held(relation.owner(), PrivilegeType.RELATION_OWNERSHIP, level(relation), true);
  }

  private static GrantLevel level(Relation relation) {
    return new GrantLevel.OnRelation(relation.id(), relation.kind());
  }

  private static List<GrantLevel> levels(Optional<Database> home, Optional<Relation> relation) {
    List<GrantLevel> levels = new ArrayList<>();
    for (RelationKind kind : RelationKind.values()) {
      relation.ifPresent(of -> levels.add(new GrantLevel.OnRelation(of.id(), kind)));
    }
    for (RelationKind kind : RelationKind.values()) {
      home.ifPresent(of -> levels.add(new GrantLevel.OnRelationsOf(of.id(), kind)));
    }
    home.ifPresent(of -> levels.add(new GrantLevel.OnDatabase(of.id())));
    for (RelationKind kind : RelationKind.values()) {
      levels.add(new GrantLevel.OnEveryRelation(kind));
    }
    levels.add(new GrantLevel.OnEveryDatabase());
    levels.add(new GrantLevel.OnAccount());
    return levels;
  }

  private void addGrants(List<Held> candidates, RoleId role, GrantLevel level) {
    for (PrivilegeType type : PrivilegeType.values()) {
      if (type.scope() == level.scope() && state.grant(role, type, level).isPresent()) {
        candidates.add(new Held(role, type, level, false));
      }
    }
  }

  private static DatabaseName databaseOf(AccessRequest bound) {
    return bound.object() instanceof RelationName relation
        ? relation.database()
        : (DatabaseName) bound.object();
  }

  private Optional<Database> database(DatabaseName name) {
    String known =
        SystemDatabases.is(name.name(), catalogSchema)
            ? SystemDatabases.caseless(name.name())
            : name.name();
    return state.database(subject.subject().account(), subject.names().physical(known));
  }

  private String physical(DatabaseName name) {
    return subject.names().physical(name.name());
  }

  private Optional<Relation> relation(AccessKind kind, RelationName name) {
    RelationKind among = Requirement.impliedKind(kind).orElse(RelationKind.TABLE);
    return database(name.database()).flatMap(home -> state.relation(home.id(), among, name.name()));
  }
}
