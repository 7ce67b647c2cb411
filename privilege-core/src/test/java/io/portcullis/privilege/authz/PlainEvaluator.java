package io.portcullis.privilege.authz;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeScope;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.ProgramBody;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The rules of PM 2.5, 3.1, 3.2, 4.1 to 4.6 and 6.5 once more, word by word: goes through every
 * grant of every role for every question, compiles and remembers nothing. The oracle for {@link
 * Authorizer}.
 */
final class PlainEvaluator {

  /** What became of a statement: {@code allowed}, {@code unresolved}, or the errno. */
  record Outcome(String what) {
    static final Outcome ALLOWED = new Outcome("allowed");
    static final Outcome UNRESOLVED = new Outcome("unresolved");

    static Outcome errno(int number) {
      return new Outcome("error " + number);
    }

    static Outcome of(Decision decision) {
      if (decision instanceof Decision.Denied denied) {
        return errno(denied.error().code().errno());
      }
      return decision instanceof Decision.Allowed ? ALLOWED : UNRESOLVED;
    }
  }

  private static final Set<String> INFORMATION_FOR_ALL =
      Set.of("character_sets", "collations", "engines", "keywords", "plugins");

  private final CatalogState state;

  /** What counts below views for the roles that own them. */
  private final CatalogState owners;

  private final Subject subject;
  private final Binding binding;
  private final String catalogSchema;
  private final SecondaryRolesMode mode;

  /** Below a view, the role that owns it. */
  private final Optional<RoleId> definer;

  /** For what will have an owner, where secondary roles cannot be that. */
  private final boolean creator;

  PlainEvaluator(
      CatalogState state,
      CatalogState owners,
      Subject subject,
      Binding binding,
      String catalogSchema,
      SecondaryRolesMode mode) {
    this(state, owners, subject, binding, catalogSchema, mode, Optional.empty(), false);
  }

  private PlainEvaluator(
      CatalogState state,
      CatalogState owners,
      Subject subject,
      Binding binding,
      String catalogSchema,
      SecondaryRolesMode mode,
      Optional<RoleId> definer,
      boolean creator) {
    this.state = state;
    this.owners = owners;
    this.subject = subject;
    this.binding = binding;
    this.catalogSchema = catalogSchema;
    this.mode = mode;
    this.definer = definer;
    this.creator = creator;
  }

  Outcome decide(List<AccessRequest> accesses) {
    boolean body =
        accesses.stream()
            .anyMatch(
                a ->
                    a.kind() == AccessKind.ALTER_EVENT
                        || (a.kind().name().startsWith("CREATE_")
                            && program(a.kind()).isPresent()));
    if (body) {
      Binding lasting =
          new Binding(
              binding.currentDatabase(),
              binding.foldNames(),
              (database, name) -> false,
              binding.kinds(),
              binding.views());
      return new PlainEvaluator(
              state, owners, subject, lasting, catalogSchema, mode, definer, creator)
          .decideAll(accesses);
    }
    return decideAll(accesses);
  }

  /** The kind of program that the access is to: its name ends so. */
  private static Optional<RelationKind> program(AccessKind kind) {
    return Stream.of(
            RelationKind.FUNCTION, RelationKind.PROCEDURE, RelationKind.TRIGGER, RelationKind.EVENT)
        .filter(program -> kind.name().endsWith("_" + program))
        .filter(program -> kind != AccessKind.ADD_TRIGGER)
        .findFirst();
  }

  private static Outcome deniedOf(AccessKind kind) {
    boolean routine =
        program(kind).filter(RelationKind::isRoutine).isPresent()
            && !kind.name().startsWith("CREATE_");
    return Outcome.errno(routine ? 1370 : 1044);
  }

  private Outcome decideAll(List<AccessRequest> accesses) {
    Optional<User> user = state.user(subject.user());
    if (user.isEmpty()) {
      return Outcome.errno(3523);
    }
    if (state.role(subject.primary()).isEmpty()) {
      return Outcome.errno(3530);
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (AccessRequest access : accesses) {
      outcomes.add(decide(access));
    }
    accesses.stream()
        .filter(a -> List.of(AccessKind.ALTER_VIEW, AccessKind.CREATE_VIEW).contains(a.kind()))
        .findFirst()
        .ifPresent(redefined -> outcomes.addAll(lent((RelationName) redefined.object(), accesses)));
    return worst(outcomes);
  }

  /** What others may change through the view, who redefines it must be able to change himself. */
  private List<Outcome> lent(RelationName name, List<AccessRequest> accesses) {
    String database = folded(name.database().isCurrent() ? current() : name.database().name());
    Optional<Relation> view =
        state.relations().stream()
            .filter(r -> r.kind() == RelationKind.VIEW && r.name().equals(folded(name.name())))
            .filter(r -> nameOf(r.database()).equals(database))
            .findFirst();
    List<Outcome> outcomes = new ArrayList<>();
    if (view.isEmpty()
        || subject().equals(RoleId.MOADMIN)
        || searched().contains(view.get().owner())) {
      return outcomes;
    }
    for (PrivilegeType change :
        List.of(PrivilegeType.INSERT, PrivilegeType.UPDATE, PrivilegeType.DELETE)) {
      boolean others =
          state.holders().stream()
              .filter(r -> !r.id().equals(RoleId.MOADMIN) && !r.id().equals(view.get().owner()))
              .flatMap(r -> state.grantsOf(r.id()).stream())
              .filter(g -> satisfies(g.privilege(), change))
              .anyMatch(
                  g ->
                      coversRelation(g.level(), database, view.get().name(), RelationKind.VIEW)
                          || (g.level() instanceof GrantLevel.OnColumn one
                              && one.kind() == RelationKind.VIEW
                              && one.relation().equals(view.get().id())));
      for (AccessRequest access : accesses) {
        if (others && access.kind() == AccessKind.SELECT) {
          outcomes.add(
              decide(new AccessRequest(AccessKind.valueOf(change.name()), access.object())));
        }
      }
    }
    return outcomes;
  }

  private String current() {
    return binding.currentDatabase().orElse("");
  }

  private Outcome decide(AccessRequest access) {
    boolean creates =
        List.of(
                AccessKind.CREATE_TABLE,
                AccessKind.CREATE_VIEW,
                AccessKind.CREATE_DATABASE,
                AccessKind.CREATE_FUNCTION,
                AccessKind.CREATE_PROCEDURE,
                AccessKind.CREATE_TRIGGER,
                AccessKind.CREATE_EVENT)
            .contains(access.kind());
    if (creates && mode == SecondaryRolesMode.STRICT && !creator) {
      return new PlainEvaluator(state, owners, subject, binding, catalogSchema, mode, definer, true)
          .decide(access);
    }
    DatabaseName databaseName;
    Optional<String> relation = Optional.empty();
    if (access.object() instanceof RelationName name) {
      databaseName = name.database();
      boolean caseless =
          program(access.kind()).filter(kind -> kind != RelationKind.TRIGGER).isPresent();
      relation = Optional.of(caseless ? name.name().toLowerCase(Locale.ROOT) : folded(name.name()));
    } else {
      databaseName = (DatabaseName) access.object();
    }
    String database = databaseName.name();
    if (database.isEmpty()) {
      if (binding.currentDatabase().isEmpty()) {
        return Outcome.errno(1046);
      }
      database = binding.currentDatabase().get();
    }
    String lower = database.toLowerCase(Locale.ROOT);
    if (List.of("mysql", "sys", "performance_schema", "information_schema", "mo_catalog")
            .contains(lower)
        || lower.equals(catalogSchema)) {
      return decideOnSystem(access.kind(), lower, relation);
    }
    database = folded(database);
    if (relation.isPresent()) {
      if (access.kind() == AccessKind.DROP_TEMPORARY_TABLE) {
        return Outcome.ALLOWED;
      }
      if (program(access.kind()).isPresent()) {
        return decideOnProgram(
            access.kind(), program(access.kind()).get(), database, relation.get());
      }
      boolean canBeTemporary =
          !List.of(
                  AccessKind.ADD_TRIGGER,
                  AccessKind.CREATE_TABLE,
                  AccessKind.REFERENCE,
                  AccessKind.CREATE_VIEW,
                  AccessKind.ALTER_VIEW,
                  AccessKind.DROP_VIEW)
              .contains(access.kind());
      if (canBeTemporary && binding.isTemporary().test(database, relation.get())) {
        return Outcome.ALLOWED;
      }
      return decideOnRelation(access.kind(), database, relation.get(), access.columns());
    }
    return permitsOnDatabase(access.kind(), database) ? Outcome.ALLOWED : Outcome.errno(1044);
  }

  private Outcome decideOnProgram(
      AccessKind kind, RelationKind program, String database, String name) {
    if (!permits(kind, database, name, program)) {
      return deniedOf(kind);
    }
    if (!kind.name().startsWith("EXECUTE_")) {
      return Outcome.ALLOWED;
    }
    return binding.views().program(program, database, name) instanceof ProgramDefinition.Absent
        ? Outcome.errno(1305)
        : belowProgram(kind, program, database, name, List.of());
  }

  /** As {@link #below}, of the body of a routine. */
  private Outcome belowProgram(
      AccessKind kind, RelationKind program, String database, String name, List<String> path) {
    String here = kind + " " + database + "." + name + " " + active();
    if (path.contains(here)) {
      return Outcome.ALLOWED;
    }
    if (path.size() == 32) {
      return Outcome.errno(1356);
    }
    ProgramDefinition definition = binding.views().program(program, database, name);
    if (definition instanceof ProgramDefinition.Unknown) {
      return Outcome.UNRESOLVED;
    } else if (definition instanceof ProgramDefinition.Absent) {
      return Outcome.errno(1356);
    } else if (definition instanceof ProgramDefinition.Unreadable) {
      return Outcome.errno(1235);
    }
    ProgramBody body = ((ProgramDefinition.Readable) definition).body();
    PlainEvaluator runner = body.invoker() ? this : definer(program, database, name);
    List<String> longer = new ArrayList<>(path);
    longer.add(here);
    List<Outcome> outcomes = new ArrayList<>();
    for (AccessRequest access : body.accesses()) {
      outcomes.add(runner.inside(access.kind(), (RelationName) access.object(), longer));
    }
    return worst(outcomes);
  }

  private PlainEvaluator definer(RelationKind kind, String database, String name) {
    return new PlainEvaluator(
        owners,
        owners,
        subject,
        binding,
        catalogSchema,
        mode,
        Optional.of(
            state.relations().stream()
                .filter(r -> r.kind() == kind && r.name().equals(name))
                .filter(r -> nameOf(r.database()).equals(database))
                .findFirst()
                .map(Relation::owner)
                .orElse(RoleId.MOADMIN)),
        false);
  }

  private Outcome decideOnRelation(
      AccessKind kind, String database, String name, Set<String> columns) {
    Optional<Relation> known =
        state.relations().stream()
            .filter(r -> r.name().equals(name) && !r.kind().isProgram())
            .filter(r -> state.database(r.database()).orElseThrow().name().equals(database))
            .findFirst();
    boolean asTable = permits(kind, database, name, RelationKind.TABLE);
    boolean asView = permits(kind, database, name, RelationKind.VIEW);
    boolean goesBelow =
        asView
            && List.of(
                    AccessKind.SELECT,
                    AccessKind.LOCK_READ,
                    AccessKind.INSERT,
                    AccessKind.UPDATE,
                    AccessKind.DELETE,
                    AccessKind.TRUNCATE,
                    AccessKind.LOCK_WRITE)
                .contains(kind)
            && !(subject().equals(RoleId.MOADMIN) && reads(kind));
    boolean permitted;
    boolean view = false;
    if (List.of(AccessKind.CREATE_VIEW, AccessKind.ALTER_VIEW, AccessKind.DROP_VIEW)
        .contains(kind)) {
      permitted = asView;
    } else if (List.of(
            AccessKind.CREATE_TABLE, AccessKind.CREATE_TEMPORARY_TABLE, AccessKind.ADD_TRIGGER)
        .contains(kind)) {
      permitted = asTable;
    } else if (known.isPresent()) {
      view = known.get().kind() == RelationKind.VIEW;
      permitted = view ? asView : asTable;
    } else if (asTable == asView && !goesBelow) {
      permitted = asTable;
    } else {
      RelationKinds.Found found = binding.kinds().kind(database, name);
      if (found == RelationKinds.Found.UNKNOWN) {
        return Outcome.UNRESOLVED;
      }
      view = found == RelationKinds.Found.VIEW;
      permitted = view ? asView : asTable;
    }
    if (!permitted && !columns.isEmpty()) {
      if (known.isEmpty() || !permitsOnColumns(kind, known.get(), columns)) {
        return Outcome.errno(1143);
      }
      view = known.get().kind() == RelationKind.VIEW;
      goesBelow =
          List.of(AccessKind.SELECT, AccessKind.INSERT, AccessKind.UPDATE).contains(kind)
              && !(subject().equals(RoleId.MOADMIN) && reads(kind));
    } else if (!permitted) {
      return Outcome.errno(1142);
    }
    return view && goesBelow ? below(kind, database, name, List.of()) : Outcome.ALLOWED;
  }

  /** Every column by a grant of its own. */
  private boolean permitsOnColumns(AccessKind kind, Relation relation, Set<String> columns) {
    List<PrivilegeType> enough =
        switch (kind) {
          case SELECT -> List.of(PrivilegeType.SELECT);
          case INSERT -> List.of(PrivilegeType.INSERT);
          case UPDATE -> List.of(PrivilegeType.UPDATE);
          case REFERENCE -> List.of(PrivilegeType.REFERENCE);
          case DESCRIBE -> List.of(PrivilegeType.values());
          default -> List.of();
        };
    return columns.stream()
        .allMatch(
            column ->
                held().stream()
                    .filter(g -> enough.contains(g.privilege()))
                    .anyMatch(
                        g ->
                            g.level()
                                .equals(
                                    new GrantLevel.OnColumn(
                                        relation.id(), relation.kind(), column))));
  }

  private static boolean reads(AccessKind kind) {
    return kind == AccessKind.SELECT || kind == AccessKind.LOCK_READ;
  }

  /** PM 4.6, with the chain written out for every table anew. */
  private Outcome below(AccessKind kind, String database, String view, List<String> path) {
    if (subject().equals(RoleId.MOADMIN) && reads(kind)) {
      return Outcome.ALLOWED;
    }
    String here = kind + " " + database + "." + view + " " + active();
    if (path.contains(here) || path.size() == 32) {
      return Outcome.errno(1356);
    }
    ViewDefinition definition = binding.views().of(database, view);
    PlainEvaluator definers = definer(RelationKind.VIEW, database, view);
    if (definition instanceof ViewDefinition.Unknown) {
      return Outcome.UNRESOLVED;
    } else if (definition instanceof ViewDefinition.Absent) {
      return Outcome.errno(1356);
    } else if (definition instanceof ViewDefinition.Unreadable unreadable) {
      boolean administrators =
          !unreadable.invoker() && definers.subject().equals(RoleId.MOADMIN) && reads(kind);
      return administrators ? Outcome.ALLOWED : Outcome.errno(1235);
    }
    ViewDefinition.Readable readable = (ViewDefinition.Readable) definition;
    PlainEvaluator reader = readable.invoker() ? this : definers;
    List<String> longer = new ArrayList<>(path);
    longer.add(here);
    List<Outcome> outcomes = new ArrayList<>();
    for (RelationName target : readable.body().targets()) {
      if (reads(kind)) {
        outcomes.add(reader.read(readable, target, longer));
      } else {
        outcomes.add(reader.inside(kind, target, longer));
        if (readable.body().targets().size() > 1) {
          outcomes.add(reader.read(readable, target, longer));
        }
      }
    }
    for (RelationName other : readable.body().others()) {
      outcomes.add(reader.read(readable, other, longer));
    }
    for (RelationName function : readable.body().functions()) {
      outcomes.add(reader.inside(AccessKind.EXECUTE_FUNCTION, function, longer));
    }
    return worst(outcomes);
  }

  private Outcome read(ViewDefinition.Readable view, RelationName name, List<String> path) {
    Set<String> columns = view.body().columns().getOrDefault(name, Set.of());
    return inside(AccessKind.SELECT, name, columns, path);
  }

  private Outcome inside(AccessKind kind, RelationName name, List<String> path) {
    return inside(kind, name, Set.of(), path);
  }

  private Outcome inside(
      AccessKind kind, RelationName name, Set<String> columns, List<String> path) {
    if (kind == AccessKind.DYNAMIC_PROCEDURE) {
      return active().contains(RoleId.MOADMIN) ? Outcome.ALLOWED : Outcome.errno(1235);
    }
    String database = name.database().name();
    if (List.of("mysql", "sys", "performance_schema", "information_schema", "mo_catalog")
            .contains(database)
        || database.equals(catalogSchema)) {
      Outcome outcome = decideOnSystem(kind, database, Optional.of(name.name()));
      return outcome.equals(Outcome.ALLOWED) ? outcome : Outcome.errno(1356);
    }
    Optional<RelationKind> program = program(kind);
    if (program.isPresent()) {
      return permits(kind, database, name.name(), program.get())
          ? belowProgram(kind, program.get(), database, name.name(), path)
          : Outcome.errno(1356);
    }
    Optional<Relation> relation =
        state.relations().stream()
            .filter(r -> r.name().equals(name.name()) && !r.kind().isProgram())
            .filter(r -> nameOf(r.database()).equals(database))
            .findFirst();
    Optional<RelationKind> known = relation.map(Relation::kind);
    if (known.isEmpty()) {
      RelationKinds.Found found = binding.kinds().kind(database, name.name());
      if (found == RelationKinds.Found.UNKNOWN) {
        return Outcome.UNRESOLVED;
      }
      known =
          Optional.of(found == RelationKinds.Found.VIEW ? RelationKind.VIEW : RelationKind.TABLE);
    }
    boolean onColumns =
        !columns.isEmpty() && relation.filter(r -> permitsOnColumns(kind, r, columns)).isPresent();
    if (!permits(kind, database, name.name(), known.get()) && !onColumns) {
      return Outcome.errno(1356);
    }
    return known.get() == RelationKind.VIEW
        ? below(kind, database, name.name(), path)
        : Outcome.ALLOWED;
  }

  private static Outcome worst(List<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      if (!outcome.equals(Outcome.ALLOWED) && !outcome.equals(Outcome.UNRESOLVED)) {
        return outcome;
      }
    }
    return outcomes.contains(Outcome.UNRESOLVED) ? Outcome.UNRESOLVED : Outcome.ALLOWED;
  }

  private boolean permits(AccessKind kind, String database, String name, RelationKind as) {
    boolean view = as == RelationKind.VIEW;
    return switch (kind) {
      case SELECT, LOCK_READ -> onRelation(PrivilegeType.SELECT, database, name, as);
      case INSERT -> onRelation(PrivilegeType.INSERT, database, name, as);
      case UPDATE -> onRelation(PrivilegeType.UPDATE, database, name, as);
      case DELETE -> onRelation(PrivilegeType.DELETE, database, name, as);
      case TRUNCATE -> onRelation(PrivilegeType.TRUNCATE, database, name, as);
      case REFERENCE -> onRelation(PrivilegeType.REFERENCE, database, name, as);
      case INDEX ->
          onRelation(PrivilegeType.INDEX, database, name, as)
              || onDatabase(PrivilegeType.ALTER_TABLE, database);
      case LOCK_WRITE ->
          onRelation(PrivilegeType.INSERT, database, name, as)
              || onRelation(PrivilegeType.UPDATE, database, name, as)
              || onRelation(PrivilegeType.DELETE, database, name, as);
      case CREATE_TABLE, CREATE_TEMPORARY_TABLE -> onDatabase(PrivilegeType.CREATE_TABLE, database);
      case CREATE_VIEW -> onDatabase(PrivilegeType.CREATE_VIEW, database);
      case ALTER_TABLE ->
          onDatabase(view ? PrivilegeType.ALTER_VIEW : PrivilegeType.ALTER_TABLE, database)
              || owns(database, name, as);
      case DROP_TABLE ->
          onDatabase(view ? PrivilegeType.DROP_VIEW : PrivilegeType.DROP_TABLE, database)
              || owns(database, name, as);
      case ALTER_VIEW -> onDatabase(PrivilegeType.ALTER_VIEW, database) || owns(database, name, as);
      case DROP_VIEW -> onDatabase(PrivilegeType.DROP_VIEW, database) || owns(database, name, as);
      case DESCRIBE ->
          onDatabase(PrivilegeType.SHOW_TABLES, database)
              || held().stream().anyMatch(g -> coversRelation(g.level(), database, name, as))
              || owns(database, name, as);
      case EXPLAIN ->
          !view || onDatabase(PrivilegeType.SHOW_TABLES, database) || owns(database, name, as);
      case SHOW_CREATE ->
          onDatabase(PrivilegeType.SHOW_TABLES, database)
              && (!view || onRelation(PrivilegeType.SELECT, database, name, as));
      case EXECUTE_FUNCTION, EXECUTE_PROCEDURE ->
          onRelation(PrivilegeType.EXECUTE, database, name, as)
              || onDatabase(PrivilegeType.DATABASE_EXECUTE, database);
      case CREATE_FUNCTION, CREATE_PROCEDURE -> onDatabase(PrivilegeType.CREATE_ROUTINE, database);
      case ALTER_FUNCTION, ALTER_PROCEDURE, SHOW_FUNCTION, SHOW_PROCEDURE ->
          onRelation(PrivilegeType.ROUTINE_ALTER, database, name, as)
              || onDatabase(PrivilegeType.ALTER_ROUTINE, database);
      case CREATE_TRIGGER -> onDatabase(PrivilegeType.TRIGGER, database);
      case ADD_TRIGGER, DROP_TRIGGER, SHOW_TRIGGER ->
          onDatabase(PrivilegeType.TRIGGER, database) || owns(database, name, as);
      case CREATE_EVENT -> onDatabase(PrivilegeType.EVENT, database);
      case ALTER_EVENT, SHOW_EVENT ->
          onDatabase(PrivilegeType.EVENT, database) || owns(database, name, as);
      default -> throw new AssertionError(kind);
    };
  }

  private boolean permitsOnDatabase(AccessKind kind, String database) {
    return switch (kind) {
      case SHOW_TABLES, SHOW_CREATE_DATABASE -> onDatabase(PrivilegeType.SHOW_TABLES, database);
      case USE ->
          subject().equals(RoleId.MOADMIN)
              || (onAccount(PrivilegeType.CONNECT) && somethingIn(database));
      case CREATE_DATABASE -> onAccount(PrivilegeType.CREATE_DATABASE);
      case DROP_DATABASE -> onAccount(PrivilegeType.DROP_DATABASE) || ownsDatabase(database);
      case ALTER_DATABASE ->
          onAccount(PrivilegeType.ACCOUNT_ALL) || onDatabase(PrivilegeType.DATABASE_ALL, database);
      default -> throw new AssertionError(kind);
    };
  }

  private Outcome decideOnSystem(AccessKind kind, String database, Optional<String> relation) {
    if (program(kind).isPresent() && kind.name().startsWith("SHOW_")) {
      return deniedOf(kind);
    }
    boolean reads =
        List.of(
                AccessKind.SELECT,
                AccessKind.LOCK_READ,
                AccessKind.DESCRIBE,
                AccessKind.EXPLAIN,
                AccessKind.SHOW_CREATE,
                AccessKind.SHOW_TABLES,
                AccessKind.SHOW_CREATE_DATABASE,
                AccessKind.USE)
            .contains(kind);
    if (!reads) {
      return Outcome.errno(
          List.of("mysql", "sys", "performance_schema").contains(database) ? 3552 : 1044);
    }
    Outcome refused = Outcome.errno(relation.isPresent() ? 1142 : 1044);
    if (database.equals(catalogSchema)) {
      return refused;
    }
    if (kind == AccessKind.EXPLAIN) {
      return Outcome.ALLOWED;
    }
    if (relation.isPresent()
        && !database.equals("mo_catalog")
        && List.of("processlist", "x$processlist", "session", "x$session")
            .contains(relation.get().toLowerCase(Locale.ROOT))) {
      return Outcome.errno(1235);
    }
    if (kind == AccessKind.USE && database.equals("mo_catalog")) {
      return onAccount(PrivilegeType.CONNECT) ? Outcome.ALLOWED : refused;
    }
    // Nothing of mo_catalog is at the backend: what may be read of it never comes to a decision.
    Outcome permitted =
        database.equals("mo_catalog")
            ? Outcome.errno(relation.isPresent() ? 1146 : 1235)
            : Outcome.ALLOWED;
    if (subject().equals(RoleId.MOADMIN)) {
      return permitted;
    }
    boolean information = database.equals("information_schema");
    if (information
        && relation.isPresent()
        && INFORMATION_FOR_ALL.contains(relation.get().toLowerCase(Locale.ROOT))) {
      return Outcome.ALLOWED;
    }
    Optional<Database> known =
        state.databases().stream().filter(d -> d.name().equals(database)).findFirst();
    if (known.isPresent() && namedByGrant(kind, known.get(), relation)) {
      return permitted;
    }
    return information && relation.isPresent() ? Outcome.errno(1235) : refused;
  }

  private boolean namedByGrant(AccessKind kind, Database database, Optional<String> name) {
    boolean mayShow =
        searched().contains(database.owner())
            || held().stream()
                .filter(g -> g.level().equals(new GrantLevel.OnDatabase(database.id())))
                .anyMatch(g -> satisfies(g.privilege(), PrivilegeType.SHOW_TABLES));
    if (kind == AccessKind.USE) {
      return onAccount(PrivilegeType.CONNECT)
          && (searched().contains(database.owner())
              || held().stream()
                  .anyMatch(g -> g.level().equals(new GrantLevel.OnDatabase(database.id())))
              || state.relationsOf(database.id()).stream()
                  .anyMatch(r -> namedByGrant(r).size() > 0 || holdsColumnOf(r)));
    }
    if (name.isEmpty()) {
      return mayShow;
    }
    Optional<Relation> relation =
        state.relationsOf(database.id()).stream()
            .filter(r -> r.name().equals(name.get()) && !r.kind().isProgram())
            .findFirst();
    if (relation.isEmpty()) {
      return false;
    }
    Set<PrivilegeType> on = namedByGrant(relation.get());
    boolean mayRead = on.stream().anyMatch(p -> satisfies(p, PrivilegeType.SELECT));
    return switch (kind) {
      case SELECT, LOCK_READ -> mayRead;
      case DESCRIBE -> mayShow || !on.isEmpty();
      case SHOW_CREATE -> mayShow && (relation.get().kind() == RelationKind.TABLE || mayRead);
      default -> throw new AssertionError(kind);
    };
  }

  private boolean holdsColumnOf(Relation relation) {
    return held().stream()
        .anyMatch(
            g ->
                g.level() instanceof GrantLevel.OnColumn one
                    && one.relation().equals(relation.id())
                    && one.kind() == relation.kind());
  }

  private Set<PrivilegeType> namedByGrant(Relation relation) {
    Set<PrivilegeType> found = new HashSet<>();
    for (Grant grant : held()) {
      if (grant.level() instanceof GrantLevel.OnRelation one
          && one.relation().equals(relation.id())
          && one.kind() == relation.kind()) {
        found.add(grant.privilege());
      }
    }
    if (searched().contains(relation.owner())) {
      found.add(PrivilegeType.RELATION_OWNERSHIP);
    }
    return found;
  }

  private boolean onAccount(PrivilegeType wanted) {
    return held().stream().anyMatch(g -> satisfies(g.privilege(), wanted));
  }

  private boolean onDatabase(PrivilegeType wanted, String database) {
    return ownsDatabase(database)
        || held().stream()
            .anyMatch(g -> satisfies(g.privilege(), wanted) && coversDatabase(g.level(), database));
  }

  private boolean ownsDatabase(String name) {
    return state.databases().stream()
            .anyMatch(d -> d.name().equals(name) && searched().contains(d.owner()))
        || held().stream()
            .anyMatch(
                g ->
                    g.privilege() == PrivilegeType.DATABASE_OWNERSHIP
                        && coversDatabase(g.level(), name));
  }

  private boolean onRelation(PrivilegeType wanted, String database, String name, RelationKind as) {
    return owns(database, name, as)
        || held().stream()
            .anyMatch(
                g ->
                    satisfies(g.privilege(), wanted)
                        && coversRelation(g.level(), database, name, as));
  }

  private boolean owns(String database, String name, RelationKind as) {
    boolean recorded =
        state.relations().stream()
            .anyMatch(
                r ->
                    r.kind() == as
                        && r.name().equals(name)
                        && state.database(r.database()).orElseThrow().name().equals(database)
                        && searched().contains(r.owner()));
    return recorded
        || held().stream()
            .anyMatch(
                g ->
                    g.privilege() == PrivilegeType.RELATION_OWNERSHIP
                        && coversRelation(g.level(), database, name, as));
  }

  private boolean somethingIn(String database) {
    return ownsDatabase(database)
        || held().stream()
            .anyMatch(
                g ->
                    coversDatabase(g.level(), database)
                        || (g.level() instanceof GrantLevel.OnEveryRelation)
                        || (g.level() instanceof GrantLevel.OnRelationsOf all
                            && nameOf(all.database()).equals(database))
                        || (g.level() instanceof GrantLevel.OnRelation one
                            && one.kind() == state.relation(one.relation()).orElseThrow().kind()
                            && nameOf(state.relation(one.relation()).orElseThrow().database())
                                .equals(database)))
        || state.relations().stream()
            .anyMatch(
                r ->
                    nameOf(r.database()).equals(database)
                        && (searched().contains(r.owner()) || holdsColumnOf(r)));
  }

  private boolean coversDatabase(GrantLevel level, String database) {
    return level instanceof GrantLevel.OnEveryDatabase
        || (level instanceof GrantLevel.OnDatabase one && nameOf(one.database()).equals(database));
  }

  private boolean coversRelation(GrantLevel level, String database, String name, RelationKind as) {
    if (level instanceof GrantLevel.OnEveryRelation every) {
      return every.kind() == as;
    }
    if (level instanceof GrantLevel.OnRelationsOf all) {
      return all.kind() == as && nameOf(all.database()).equals(database);
    }
    if (level instanceof GrantLevel.OnRelation one) {
      Relation relation = state.relation(one.relation()).orElseThrow();
      boolean sameNames = as.isProgram() ? relation.kind() == as : !relation.kind().isProgram();
      return one.kind() == as
          && sameNames
          && relation.name().equals(name)
          && nameOf(relation.database()).equals(database);
    }
    return false;
  }

  private String nameOf(io.portcullis.privilege.model.DatabaseId id) {
    return state.database(id).orElseThrow().name();
  }

  /** The privilege itself, or ALL or OWNERSHIP of its scope (PM 3.2). */
  private static boolean satisfies(PrivilegeType held, PrivilegeType wanted) {
    if (held == wanted) {
      return true;
    }
    if (held.scope() != wanted.scope() || wanted.sqlName().equals("OWNERSHIP")) {
      return false;
    }
    return held.sqlName().equals("ALL")
        || (held.scope() != PrivilegeScope.ACCOUNT && held.sqlName().equals("OWNERSHIP"));
  }

  /** The primary role as it is in force: public when the one asked for was revoked. */
  private RoleId subject() {
    if (definer.isPresent()) {
      return definer.get();
    }
    boolean granted =
        state.rolesOf(subject.user()).stream().anyMatch(e -> e.role().equals(subject.primary()));
    return granted ? subject.primary() : RoleId.PUBLIC;
  }

  private Set<RoleId> active() {
    Set<RoleId> roles = new HashSet<>();
    roles.add(subject());
    if (definer.isPresent()) {
      return roles;
    }
    state.privateRole(subject.user()).ifPresent(own -> roles.add(own.id()));
    if (creator || mode == SecondaryRolesMode.OFF) {
      return roles;
    }
    if (subject.secondary().contains(RoleId.PUBLIC)) {
      roles.add(RoleId.PUBLIC); // PM 2.1: granted to everybody
    }
    for (RoleToUser edge : state.rolesOf(subject.user())) {
      if (subject.secondary().contains(edge.role())) {
        roles.add(edge.role());
      }
    }
    return roles;
  }

  private Set<RoleId> searched() {
    Set<RoleId> roles = new HashSet<>();
    active().forEach(role -> follow(role, roles));
    return roles;
  }

  private void follow(RoleId role, Set<RoleId> into) {
    into.add(role);
    for (RoleToRole edge : state.rolesInheritedBy(role)) {
      follow(edge.granted(), into);
    }
  }

  private List<Grant> held() {
    List<Grant> all = new ArrayList<>();
    for (RoleId role : searched()) {
      all.addAll(state.grantsOf(role));
    }
    return all;
  }

  private String folded(String name) {
    return binding.foldNames() ? name.toLowerCase(Locale.ROOT) : name;
  }
}
