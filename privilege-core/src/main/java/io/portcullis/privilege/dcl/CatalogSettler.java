package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Binding;
import io.portcullis.privilege.authz.NameSpace;
import io.portcullis.privilege.authz.ObjectNames;
import io.portcullis.privilege.authz.RelationKinds;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.authz.SystemDatabases;
import io.portcullis.privilege.authz.ViewDefinitions;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.ColumnNames;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.Hierarchy;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RowPolicy;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.AccountBackend;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.BackendSite;
import io.portcullis.privilege.store.CatalogWriter;
import io.portcullis.privilege.store.Proposal;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.ObjectName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the catalog in step with DDL that went through the gate (DESIGN D8, PM 6.2, 6.3): once the
 * backend has said OK, what was made gets an owner, what was dropped loses its grants, what was
 * renamed keeps them. Where it is not certain that the statement made the object, nobody gets
 * ownership of it. Blocking: called on the store executor. Any thread.
 */
public final class CatalogSettler {

  private static final Logger LOG = LoggerFactory.getLogger(CatalogSettler.class);

  private final CatalogWriter writer;
  private final SnapshotPublisher publisher;
  private final Authorizer authorizer;
  private final String name;
  private final BackendControl backend;
  private final AccountBackend schemas;
  private final DclSettings settings;
  private final Clock clock;

  /**
   * @param name of the backend: it settles for the accounts that live there
   */
  public CatalogSettler(
      CatalogWriter writer,
      SnapshotPublisher publisher,
      Authorizer authorizer,
      String name,
      BackendSite site,
      DclSettings settings,
      Clock clock) {
    this.writer = writer;
    this.publisher = publisher;
    this.authorizer = authorizer;
    this.name = name;
    this.backend = site.control();
    this.schemas = site.accounts();
    this.settings = settings;
    this.clock = clock;
  }

  /** Whether {@link #before} must be called before the statement is sent. */
  public static boolean needsPriorObjects(List<CatalogEffect> effects) {
    for (CatalogEffect effect : effects) {
      if (isUncertain(effect)) {
        return true;
      }
    }
    return false;
  }

  /** Whether {@link #settle} has anything to do for these effects. */
  public static boolean changesCatalog(List<CatalogEffect> effects) {
    for (CatalogEffect effect : effects) {
      if (!(effect instanceof CatalogEffect.TemporaryTableCreated)
          && !(effect instanceof CatalogEffect.TemporaryTableDropped)) {
        return true;
      }
    }
    return false;
  }

  /** Looks up, before the statement is sent, what it may find instead of making it. */
  public PriorObjects before(
      Subject subject, Optional<String> currentDatabase, List<CatalogEffect> effects)
      throws StoreException {
    CatalogState state = publisher.current().state();
    AccountId account = subject.account();
    NameSpace names = NameSpace.of(account, state, settings.catalogSchema());
    Map<String, PriorObjects.Found<DatabaseId>> databases = new HashMap<>();
    Map<PriorObjects.Name, PriorObjects.Found<RelationId>> relations = new HashMap<>();
    for (CatalogEffect effect : effects) {
      if (!isUncertain(effect)) {
        continue;
      }
      if (effect instanceof CatalogEffect.DatabaseCreated created) {
        String name = bind(names, created.database(), currentDatabase);
        databases.put(
            name,
            new PriorObjects.Found<>(
                backend.databaseExists(name), state.database(account, name).map(Database::id)));
      } else if (effect instanceof CatalogEffect.RelationCreated created) {
        PriorObjects.Name name = bind(names, created.kind(), created.relation(), currentDatabase);
        relations.put(
            name,
            new PriorObjects.Found<>(
                exists(name),
                state
                    .database(account, name.database())
                    .flatMap(home -> state.relation(home.id(), name.kind(), name.relation()))
                    .map(Relation::id)));
      }
    }
    return new PriorObjects(databases, relations);
  }

  private boolean exists(PriorObjects.Name name) throws StoreException {
    return name.kind().isProgram()
        ? backend.program(name.kind(), name.database(), name.relation()).isPresent()
        : backend.relation(name.database(), name.relation()).isPresent();
  }

  /**
   * Records what a statement did, after the backend said OK and before the client is told so.
   *
   * @param subject who ran it, as it was decided
   * @param currentDatabase as of the statement, as the backend calls it
   * @param prior from {@link #before}, or {@link PriorObjects#NONE} where that was not needed
   */
  public void settle(
      Subject subject,
      Optional<String> currentDatabase,
      List<CatalogEffect> effects,
      PriorObjects prior)
      throws StoreException {
    if (!changesCatalog(effects)) {
      return;
    }
    List<String> astray =
        writer.write(
            newest -> {
              Draft draft = new Draft(authorizer.activate(subject, newest), clock.instant());
              for (CatalogEffect effect : effects) {
                if (astray(draft, currentDatabase, effect).isEmpty()) {
                  settle(draft, subject, currentDatabase, effect, prior);
                }
              }
              return new Proposal<>(
                  draft.changes(),
                  effects.stream()
                      .filter(effect -> isMadeBy(effect, draft, currentDatabase, prior))
                      .flatMap(effect -> astray(draft, currentDatabase, effect).stream())
                      .toList());
            });
    if (!astray.isEmpty()) {
      schemas.dropSchema(astray.get(0));
      throw new StoreException(
          "the database "
              + astray.get(0)
              + " was made while an account was made whose databases are called so: it is dropped"
              + " again");
    }
  }

  /** A database whose name has become another account's since the statement was decided. */
  private Optional<String> astray(
      Draft draft, Optional<String> currentDatabase, CatalogEffect effect) {
    return effect instanceof CatalogEffect.DatabaseCreated created
        ? Optional.of(bind(draft.actor().names(), created.database(), currentDatabase))
            .filter(schema -> !draft.actor().names().owns(schema))
        : Optional.empty();
  }

  private boolean isMadeBy(
      CatalogEffect effect, Draft draft, Optional<String> currentDatabase, PriorObjects prior) {
    if (!(effect instanceof CatalogEffect.DatabaseCreated created)) {
      return false;
    }
    String schema = bind(draft.actor().names(), created.database(), currentDatabase);
    return created.certain()
        || prior.database(schema).filter(before -> !before.existed()).isPresent();
  }

  private void settle(
      Draft draft,
      Subject subject,
      Optional<String> currentDatabase,
      CatalogEffect effect,
      PriorObjects prior) {
    NameSpace names = draft.actor().names();
    if (effect instanceof CatalogEffect.DatabaseCreated created) {
      created(draft, subject, bind(names, created.database(), currentDatabase), created, prior);
    } else if (effect instanceof CatalogEffect.DatabaseDropped dropped) {
      draft
          .state()
          .database(draft.account(), bind(names, dropped.database(), currentDatabase))
          .ifPresent(known -> draft.apply(new CatalogChange.DatabaseDropped(known.id())));
    } else if (effect instanceof CatalogEffect.RelationCreated created) {
      created(
          draft,
          subject,
          bind(names, created.kind(), created.relation(), currentDatabase),
          created,
          prior);
    } else if (effect instanceof CatalogEffect.RelationDropped dropped) {
      relation(draft, bind(names, RelationKind.TABLE, dropped.relation(), currentDatabase))
          .ifPresent(known -> draft.apply(new CatalogChange.RelationDropped(known.id())));
    } else if (effect instanceof CatalogEffect.ProgramDropped dropped) {
      relation(draft, bind(names, dropped.kind(), dropped.program(), currentDatabase))
          .ifPresent(known -> draft.apply(new CatalogChange.RelationDropped(known.id())));
    } else if (effect instanceof CatalogEffect.RelationRenamed renamed) {
      renamed(
          draft,
          bind(names, RelationKind.TABLE, renamed.from(), currentDatabase),
          bind(names, RelationKind.TABLE, renamed.to(), currentDatabase));
    } else if (effect instanceof CatalogEffect.ColumnsChanged changed) {
      relation(draft, bind(names, RelationKind.TABLE, changed.table(), currentDatabase))
          .ifPresent(known -> changed(draft, known, changed));
    } else if (!(effect instanceof CatalogEffect.ViewRedefined) // its owner stays its definer
        && !(effect instanceof CatalogEffect.ProgramAltered)
        && !(effect instanceof CatalogEffect.TemporaryTableCreated)
        && !(effect instanceof CatalogEffect.TemporaryTableDropped)) {
      throw new AssertionError(effect);
    }
  }

  private void created(
      Draft draft,
      Subject subject,
      String name,
      CatalogEffect.DatabaseCreated effect,
      PriorObjects prior) {
    Optional<Database> known = draft.state().database(draft.account(), name);
    if (!effect.certain() && !isNew(prior.database(name), known.map(Database::id))) {
      return;
    }
    // What the catalog still knows under the name went away without us.
    known.ifPresent(old -> draft.apply(new CatalogChange.DatabaseDropped(old.id())));
    RoleId owner =
        owner(draft, subject, AccessKind.CREATE_DATABASE, new DatabaseName(logical(draft, name)));
    DatabaseId id = draft.state().nextDatabaseId();
    draft.apply(new CatalogChange.DatabasePut(new Database(id, draft.account(), name, owner)));
    if (!owner.isAdministrator()) {
      draft.apply(
          new CatalogChange.PrivilegeGranted(
              new Grant(
                  owner, PrivilegeType.DATABASE_OWNERSHIP, new GrantLevel.OnDatabase(id), false)));
    }
  }

  private void created(
      Draft draft,
      Subject subject,
      PriorObjects.Name name,
      CatalogEffect.RelationCreated effect,
      PriorObjects prior) {
    Optional<Relation> known = relation(draft, name);
    if (!effect.certain() && !isNew(prior.relation(name), known.map(Relation::id))) {
      return;
    }
    known.ifPresent(old -> draft.apply(new CatalogChange.RelationDropped(old.id())));
    AccessKind access =
        switch (effect.kind()) {
          case TABLE -> AccessKind.CREATE_TABLE;
          case VIEW -> AccessKind.CREATE_VIEW;
          case FUNCTION -> AccessKind.CREATE_FUNCTION;
          case PROCEDURE -> AccessKind.CREATE_PROCEDURE;
          case TRIGGER -> AccessKind.CREATE_TRIGGER;
          case EVENT -> AccessKind.CREATE_EVENT;
        };
    RoleId owner =
        owner(
            draft,
            subject,
            access,
            RelationName.of(logical(draft, name.database()), name.relation()));
    Database home = draft.known(name.database());
    RelationId id = draft.state().nextRelationId();
    draft.apply(
        new CatalogChange.RelationPut(
            new Relation(id, home.id(), name.relation(), effect.kind(), owner), true));
    // Of triggers and events nothing can be granted; their owner owns them all the same.
    if (!owner.isAdministrator() && PrivilegeType.RELATION_OWNERSHIP.isOn(effect.kind())) {
      draft.apply(
          new CatalogChange.PrivilegeGranted(
              new Grant(
                  owner,
                  PrivilegeType.RELATION_OWNERSHIP,
                  new GrantLevel.OnRelation(id, effect.kind()),
                  false)));
    }
  }

  /** A column takes its grants along to another name, and loses them when it goes. */
  private static void changed(Draft draft, Relation table, CatalogEffect.ColumnsChanged effect) {
    Set<String> gone = new HashSet<>();
    effect.gone().forEach(column -> gone.add(ColumnNames.fold(column)));
    Map<String, String> renamed = new HashMap<>();
    effect
        .renamed()
        .forEach((to, from) -> renamed.put(ColumnNames.fold(from), ColumnNames.fold(to)));
    List<Grant> moved = new ArrayList<>();
    for (RoleId role : List.copyOf(draft.state().granteesOn(table.id()))) {
      for (Grant grant : List.copyOf(draft.state().grantsOf(role))) {
        if (grant.level() instanceof GrantLevel.OnColumn at && at.relation().equals(table.id())) {
          String to = renamed.get(at.column());
          boolean taken = to == null && renamed.containsValue(at.column());
          if (to != null || taken || gone.contains(at.column())) {
            draft.apply(new CatalogChange.PrivilegeRevoked(grant));
          }
          if (to != null) {
            moved.add(
                new Grant(
                    role,
                    grant.privilege(),
                    new GrantLevel.OnColumn(at.relation(), at.kind(), to),
                    grant.grantOption()));
          }
        }
      }
    }
    moved.forEach(grant -> draft.apply(new CatalogChange.PrivilegeGranted(grant)));
    renameInRows(draft, table, renamed);
  }

  /**
   * What roles show of the rows follows a column to another name. Of a column that is gone it
   * stays, and the backend refuses what asks for it: no row is shown that was hidden.
   */
  private static void renameInRows(Draft draft, Relation table, Map<String, String> renamed) {
    List<RowPolicy.Restriction> moved = new ArrayList<>();
    for (RowPolicy policy : List.copyOf(draft.state().rowPoliciesOn(table.id()))) {
      String to = renamed.get(policy.column());
      if (to != null && policy instanceof RowPolicy.Restriction restriction) {
        draft.apply(new CatalogChange.RowPolicyDropped(policy.key()));
        moved.add(
            new RowPolicy.Restriction(policy.role(), policy.table(), to, restriction.values()));
      }
    }
    moved.forEach(restriction -> draft.apply(new CatalogChange.RowPolicyPut(restriction)));
    for (Hierarchy hierarchy : List.copyOf(draft.state().hierarchiesOf(table.id()))) {
      List<String> columns =
          hierarchy.columns().stream().map(name -> renamed.getOrDefault(name, name)).toList();
      if (!columns.equals(hierarchy.columns())) {
        draft.apply(
            new CatalogChange.HierarchyPut(new Hierarchy(table.id(), hierarchy.name(), columns)));
      }
    }
  }

  private static void renamed(Draft draft, PriorObjects.Name from, PriorObjects.Name to) {
    if (from.equals(to)) {
      return;
    }
    // The backend refuses to rename onto something that exists.
    relation(draft, to).ifPresent(old -> draft.apply(new CatalogChange.RelationDropped(old.id())));
    Optional<Relation> moved = relation(draft, from);
    if (moved.isPresent()) {
      Database home = draft.known(to.database());
      draft.apply(
          new CatalogChange.RelationPut(
              new Relation(
                  moved.get().id(),
                  home.id(),
                  to.relation(),
                  moved.get().kind(),
                  moved.get().owner())));
    }
  }

  /**
   * Whether the statement made it: there was nothing before, as far as the backend knew, and nobody
   * else has recorded having made it since.
   */
  private static <T> boolean isNew(Optional<PriorObjects.Found<T>> prior, Optional<T> known) {
    return prior.isPresent() && !prior.get().existed() && prior.get().known().equals(known);
  }

  private static String logical(Draft draft, String database) {
    return draft.actor().names().logical(database);
  }

  /** PM 6.2; the administrators' role when the user's role was taken away or dropped meanwhile. */
  private RoleId owner(Draft draft, Subject subject, AccessKind access, ObjectName object) {
    ActiveSubject actor = draft.actor();
    boolean asDecided =
        actor.unusable().isEmpty() && actor.subject().primary().equals(subject.primary());
    if (!asDecided) {
      return draft.administrator();
    }
    Binding binding =
        new Binding(
            Optional.empty(),
            settings.foldNames(),
            (database, relation) -> false,
            (database, relation) -> RelationKinds.Found.ABSENT,
            ViewDefinitions.UNKNOWN);
    return authorizer.owner(actor, new AccessRequest(access, object), binding);
  }

  /**
   * Compares the catalog with the backend, for what was done behind the gate's back: vanished
   * objects lose their grants, and so does a name that now stands for the other kind.
   *
   * @param undisturbed whether no DDL has gone through the gate since before the call: asked right
   *     before anything is changed, and nothing is when there was some
   * @return how many objects have vanished
   */
  public int reconcile(BooleanSupplier undisturbed) throws StoreException {
    CatalogState before = publisher.current().state();
    CatalogState compared = publisher.current().state();
    Set<String> existing = new HashSet<>();
    existing.add(ReportTable.MO_CATALOG); // the gate's own
    for (String name : backend.databases()) {
      existing.add(Target.foldDatabase(name, settings));
    }
    List<Database> databases = new ArrayList<>();
    List<Relation> relations = new ArrayList<>();
    for (Database database : compared.databases()) {
      if (!isHere(database, compared)) {
        continue;
      }
      if (!existing.contains(database.name())) {
        databases.add(database);
      } else if (!SystemDatabases.is(database.name(), settings.catalogSchema())) {
        relations.addAll(vanishedFrom(database, compared));
      }
    }
    int vanished =
        writer.write(
            newest -> {
              // Only what is still as it was when it was compared.
              List<CatalogChange> changes = new ArrayList<>();
              CatalogState state = newest.state();
              for (Relation relation : relations) {
                if (state.relation(relation.id()).filter(relation::equals).isPresent()) {
                  changes.add(new CatalogChange.RelationDropped(relation.id()));
                }
              }
              for (Database database : databases) {
                if (state.database(database.id()).filter(database::equals).isPresent()) {
                  changes.add(new CatalogChange.DatabaseDropped(database.id()));
                }
              }
              return new Proposal<>(changes, changes.size());
            });
    if (vanished > 0) {
      LOG.atInfo()
          .addKeyValue("objects", vanished)
          .log("objects were dropped behind the gate: their grants are removed");
    }
    return vanished;
  }

  private boolean isHere(Database database, CatalogState state) {
    return state
        .account(database.account())
        .filter(account -> account.backend().equals(name))
        .isPresent();
  }

  private List<Relation> vanishedFrom(Database database, CatalogState state) throws StoreException {
    Map<String, RelationKind> found = new HashMap<>();
    backend
        .relations(database.name())
        .forEach((name, kind) -> found.put(Target.fold(name, settings), kind));
    List<Relation> vanished = new ArrayList<>();
    Map<RelationKind, Set<String>> programs = new EnumMap<>(RelationKind.class);
    for (Relation relation : state.relationsOf(database.id())) {
      RelationKind kind = relation.kind();
      if (kind.isProgram()) {
        if (!programs.containsKey(kind)) {
          programs.put(kind, programs(database, kind));
        }
        if (!programs.get(kind).contains(relation.name())) {
          vanished.add(relation);
        }
      } else if (kind != found.get(relation.name())) {
        vanished.add(relation);
      }
    }
    return vanished;
  }

  private Set<String> programs(Database database, RelationKind kind) throws StoreException {
    Set<String> names = new HashSet<>();
    for (String name : backend.programs(kind, database.name())) {
      names.add(ObjectNames.fold(kind, name, settings.foldNames()));
    }
    return names;
  }

  private static boolean isUncertain(CatalogEffect effect) {
    return (effect instanceof CatalogEffect.DatabaseCreated database && !database.certain())
        || (effect instanceof CatalogEffect.RelationCreated relation && !relation.certain());
  }

  private static Optional<Relation> relation(Draft draft, PriorObjects.Name name) {
    CatalogState state = draft.state();
    return state
        .database(draft.account(), name.database())
        .flatMap(home -> state.relation(home.id(), name.kind(), name.relation()));
  }

  private String bind(NameSpace names, DatabaseName name, Optional<String> currentDatabase) {
    return name.isCurrent()
        ? Target.foldDatabase(
            currentDatabase.orElseThrow(
                () -> new IllegalArgumentException("current database: none (expected: one)")),
            settings)
        : names.physical(Target.foldDatabase(name.name(), settings));
  }

  private PriorObjects.Name bind(
      NameSpace names, RelationKind kind, RelationName name, Optional<String> currentDatabase) {
    return new PriorObjects.Name(
        kind,
        bind(names, name.database(), currentDatabase),
        ObjectNames.fold(kind, name.name(), settings.foldNames()));
  }
}
