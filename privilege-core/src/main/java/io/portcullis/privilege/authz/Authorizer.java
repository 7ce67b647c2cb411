package io.portcullis.privilege.authz;

import io.portcullis.privilege.catalog.BuiltInRoles;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeScope;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.snapshot.EffectivePrivileges;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.ObjectName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.ServerFlavour;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides: subject, accesses, snapshot in, {@link Decision} out. Every access is checked on its
 * own, over the union of all searched roles (PM 4.1 [R]); what no rule permits is denied. Holds no
 * state; any thread; does not block.
 */
public final class Authorizer {

  private static final Verdict ALLOWED = new Verdict(null, List.of(), List.of());

  /** What becomes of one access: denied with an error, something to be looked up, or neither. */
  private record Verdict(
      @Nullable SqlError error, List<RelationName> unresolved, List<ProgramName> programs) {
    boolean isUnresolved() {
      return !unresolved.isEmpty() || !programs.isEmpty();
    }
  }

  /** What becomes of a name in the definition of a view, or in the body of a routine. */
  enum BelowView {
    ALLOWED,
    /** It is a view again, or a routine, and the privilege on it is there. */
    ALLOWED_ON_VIEW,
    DENIED,
    /** Whether it is a table or a view must be looked up first. */
    UNKNOWN
  }

  private final String catalogSchema;
  private final SecondaryRolesMode secondaryRoles;

  /** With secondary roles that count. */
  public Authorizer(String catalogSchema) {
    this(catalogSchema, SecondaryRolesMode.ALL);
  }

  /**
   * @param catalogSchema the database that holds the catalog; nobody reaches it
   * @param secondaryRoles what they are good for in accounts that have set nothing else
   */
  public Authorizer(String catalogSchema, SecondaryRolesMode secondaryRoles) {
    this.catalogSchema = catalogSchema;
    this.secondaryRoles = secondaryRoles;
  }

  /**
   * The subject as the snapshot has it: a primary role that is not granted to the user any more
   * gives way to public; with a user or primary role that was dropped nothing is permitted (PM
   * 6.3).
   */
  public ActiveSubject activate(Subject subject, PrivilegeSnapshot snapshot) {
    NameSpace names = NameSpace.of(subject.account(), snapshot.state(), catalogSchema);
    Optional<Account> account = snapshot.state().account(subject.account());
    if (account.filter(a -> a.status() == AccountStatus.SUSPENDED).isPresent()) {
      SqlError suspended = ErrorCode.ER_ACCOUNT_SUSPENDED.error(account.get().name());
      return new ActiveSubject(subject, names, snapshot, Set.of(), Optional.of(suspended));
    }
    if (snapshot
        .state()
        .user(subject.user())
        .filter(user -> user.account().equals(subject.account()))
        .isEmpty()) {
      SqlError dropped =
          ErrorCode.ER_UNKNOWN_AUTHID.error("`" + subject.userName() + "`: the user was dropped");
      return new ActiveSubject(subject, names, snapshot, Set.of(), Optional.of(dropped));
    }
    if (snapshot.state().role(subject.primary()).isEmpty()) {
      SqlError dropped =
          ErrorCode.ER_ROLE_NOT_GRANTED.error(
              "The active role no longer exists; SET ROLE to one of your roles");
      return new ActiveSubject(subject, names, snapshot, Set.of(), Optional.of(dropped));
    }
    RoleId everybodys = RoleId.publicOf(subject.account());
    boolean holdsPrimary =
        subject.primary().equals(everybodys)
            || snapshot.state().isGranted(subject.primary(), subject.user());
    Subject now =
        holdsPrimary
            ? subject
            : new Subject(
                subject.account(),
                subject.user(),
                subject.userName(),
                subject.host(),
                everybodys,
                subject.secondary());
    return new ActiveSubject(now, names, snapshot, activeRoles(now, snapshot), Optional.empty());
  }

  private Set<RoleId> activeRoles(Subject subject, PrivilegeSnapshot snapshot) {
    SecondaryRoles secondary = subject.secondary();
    Optional<Role> own = snapshot.state().privateRole(subject.user());
    boolean alone =
        secondary.isNone()
            || secondaryRoles(snapshot.state(), subject.account()) == SecondaryRolesMode.OFF;
    if (alone && own.isEmpty()) {
      return Set.of(subject.primary());
    }
    Set<RoleId> roles = new HashSet<>();
    roles.add(subject.primary());
    own.ifPresent(role -> roles.add(role.id())); // what is granted to a user always counts
    if (alone) {
      return roles;
    }
    RoleId everybodys = RoleId.publicOf(subject.account());
    if (secondary.contains(everybodys)) {
      roles.add(everybodys); // granted to everybody, without an edge
    }
    for (RoleToUser edge : snapshot.state().rolesOf(subject.user())) {
      if (secondary.contains(edge.role())) {
        roles.add(edge.role());
      }
    }
    return roles;
  }

  /**
   * Whether all accesses are permitted; none are when the list is empty, which means that the
   * statement touches nothing.
   */
  public Decision decide(ActiveSubject subject, List<AccessRequest> requested, Binding session) {
    Binding binding = within(requested, session);
    long epoch = subject.snapshot().epoch();
    if (subject.unusable().isPresent()) {
      return new Decision.Denied(epoch, subject.unusable().get(), List.of());
    }
    Optional<SqlError> restricted = restricted(subject, requested);
    if (restricted.isPresent()) {
      return new Decision.Denied(epoch, restricted.get(), List.of());
    }
    List<AccessRequest> accesses = withWhatIsLent(subject, requested, binding);
    boolean creates = createsTable(accesses);
    SqlError error = null;
    List<AccessRequest> missing = List.of();
    List<RelationName> unresolved = List.of();
    List<ProgramName> programs = List.of();
    for (int i = 0; i < accesses.size(); i++) {
      AccessRequest access = accesses.get(i);
      if (error != null && access.kind() == AccessKind.EXPLAIN) {
        continue; // would tell a view from a table to who may know of neither
      }
      Verdict verdict = judge(subject, access, accesses, binding, creates);
      if (verdict.error != null && verdict.error.code() == ErrorCode.ER_DATABASE_PROTECTED) {
        return new Decision.Denied(epoch, verdict.error, List.of()); // no grant helps
      }
      if (verdict.error != null) {
        if (error == null) {
          error = verdict.error;
          missing = new ArrayList<>();
        }
        missing.add(missing(subject, access, binding));
      } else if (verdict.isUnresolved()) {
        if (unresolved.isEmpty() && programs.isEmpty()) {
          unresolved = new ArrayList<>();
          programs = new ArrayList<>();
        }
        unresolved.addAll(verdict.unresolved);
        programs.addAll(verdict.programs);
      }
    }
    if (error != null) {
      return new Decision.Denied(epoch, error, missing);
    }
    return unresolved.isEmpty() && programs.isEmpty()
        ? subject.allowed()
        : new Decision.Unresolved(epoch, unresolved, programs);
  }

  /** What lets data grow, in an account that may not (PM 4.7). */
  private static Optional<SqlError> restricted(
      ActiveSubject subject, List<AccessRequest> accesses) {
    Optional<SqlError> restriction = subject.restriction();
    if (restriction.isPresent()) {
      for (int i = 0; i < accesses.size(); i++) {
        if (Requirement.isGrowing(accesses.get(i).kind())) {
          return restriction;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Whether the privilege permits anything to be done with an object once it is there.
   *
   * @param kind of a table or view; empty for a database
   */
  public boolean matters(PrivilegeType type, Optional<RelationKind> kind) {
    if (kind.isEmpty() && type.scope() != PrivilegeScope.ACCOUNT) {
      return true; // also what it permits with the tables in it
    }
    for (AccessKind access : AccessKind.values()) {
      boolean concerned =
          Requirement.isOnExisting(access)
              && Requirement.isOnRelation(access) == kind.isPresent()
              && kind.filter(as -> !Requirement.isOnKind(access, as)).isEmpty();
      if (concerned && Requirement.of(access, kind.orElse(RelationKind.TABLE)).names(type)) {
        return true;
      }
    }
    return false;
  }

  /** For {@link Explainer}: one access of a statement, decided as {@link #decide} does. */
  Decision decideOne(
      ActiveSubject subject, AccessRequest access, List<AccessRequest> ofAll, Binding session) {
    Binding binding = within(ofAll, session);
    long epoch = subject.snapshot().epoch();
    if (subject.unusable().isPresent()) {
      return new Decision.Denied(epoch, subject.unusable().get(), List.of());
    }
    Optional<SqlError> restricted = restricted(subject, List.of(access));
    if (restricted.isPresent()) {
      return new Decision.Denied(epoch, restricted.get(), List.of());
    }
    Verdict verdict = judge(subject, access, ofAll, binding, createsTable(ofAll));
    if (verdict.error != null) {
      boolean grantable = verdict.error.code() != ErrorCode.ER_DATABASE_PROTECTED;
      return new Decision.Denied(
          epoch, verdict.error, grantable ? List.of(missing(subject, access, binding)) : List.of());
    }
    return verdict.isUnresolved()
        ? new Decision.Unresolved(epoch, verdict.unresolved, verdict.programs)
        : subject.allowed();
  }

  /** The body of a stored program outlives the temporary tables of the session that makes it. */
  private static Binding within(List<AccessRequest> accesses, Binding session) {
    for (int i = 0; i < accesses.size(); i++) {
      if (Requirement.hasBody(accesses.get(i).kind())) {
        return session.withoutTemporaryTables();
      }
    }
    return session;
  }

  /**
   * RENAME TABLE and CREATE OR REPLACE TABLE mean the permanent table even if a temporary one hides
   * it; they are told from ALTER TABLE and DROP TABLE by the table they make.
   */
  private static boolean createsTable(List<AccessRequest> accesses) {
    for (int i = 0; i < accesses.size(); i++) {
      if (accesses.get(i).kind() == AccessKind.CREATE_TABLE) {
        return true;
      }
    }
    return false;
  }

  /**
   * Who gives another role's view a new definition lends its owner's rights to all who may change
   * rows through it. So he needs on what the definition names, besides SELECT, whatever of INSERT,
   * UPDATE and DELETE is granted on the view.
   */
  List<AccessRequest> withWhatIsLent(
      ActiveSubject subject, List<AccessRequest> requested, Binding binding) {
    for (int i = 0; i < requested.size(); i++) {
      AccessKind kind = requested.get(i).kind();
      if ((kind == AccessKind.ALTER_VIEW || kind == AccessKind.CREATE_VIEW)
          && !subject.isAdministrator()) {
        return withWhatIsLent(
            subject, requested, (RelationName) bound(subject, requested.get(i), binding).object());
      }
    }
    return requested;
  }

  private static List<AccessRequest> withWhatIsLent(
      ActiveSubject subject, List<AccessRequest> requested, RelationName name) {
    Database home = database(subject, name.database().name());
    Relation view = home == null ? null : relation(subject, home, name.name());
    if (view == null
        || view.kind() != RelationKind.VIEW
        || subject.privileges().roles().contains(view.owner())) {
      return requested;
    }
    List<AccessRequest> all = new ArrayList<>(requested);
    for (AccessKind change : List.of(AccessKind.INSERT, AccessKind.UPDATE, AccessKind.DELETE)) {
      if (isLent(subject.snapshot().state(), view, Requirement.of(change, RelationKind.VIEW))) {
        for (AccessRequest access : requested) {
          if (access.kind() == AccessKind.SELECT) {
            all.add(new AccessRequest(change, access.object()));
          }
        }
      }
    }
    return all;
  }

  /** Whether a role besides the owner and the administrators' holds it on the view. */
  private static boolean isLent(CatalogState state, Relation view, Requirement change) {
    Set<RoleId> grantees = new HashSet<>(state.granteesOn(view.id()));
    grantees.addAll(state.granteesOn(view.database()));
    grantees.remove(view.owner());
    grantees.removeIf(RoleId::isAdministrator);
    for (RoleId role : grantees) {
      if (isGranted(state, role, new GrantLevel.OnRelation(view.id(), RelationKind.VIEW), change)
          || isGrantedOnColumn(state, role, view.id(), change)
          || isGranted(
              state,
              role,
              new GrantLevel.OnRelationsOf(view.database(), RelationKind.VIEW),
              change)) {
        return true;
      }
    }
    GrantLevel everywhere = new GrantLevel.OnEveryRelation(RelationKind.VIEW);
    AccountId account = state.database(view.database()).orElseThrow().account();
    for (Role role : state.holders()) {
      boolean other = !role.id().equals(view.owner()) && !role.id().isAdministrator();
      // what a role of another account holds on every view does not cover this one
      boolean covers = other && role.account().equals(account);
      if (covers && isGranted(state, role.id(), everywhere, change)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isGranted(
      CatalogState state, RoleId role, GrantLevel level, Requirement change) {
    return state.grant(role, change.smallest(), level).isPresent()
        || state.grant(role, PrivilegeType.RELATION_ALL, level).isPresent()
        || state.grant(role, PrivilegeType.RELATION_OWNERSHIP, level).isPresent();
  }

  private static boolean isGrantedOnColumn(
      CatalogState state, RoleId role, RelationId view, Requirement change) {
    for (Grant grant : state.grantsOf(role)) {
      if (grant.privilege() == change.smallest()
          && grant.level() instanceof GrantLevel.OnColumn one
          && one.relation().equals(view)
          && one.kind() == RelationKind.VIEW) {
        return true;
      }
    }
    return false;
  }

  private Verdict judge(
      ActiveSubject subject,
      AccessRequest access,
      List<AccessRequest> ofAll,
      Binding binding,
      boolean creates) {
    AccessKind kind = access.kind();
    ObjectName object = access.object();
    String relation = object instanceof RelationName name ? fold(kind, name.name(), binding) : null;
    if (Requirement.isOnRelation(kind) != (relation != null)) {
      throw new IllegalArgumentException("access: " + access + " (expected: the object it is on)");
    }
    DatabaseName written = databaseOf(object);
    if (written.isCurrent() && binding.currentDatabase().isEmpty()) {
      return denied(ErrorCode.ER_NO_DB_ERROR.error());
    }
    String unfolded =
        written.isCurrent() ? binding.currentDatabase().orElseThrow() : written.name();
    Optional<String> refusal = ObjectNames.refusal(unfolded, binding.foldNames());
    if (refusal.isEmpty() && object instanceof RelationName name) {
      refusal = ObjectNames.refusal(name.name(), binding.foldNames());
    }
    if (refusal.isPresent()) {
      return denied(ErrorCode.ER_NOT_SUPPORTED_YET.error(refusal.get()));
    }
    if (SystemDatabases.is(unfolded, catalogSchema)) {
      return judgeSystem(subject, kind, SystemDatabases.caseless(unfolded), relation);
    }
    String folded = fold(unfolded, binding);
    String database = written.isCurrent() ? folded : subject.names().physical(folded);
    if (!subject.names().owns(database)) {
      return refused(subject, kind, database, relation);
    }
    if (!written.isCurrent() && !subject.names().fits(unfolded)) {
      return denied(ErrorCode.ER_TOO_LONG_IDENT.error(unfolded));
    }
    if (isProtected(subject, kind, database, binding)) {
      return denied(
          ErrorCode.ER_DATABASE_PROTECTED.error(
              subject.subject().userName(),
              subject.subject().host(),
              subject.names().logical(database)));
    }
    if (Requirement.isDynamic(kind)) {
      return judgeDynamic(
          subject, access, ofAll, RelationName.of(database, String.valueOf(relation)), binding);
    }
    if (relation == null) {
      return isAllowedOnDatabase(subject, kind, database)
          ? ALLOWED
          : refused(subject, kind, database, null);
    }
    if (Requirement.isShadowedByTemporary(kind)
        && !(creates && (kind == AccessKind.ALTER_TABLE || kind == AccessKind.DROP_TABLE))
        && (kind == AccessKind.DROP_TEMPORARY_TABLE
            || binding.isTemporary().test(database, relation))) {
      return ALLOWED;
    }
    return judgeRelation(subject, access, database, relation, binding);
  }

  /**
   * Dynamic SQL in a body that is made or changed: with whose rights it would run is whoever will
   * be its definer, and that has to be the administrators' role. Who changes what this role owns
   * already has to have it active: a privilege on the database does not lend its rights.
   */
  private Verdict judgeDynamic(
      ActiveSubject subject,
      AccessRequest access,
      List<AccessRequest> ofAll,
      RelationName program,
      Binding binding) {
    boolean procedure = access.kind() == AccessKind.DYNAMIC_PROCEDURE;
    AccessKind creation = procedure ? AccessKind.CREATE_PROCEDURE : AccessKind.CREATE_EVENT;
    Database home = database(subject, program.database().name());
    Relation there =
        procedure || home == null || ofAll.stream().anyMatch(other -> other.kind() == creation)
            ? null
            : relation(subject, home, access.kind(), program.name());
    RoleId definer =
        there == null
            ? owner(subject, new AccessRequest(creation, access.object()), binding)
            : there.owner();
    RoleId administrators = RoleId.administratorOf(subject.subject().account());
    boolean owned = definer.equals(administrators);
    if (owned && (there == null || subject.activeRoles().contains(administrators))) {
      return ALLOWED;
    }
    return denied(
        ErrorCode.ER_NOT_SUPPORTED_YET.error(
            "dynamic SQL in "
                + (procedure ? "a procedure" : "an event")
                + " that role "
                + BuiltInRoles.name(administrators)
                + (owned ? " owns, without that role" : " does not own")
                + ": what would run is not known before it does"));
  }

  /**
   * Whether only sessions of the administrator's role may do it there (PM 2.5). A temporary table
   * that hides one of a protected database can be dropped, and nothing else; of a routine it is its
   * body that writes or does not.
   */
  private static boolean isProtected(
      ActiveSubject subject, AccessKind kind, String database, Binding binding) {
    return !subject.unwritable().isEmpty()
        && !Requirement.isReading(kind)
        && kind != AccessKind.DROP_TEMPORARY_TABLE
        && !Requirement.isExecuting(kind)
        && subject.unwritable().contains(subject.names().logical(database), binding.foldNames());
  }

  private Verdict judgeRelation(
      ActiveSubject subject, AccessRequest access, String database, String name, Binding binding) {
    AccessKind kind = access.kind();
    Database home = database(subject, database);
    Relation relation = home == null ? null : relation(subject, home, kind, name);
    Optional<RelationKind> known = Requirement.impliedKind(kind);
    if (known.isEmpty() && relation != null) {
      known = Optional.of(relation.kind());
    }
    boolean allowed;
    boolean view;
    if (known.isPresent()) {
      view = known.get() == RelationKind.VIEW;
      allowed = isAllowedOnRelation(subject, kind, home, relation, known.get());
    } else {
      allowed = isAllowedOnRelation(subject, kind, home, relation, RelationKind.TABLE);
      boolean asView = isAllowedOnRelation(subject, kind, home, relation, RelationKind.VIEW);
      view = false;
      if (allowed != asView || (asView && isWalked(subject, kind))) {
        // Only now the kind decides: whoever may do neither is not told whether it exists.
        switch (binding.kinds().kind(database, name)) {
          case TABLE, ABSENT -> {}
          case VIEW -> {
            allowed = asView;
            view = true;
          }
          case UNKNOWN -> {
            return new Verdict(null, List.of(RelationName.of(database, name)), List.of());
          }
        }
      }
    }
    if (!allowed && !access.columns().isEmpty()) {
      Set<String> missing = missingColumns(subject, access, home, relation);
      if (!missing.isEmpty()) {
        return refusedColumn(subject, kind, missing, name);
      }
      view = relation != null && relation.kind() == RelationKind.VIEW;
    } else if (!allowed) {
      return refused(subject, kind, database, name);
    }
    if (!(view || Requirement.isExecuting(kind)) || !isWalked(subject, kind)) {
      return ALLOWED;
    }
    ViewWalk walk =
        new ViewWalk(this, binding, subject.names(), kind, RelationName.of(database, name));
    Optional<SqlError> error = walk.below(subject);
    return error.isPresent()
        ? denied(error.get())
        : new Verdict(null, walk.unresolved(), walk.programs());
  }

  /** Of a relation that is not permitted as a whole, the columns that are not either. */
  private static Set<String> missingColumns(
      ActiveSubject subject,
      AccessRequest access,
      @Nullable Database home,
      @Nullable Relation relation) {
    if (home == null || relation == null || !Requirement.isOfColumns(access.kind())) {
      return access.columns();
    }
    Map<String, Long> held = subject.privileges().onColumns(relation.id(), relation.kind());
    Requirement requirement = Requirement.of(access.kind(), relation.kind());
    Set<String> missing = new TreeSet<>();
    for (String column : access.columns()) {
      if (!requirement.isSatisfiedOnColumn(held.getOrDefault(column, 0L))) {
        missing.add(column);
      }
    }
    return missing;
  }

  private static Verdict refusedColumn(
      ActiveSubject subject, AccessKind kind, Set<String> missing, String relation) {
    Subject who = subject.subject();
    return denied(
        ErrorCode.ER_COLUMNACCESS_DENIED_ERROR.error(
            kind.command(), who.userName(), who.host(), new TreeSet<>(missing).first(), relation));
  }

  /** Which tables of which the subject may not see all rows the accesses reach. */
  public static RowReach rowReach(
      ActiveSubject subject, List<AccessRequest> accesses, Binding session) {
    if (subject.visibleRows().isEmpty()) {
      return RowReach.NOTHING;
    }
    Binding binding = within(accesses, session);
    List<AccessRequest> bound = new ArrayList<>();
    for (AccessRequest access : accesses) {
      bound.add(bound(subject, access, binding));
    }
    return RowReach.of(subject, bound, binding);
  }

  /**
   * The columns on which a privilege is held that the access takes, where the whole relation would
   * take more; none where no single column can be enough.
   */
  public Set<String> columnsHeld(ActiveSubject subject, AccessRequest access, Binding binding) {
    if (subject.unusable().isPresent()
        || !Requirement.isOfColumns(access.kind())
        || !(bound(subject, access, binding).object() instanceof RelationName name)
        || name.database().isCurrent()) {
      return Set.of();
    }
    String database = name.database().name();
    Database home =
        SystemDatabases.is(database, catalogSchema) || !subject.names().owns(database)
            ? null
            : database(subject, database);
    Relation relation = home == null ? null : relation(subject, home, name.name());
    if (relation == null) {
      return Set.of();
    }
    Requirement requirement = Requirement.of(access.kind(), relation.kind());
    Set<String> columns = new TreeSet<>();
    subject
        .privileges()
        .onColumns(relation.id(), relation.kind())
        .forEach(
            (column, bits) -> {
              if (requirement.isSatisfiedOnColumn(bits)) {
                columns.add(column);
              }
            });
    return columns;
  }

  /**
   * An administrator reads whatever is below a view (PM 4.6); nobody changes it unseen (PM 2.5).
   */
  private static boolean isWalked(ActiveSubject subject, AccessKind kind) {
    return Requirement.reachesBelowView(kind)
        && !(subject.isAdministrator() && Requirement.isReading(kind));
  }

  /**
   * For {@link ViewWalk}: names are as the backend has them, so temporary tables do not count.
   *
   * @param columns as in {@link AccessRequest#columns}
   */
  BelowView judgeBelowView(
      ActiveSubject holder,
      AccessKind kind,
      RelationName name,
      Set<String> columns,
      Binding binding) {
    String database = name.database().name();
    if (name.database().isCurrent()
        || ObjectNames.refusal(database, binding.foldNames()).isPresent()
        || ObjectNames.refusal(name.name(), binding.foldNames()).isPresent()) {
      return BelowView.DENIED;
    }
    if (!holder.names().owns(database)) {
      return BelowView.DENIED;
    }
    if (SystemDatabases.is(database, catalogSchema)) {
      Verdict verdict = judgeSystem(holder, kind, SystemDatabases.caseless(database), name.name());
      return verdict.error == null ? BelowView.ALLOWED : BelowView.DENIED;
    }
    if (isProtected(holder, kind, database, binding)) {
      return BelowView.DENIED;
    }
    Database home = database(holder, database);
    Relation relation = home == null ? null : relation(holder, home, kind, name.name());
    Optional<RelationKind> implied = Requirement.impliedKind(kind);
    RelationKind as;
    if (implied.isPresent()) {
      as = implied.get();
    } else if (relation != null) {
      as = relation.kind();
    } else {
      switch (binding.kinds().kind(database, name.name())) {
        case TABLE, ABSENT -> as = RelationKind.TABLE;
        case VIEW -> as = RelationKind.VIEW;
        default -> {
          return BelowView.UNKNOWN;
        }
      }
    }
    if (!isAllowedOnRelation(holder, kind, home, relation, as)
        && (columns.isEmpty()
            || !missingColumns(holder, new AccessRequest(kind, name, columns), home, relation)
                .isEmpty())) {
      return BelowView.DENIED;
    }
    return as == RelationKind.VIEW || Requirement.isExecuting(kind)
        ? BelowView.ALLOWED_ON_VIEW
        : BelowView.ALLOWED;
  }

  /**
   * The definer role of a view or program (PM 4.6); the administrators' where it was made behind
   * the gate.
   */
  RoleId definer(ActiveSubject subject, RelationKind kind, RelationName name) {
    Database home = database(subject, name.database().name());
    Relation relation =
        home == null
            ? null
            : subject.snapshot().state().relation(home.id(), kind, name.name()).orElse(null);
    return relation != null && relation.kind() == kind
        ? relation.owner()
        : RoleId.administratorOf(subject.subject().account());
  }

  /** With this role, and what it inherits, and no other: below a view that the role has made. */
  ActiveSubject acting(ActiveSubject subject, RoleId role) {
    return new ActiveSubject(
        subject.subject().withPrimary(role),
        subject.names(),
        subject.snapshot(),
        Set.of(role),
        Optional.empty(),
        subject.unwritable());
  }

  /** For {@link Hints}: whether the privilege on the view is there, so that it misses one below. */
  boolean isMissingBelowView(ActiveSubject subject, AccessRequest access, Binding binding) {
    if (!Requirement.reachesBelowView(access.kind())
        || !(access.object() instanceof RelationName name)) {
      return false;
    }
    String database = subject.names().physical(name.database().name());
    Database home = database(subject, database);
    if (Requirement.isExecuting(access.kind())) {
      RelationKind kind = Requirement.impliedKind(access.kind()).orElseThrow();
      return isAllowedOnRelation(
          subject,
          access.kind(),
          home,
          home == null ? null : relation(subject, home, access.kind(), name.name()),
          kind);
    }
    Relation relation = home == null ? null : relation(subject, home, name.name());
    boolean view =
        relation != null
            ? relation.kind() == RelationKind.VIEW
            : binding.kinds().kind(database, name.name()) == RelationKinds.Found.VIEW;
    return view
        && (isAllowedOnRelation(subject, access.kind(), home, relation, RelationKind.VIEW)
            || (!access.columns().isEmpty()
                && missingColumns(subject, access, home, relation).isEmpty()));
  }

  private boolean isAllowedOnRelation(
      ActiveSubject subject,
      AccessKind kind,
      @Nullable Database home,
      @Nullable Relation relation,
      RelationKind as) {
    if (kind == AccessKind.EXPLAIN && as == RelationKind.TABLE) {
      return true; // the plan tells of it what the statement says
    }
    EffectivePrivileges held = held(subject, Requirement.isCreating(kind));
    long onRelation = held.onEveryRelation(as);
    long onDatabase = held.onEveryDatabase();
    if (home != null) {
      onDatabase |= held.onDatabase(home.id());
      onRelation |= held.onRelationsOf(home.id(), as);
    }
    if (relation != null) {
      onRelation |= held.onRelation(relation.id(), as);
    }
    return Requirement.of(kind, as).isSatisfiedBy(onRelation, onDatabase, held.onAccount());
  }

  /** What counts: without secondary roles, where those are not to own what is created (PM 6.5). */
  private EffectivePrivileges held(ActiveSubject subject, boolean creating) {
    return creating && isStrict(subject) && subject.unusable().isEmpty()
        ? subject.privilegesOf(creators(subject))
        : subject.privileges();
  }

  private boolean isStrict(ActiveSubject subject) {
    return secondaryRoles(subject.snapshot().state(), subject.subject().account())
        == SecondaryRolesMode.STRICT;
  }

  /** As the account has set it (PM 6.7); what cannot be read permits the least. */
  private SecondaryRolesMode secondaryRoles(CatalogState state, AccountId account) {
    String set = state.variables(account).value(GateVariable.SECONDARY_ROLES_MODE);
    return set.equals(AccountVariables.CONFIGURED)
        ? secondaryRoles
        : SecondaryRolesMode.named(set).orElse(SecondaryRolesMode.OFF);
  }

  /**
   * A variable's value as it is shown.
   *
   * @param value canonical
   */
  public String shown(GateVariable variable, String value) {
    return variable == GateVariable.SECONDARY_ROLES_MODE
            && value.equals(AccountVariables.CONFIGURED)
        ? secondaryRoles.text()
        : value;
  }

  /** The active roles that can own what is created. */
  private Set<RoleId> creators(ActiveSubject subject) {
    if (!isStrict(subject)) {
      return subject.activeRoles();
    }
    Set<RoleId> creators = new HashSet<>();
    for (RoleId role : subject.activeRoles()) {
      boolean own = subject.snapshot().state().role(role).filter(Role::isPrivate).isPresent();
      if (own || role.equals(subject.subject().primary())) {
        creators.add(role);
      }
    }
    return creators;
  }

  private boolean isAllowedOnDatabase(ActiveSubject subject, AccessKind kind, String database) {
    EffectivePrivileges held = held(subject, Requirement.isCreating(kind));
    Database known = database(subject, database);
    if (kind == AccessKind.USE && subject.isAdministrator()) {
      return true;
    }
    long onDatabase = held.onEveryDatabase() | (known == null ? 0 : held.onDatabase(known.id()));
    return Requirement.of(kind, RelationKind.TABLE).isSatisfiedBy(0, onDatabase, held.onAccount())
        && (kind != AccessKind.USE || holdsSomethingIn(held, known));
  }

  private static boolean holdsSomethingIn(EffectivePrivileges held, @Nullable Database database) {
    return held.onEveryDatabase() != 0
        || held.holdsOnEveryRelationOfSomeKind()
        || (database != null && holdsExplicitlyIn(held, database));
  }

  /** Whether what is granted everywhere does not count in it (PM 8.2), however it is spelled. */
  public boolean isSystemDatabase(String name) {
    return SystemDatabases.is(name, catalogSchema);
  }

  /** For {@link Hints}: whether USE would find a privilege in the database. */
  boolean holdsSomethingIn(ActiveSubject subject, String database) {
    return holdsSomethingIn(
        subject.privileges(), database(subject, subject.names().physical(database)));
  }

  /** Whether a grant could permit it at all; name bound. */
  boolean canBeGranted(AccessRequest access) {
    return !isSystemDatabase(databaseOf(access.object()).name());
  }

  private static boolean holdsExplicitlyIn(EffectivePrivileges held, Database database) {
    return held.onDatabase(database.id()) != 0 || held.holdsOnRelationsOf(database.id());
  }

  /** PM 2.5, 8.2: never written; read by administrators, or where a grant names the very object. */
  private Verdict judgeSystem(
      ActiveSubject subject, AccessKind kind, String database, @Nullable String relation) {
    if (!Requirement.isReading(kind)) {
      return denied(
          SystemDatabases.isProtectedByServer(database)
              ? ErrorCode.ER_SYSTEM_SCHEMA_WRITE.error(database)
              : noAccessTo(subject, database));
    }
    boolean program = Requirement.impliedKind(kind).filter(RelationKind::isProgram).isPresent();
    if (program || SystemDatabases.isCatalog(database, catalogSchema)) {
      return refused(subject, kind, database, relation);
    }
    if (kind == AccessKind.EXPLAIN) {
      return ALLOWED; // the statement that is explained reads it, and is judged for that
    }
    if (relation != null && SystemDatabases.isListOfSessions(database, relation)) {
      return denied(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              database
                  + "."
                  + relation
                  + " lists the sessions of the backend; SHOW PROCESSLIST lists those of the gate"));
    }
    if (SystemDatabases.isMoCatalog(database)) {
      return judgeMoCatalog(subject, kind, database, relation);
    }
    boolean informationSchema = database.equals(SystemDatabases.INFORMATION_SCHEMA);
    if (informationSchema && relation != null && SystemDatabases.isOpen(relation)) {
      return ALLOWED;
    }
    boolean filtered = informationSchema && relation != null && knowsOthers(subject);
    if (subject.names().isIdentity()
        && !filtered
        && (subject.isAdministrator() || isAllowedExplicitly(subject, kind, database, relation))) {
      return ALLOWED;
    }
    if (informationSchema && relation != null) {
      return denied(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "information_schema."
                  + relation
                  + " lists the objects of everybody and is read by administrators only; SHOW"
                  + " DATABASES, SHOW TABLES, SHOW COLUMNS and SHOW CREATE TABLE work for what you"
                  + " have privileges on"));
    }
    return refused(subject, kind, database, relation);
  }

  /** What the backend says of all accounts is for none of them (PM 2.3). */
  private static boolean knowsOthers(ActiveSubject subject) {
    return subject.snapshot().state().accounts().size() > 1;
  }

  /**
   * Nothing of it is at the backend: what can be read there is served before it comes to a decision
   * (PM 8.2), so this is for what cannot. Everybody has something to read there, and may make it
   * his current database.
   */
  private static Verdict judgeMoCatalog(
      ActiveSubject subject, AccessKind kind, String database, @Nullable String relation) {
    if (kind == AccessKind.USE) {
      return Requirement.of(kind, RelationKind.TABLE)
              .isSatisfiedBy(0, 0, subject.privileges().onAccount())
          ? ALLOWED
          : refused(subject, kind, database, relation);
    }
    if (!subject.isAdministrator() && !isAllowedExplicitly(subject, kind, database, relation)) {
      return refused(subject, kind, database, relation);
    }
    return denied(
        relation == null
            ? ErrorCode.ER_NOT_SUPPORTED_YET.error(
                database
                    + " is made by the gate: it has no definition; SHOW TABLES and DESCRIBE tell what is"
                    + " in it")
            : ErrorCode.ER_NO_SUCH_TABLE.error(database, relation));
  }

  /**
   * Whether reading it may be permitted for others than administrators once the rows are filtered
   * by {@link #metadataFilter}: a table that the statement itself names in information_schema, in
   * letters that cannot be read otherwise.
   */
  public static boolean isMetadata(AccessRequest access) {
    return access.kind() == AccessKind.SELECT
        && access.object() instanceof RelationName relation
        && isPlain(relation.database().name())
        && isPlain(relation.name())
        && ObjectNames.fold(relation.database().name()).equals(SystemDatabases.INFORMATION_SCHEMA)
        && !SystemDatabases.isOpen(relation.name());
  }

  private static boolean isPlain(String name) {
    return name.chars().allMatch(c -> c <= 0x7F);
  }

  /**
   * The condition that leaves of a table of information_schema what the subject may know of (PM 4.3
   * #42); empty when there is none for that table, which is read by administrators only then.
   */
  public Optional<String> metadataFilter(
      ActiveSubject subject, String table, boolean foldNames, ServerFlavour flavour) {
    if (subject.unusable().isPresent()) {
      return Optional.empty();
    }
    return new InformationSchemaFilter(subject, catalogSchema, foldNames).of(table, flavour);
  }

  /**
   * The condition for the rows of information_schema about tables of which the subject does not see
   * all rows: how much is in them is not for him. Empty when he sees all.
   */
  public Optional<String> uncounted(ActiveSubject subject, boolean foldNames) {
    return new InformationSchemaFilter(subject, catalogSchema, foldNames).uncounted();
  }

  /** Whether the subject may know how a view of its account is made (PM 4.3). */
  public boolean mayShowCreate(ActiveSubject subject, Relation view) {
    EffectivePrivileges held = subject.privileges();
    RelationKind kind = view.kind();
    return subject.unusable().isEmpty()
        && Requirement.of(AccessKind.SHOW_CREATE, kind)
            .isSatisfiedBy(
                held.onEveryRelation(kind)
                    | held.onRelationsOf(view.database(), kind)
                    | held.onRelation(view.id(), kind),
                held.onEveryDatabase() | held.onDatabase(view.database()),
                0);
  }

  /**
   * Whether a grant that names the table of a system database, or that database, permits to read it
   * (PM 8.2 [R]); what is granted everywhere does not.
   *
   * @param database in lower case
   */
  public boolean mayReadByGrant(ActiveSubject subject, String database, String table) {
    return subject.unusable().isEmpty()
        && isAllowedExplicitly(subject, AccessKind.SELECT, database, table);
  }

  private static boolean isAllowedExplicitly(
      ActiveSubject subject, AccessKind kind, String database, @Nullable String name) {
    Database known = database(subject, database);
    if (known == null) {
      return false;
    }
    EffectivePrivileges held = subject.privileges();
    if (kind == AccessKind.USE) {
      return Requirement.of(kind, RelationKind.TABLE).isSatisfiedBy(0, 0, held.onAccount())
          && (held.onDatabase(known.id()) | held.onSomeRelationOf(known.id())) != 0;
    }
    Relation relation = name == null ? null : relation(subject, known, kind, name);
    if (name != null && relation == null) {
      return false;
    }
    RelationKind as = relation == null ? RelationKind.TABLE : relation.kind();
    long onRelation = relation == null ? 0 : held.onRelation(relation.id(), as);
    return Requirement.of(kind, as).isSatisfiedBy(onRelation, held.onDatabase(known.id()), 0);
  }

  private static @Nullable Database database(ActiveSubject subject, String name) {
    AccountId account = subject.subject().account();
    return subject.snapshot().state().database(account, name).orElse(null);
  }

  private static @Nullable Relation relation(ActiveSubject subject, Database home, String name) {
    return subject.snapshot().state().relation(home.id(), name).orElse(null);
  }

  /** What the access means: among the programs of a kind, or among tables and views. */
  private static @Nullable Relation relation(
      ActiveSubject subject, Database home, AccessKind kind, String name) {
    RelationKind among = Requirement.impliedKind(kind).orElse(RelationKind.TABLE);
    return subject.snapshot().state().relation(home.id(), among, name).orElse(null);
  }

  private static Verdict refused(
      ActiveSubject subject, AccessKind kind, String database, @Nullable String relation) {
    Subject who = subject.subject();
    Optional<RelationKind> implied = Requirement.impliedKind(kind);
    if (implied.filter(RelationKind::isRoutine).isPresent() && !Requirement.isCreating(kind)) {
      return denied(
          ErrorCode.ER_ROUTINEACCESS_DENIED_ERROR.error(
              kind.command(),
              who.userName(),
              who.host(),
              subject.names().logical(database) + "." + relation));
    }
    return denied(
        relation == null || implied.filter(RelationKind::isProgram).isPresent()
            ? noAccessTo(subject, database)
            : ErrorCode.ER_TABLEACCESS_DENIED_ERROR.error(
                kind.command(), who.userName(), who.host(), relation));
  }

  private static SqlError noAccessTo(ActiveSubject subject, String database) {
    Subject who = subject.subject();
    return ErrorCode.ER_DBACCESS_DENIED_ERROR.error(
        who.userName(), who.host(), subject.names().logical(database));
  }

  private static Verdict denied(SqlError error) {
    return new Verdict(error, List.of(), List.of());
  }

  private static DatabaseName databaseOf(ObjectName object) {
    if (object instanceof RelationName relation) {
      return relation.database();
    }
    if (object instanceof DatabaseName database) {
      return database;
    }
    throw new AssertionError(object);
  }

  private static String fold(String name, Binding binding) {
    return binding.foldNames() ? ObjectNames.fold(name) : name;
  }

  private static String fold(AccessKind kind, String name, Binding binding) {
    return ObjectNames.fold(kind, name, binding.foldNames());
  }

  private static AccessRequest bound(ActiveSubject subject, AccessRequest access, Binding binding) {
    DatabaseName written = databaseOf(access.object());
    DatabaseName database =
        new DatabaseName(
            written.isCurrent()
                ? fold(binding.currentDatabase().orElse(""), binding)
                : subject.names().physical(fold(written.name(), binding)));
    return new AccessRequest(
        access.kind(),
        access.object() instanceof RelationName relation
            ? new RelationName(database, fold(access.kind(), relation.name(), binding))
            : database,
        access.columns());
  }

  /**
   * The access with its names bound, as the backend has them; those whose name cannot be bound, as
   * written.
   */
  public static AccessRequest asBackendNames(
      ActiveSubject subject, AccessRequest access, Binding binding) {
    return bound(subject, access, binding);
  }

  /** The same of what is missing of it. */
  private static AccessRequest missing(
      ActiveSubject subject, AccessRequest access, Binding binding) {
    AccessRequest named = named(subject, access, binding);
    if (access.columns().isEmpty()) {
      return named;
    }
    RelationName name = (RelationName) bound(subject, access, binding).object();
    Database home = database(subject, name.database().name());
    Relation relation = home == null ? null : relation(subject, home, name.name());
    Set<String> missing = missingColumns(subject, access, home, relation);
    return missing.isEmpty()
        ? named // below a view
        : new AccessRequest(named.kind(), named.object(), missing);
  }

  /** An access with its names bound, as the account names them. */
  static AccessRequest named(ActiveSubject subject, AccessRequest access, Binding binding) {
    AccessRequest bound = bound(subject, access, binding);
    if (subject.names().isIdentity()) {
      return bound;
    }
    DatabaseName database =
        new DatabaseName(subject.names().logical(databaseOf(bound.object()).name()));
    return new AccessRequest(
        bound.kind(),
        bound.object() instanceof RelationName relation
            ? new RelationName(database, relation.name())
            : database,
        bound.columns());
  }

  /**
   * For what has no object: whether one of the privileges, or ALL, is held on the account.
   *
   * @return empty, or 1227 naming the privileges
   */
  public Optional<SqlError> requireAny(ActiveSubject subject, PrivilegeType... anyOf) {
    if (subject.unusable().isPresent()) {
      return subject.unusable();
    }
    return subject.privileges().holdsOnAccount(anyOf) ? Optional.empty() : missing(anyOf);
  }

  /**
   * The same for a user or role that is made, which will have an owner: see {@link
   * SecondaryRolesMode#STRICT}.
   */
  public Optional<SqlError> requireToCreate(ActiveSubject subject, PrivilegeType type) {
    if (subject.unusable().isPresent()) {
      return subject.unusable();
    }
    return held(subject, true).holdsOnAccount(type) ? Optional.empty() : missing(type);
  }

  /** What would help against an error of {@link #requireAny} that names one privilege. */
  public Optional<String> accountHint(ActiveSubject subject, SqlError denied) {
    return Arrays.stream(PrivilegeType.values())
        .filter(type -> type.scope() == PrivilegeScope.ACCOUNT)
        .filter(type -> missing(type).equals(Optional.of(denied)))
        .findFirst()
        .flatMap(
            type ->
                Hints.grantee(subject)
                    .map(to -> "Missing: GRANT " + type.sqlName() + " ON ACCOUNT * TO " + to));
  }

  private static Optional<SqlError> missing(PrivilegeType... anyOf) {
    List<String> names = new ArrayList<>();
    for (PrivilegeType type : anyOf) {
      names.add(type.sqlName());
    }
    return Optional.of(ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR.error(String.join(", ", names)));
  }

  /**
   * Whether SHOW DATABASES lists it (PM 4.3 #37): all for who may, else where one holds something.
   */
  public boolean isListed(ActiveSubject subject, String database, boolean foldNames) {
    if (subject.unusable().isPresent()) {
      return false;
    }
    String folded = SystemDatabases.caseless(database);
    if (SystemDatabases.isCatalog(folded, catalogSchema) || !subject.names().owns(database)) {
      return false;
    }
    EffectivePrivileges held = subject.privileges();
    if (!subject.names().isIdentity() && SystemDatabases.is(folded, catalogSchema)) {
      return folded.equals(SystemDatabases.INFORMATION_SCHEMA)
          || (SystemDatabases.isMoCatalog(folded)
              && held.holdsOnAccount(PrivilegeType.SHOW_DATABASES));
    }
    if (held.holdsOnAccount(PrivilegeType.SHOW_DATABASES)
        || folded.equals(SystemDatabases.INFORMATION_SCHEMA)) {
      return true;
    }
    boolean system = SystemDatabases.is(folded, catalogSchema);
    Database known =
        database(subject, system ? folded : foldNames ? ObjectNames.fold(database) : database);
    return system ? known != null && holdsExplicitlyIn(held, known) : holdsSomethingIn(held, known);
  }

  /**
   * The role that will own what the statement makes (PM 6.2): the primary role if it may, else the
   * active role that may.
   */
  public RoleId owner(ActiveSubject subject, AccessRequest creation, Binding binding) {
    return firstThat(
        subject,
        role ->
            decide(acting(subject, role), List.of(creation), binding) instanceof Decision.Allowed);
  }

  /** The same for a user or role that the privilege permits to make. */
  public RoleId owner(ActiveSubject subject, PrivilegeType creation) {
    return firstThat(
        subject, role -> subject.snapshot().effective(Set.of(role)).holdsOnAccount(creation));
  }

  private RoleId firstThat(ActiveSubject subject, Predicate<RoleId> suffices) {
    RoleId primary = subject.subject().primary();
    if (subject.activeRoles().size() > 1) {
      TreeSet<RoleId> candidates = new TreeSet<>(Comparator.comparingInt(RoleId::value));
      candidates.addAll(creators(subject));
      candidates.remove(primary);
      List<RoleId> inOrder = new ArrayList<>();
      inOrder.add(primary);
      inOrder.addAll(candidates);
      for (RoleId role : inOrder) {
        if (suffices.test(role)) {
          return role;
        }
      }
    }
    return primary;
  }

  /**
   * The same decision, and why: for every access what permits it, or what would. Costs more than to
   * decide, and is asked for by people only.
   *
   * @param reader who is told
   */
  public Explanation explain(
      ActiveSubject subject, ActiveSubject reader, List<AccessRequest> accesses, Binding binding) {
    return new Explainer(this, catalogSchema, subject, reader, accesses, binding).explain();
  }

  /**
   * What would help: roles the user holds but has not active, and the smallest grants that are
   * missing. Each ends in an executable statement after a colon. They say no more about objects
   * than the denial did.
   */
  public List<String> hints(ActiveSubject subject, List<AccessRequest> accesses, Binding binding) {
    return new Hints(this, subject, subject, accesses, binding).texts();
  }
}
