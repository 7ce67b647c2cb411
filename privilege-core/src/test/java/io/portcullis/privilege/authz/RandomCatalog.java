package io.portcullis.privilege.authz;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.catalog.InvariantViolation;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.sql.access.RelationKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A catalog that changes at random, by seed: small sets of names, so that things meet. */
public final class RandomCatalog {

  public static final List<String> DATABASES =
      List.of("d1", "d2", "D2", "d3", "mysql", "information_schema", "mo_catalog");
  public static final List<String> RELATIONS = List.of("a", "b", "B", "c", "e", "engines");

  public static final List<String> COLUMNS = List.of("x", "y", "z");

  private final Random random;
  private CatalogState state = new TestCatalog().user("root2", "moadmin").state();

  public RandomCatalog(long seed) {
    random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      change();
    }
  }

  public CatalogState state() {
    return state;
  }

  /** One random change, or none where it would break an invariant. Gives what was tried. */
  public CatalogChange change() {
    CatalogChange change = next();
    try {
      state = state.apply(change);
    } catch (InvariantViolation e) {
      // The state stays as it was; that it was right to refuse is CatalogStateTest's business.
      return change;
    }
    return change;
  }

  private CatalogChange next() {
    return switch (random.nextInt(24)) {
      case 0 -> new CatalogChange.UserPut(user());
      case 1 ->
          random.nextInt(4) == 0
              ? new CatalogChange.UserDropped(userId())
              : new CatalogChange.UserPut(user());
      case 2 -> new CatalogChange.RolePut(role());
      case 3 -> new CatalogChange.RolePut(random.nextBoolean() ? role() : privateRole());
      case 4 ->
          random.nextInt(4) == 0
              ? new CatalogChange.RoleDropped(roleId(), roleId())
              : new CatalogChange.RolePut(role());
      case 5, 6, 7 ->
          new CatalogChange.RoleGrantedToUser(
              new RoleToUser(roleId(), userId(), random.nextBoolean()));
      case 8 -> new CatalogChange.RoleRevokedFromUser(roleId(), userId());
      case 9, 10, 11 ->
          new CatalogChange.RoleGrantedToRole(
              new RoleToRole(roleId(), roleId(), random.nextBoolean()));
      case 12 -> new CatalogChange.RoleRevokedFromRole(roleId(), roleId());
      case 13, 14, 15, 16 -> new CatalogChange.PrivilegeGranted(grant());
      case 17 -> new CatalogChange.PrivilegeRevoked(anyGrant());
      case 18 ->
          random.nextInt(4) == 0
              ? new CatalogChange.DatabaseDropped(databaseId())
              : new CatalogChange.DatabasePut(database());
      case 19, 20 -> new CatalogChange.DatabasePut(database());
      case 21, 22 -> new CatalogChange.RelationPut(relation());
      default ->
          random.nextInt(3) == 0
              ? new CatalogChange.RelationDropped(relationId())
              : new CatalogChange.RelationPut(relation());
    };
  }

  private User user() {
    boolean existing = random.nextInt(3) == 0;
    return new User(
        existing ? userId() : state.nextUserId(),
        AccountId.SYS,
        "u" + random.nextInt(6),
        "localhost",
        new Verifiers("", ""),
        roleId(),
        roleId(),
        false,
        Optional.empty(),
        Instant.EPOCH);
  }

  private Role role() {
    boolean existing = random.nextInt(3) == 0;
    return new Role(
        existing ? roleId() : state.nextRoleId(),
        AccountId.SYS,
        "r" + random.nextInt(8),
        Optional.empty(),
        roleId(),
        Optional.empty(),
        Instant.EPOCH);
  }

  private Role privateRole() {
    UserId user = userId();
    return new Role(
        state.privateRole(user).map(Role::id).orElse(state.nextRoleId()),
        AccountId.SYS,
        "#" + user.value(),
        Optional.empty(),
        roleId(),
        Optional.empty(),
        Instant.EPOCH,
        Optional.of(user));
  }

  private Database database() {
    boolean existing = random.nextInt(2) == 0;
    return new Database(
        existing ? databaseId() : state.nextDatabaseId(), AccountId.SYS, of(DATABASES), roleId());
  }

  private Relation relation() {
    boolean existing = random.nextInt(2) == 0;
    return new Relation(
        existing ? relationId() : state.nextRelationId(),
        databaseId(),
        of(RELATIONS),
        kind(),
        roleId());
  }

  public Grant grant() {
    while (true) {
      PrivilegeType type = of(List.of(PrivilegeType.values()));
      GrantLevel level =
          switch (type.scope()) {
            case ACCOUNT -> new GrantLevel.OnAccount();
            case DATABASE ->
                random.nextInt(5) == 0
                    ? new GrantLevel.OnEveryDatabase()
                    : new GrantLevel.OnDatabase(databaseId());
            case RELATION ->
                type.isOfColumns() && random.nextInt(3) == 0
                    ? new GrantLevel.OnColumn(relationId(), kind(), of(COLUMNS))
                    : switch (random.nextInt(8)) {
                      case 0 -> new GrantLevel.OnEveryRelation(kind());
                      case 1, 2 -> new GrantLevel.OnRelationsOf(databaseId(), kind());
                      default -> new GrantLevel.OnRelation(relationId(), kind());
                    };
          };
      return new Grant(roleId(), type, level, random.nextBoolean());
    }
  }

  private Grant anyGrant() {
    List<Grant> held = List.copyOf(state.grantsOf(roleId()));
    return held.isEmpty() ? grant() : of(held);
  }

  private RelationKind kind() {
    return switch (random.nextInt(9)) {
      case 0, 1 -> RelationKind.VIEW;
      case 2 -> RelationKind.FUNCTION;
      case 3 -> RelationKind.PROCEDURE;
      case 4 -> random.nextBoolean() ? RelationKind.TRIGGER : RelationKind.EVENT;
      default -> RelationKind.TABLE;
    };
  }

  public UserId userId() {
    return new UserId(1 + random.nextInt((int) state.nextUserId().value()));
  }

  public RoleId roleId() {
    return of(state.holders().stream().map(Role::id).toList());
  }

  private DatabaseId databaseId() {
    return state.databases().isEmpty()
        ? new DatabaseId(1)
        : of(state.databases().stream().map(Database::id).toList());
  }

  private RelationId relationId() {
    return state.relations().isEmpty()
        ? new RelationId(1)
        : of(state.relations().stream().map(Relation::id).toList());
  }

  private <T> T of(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
