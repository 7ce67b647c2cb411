package io.portcullis.bench;

import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
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
import io.portcullis.sql.access.RelationName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A catalog of the size the budgets are about: users, roles in chains of ten that inherit from one
 * another, grants on single tables, the same every time. Each user holds two roles, each role holds
 * four privileges on each of its tables.
 */
final class LargeCatalog {

  static final int USERS = 100_000;
  static final int ROLES = 10_000;
  static final int CHAIN = 10;
  static final int GRANTS = 1_000_000;

  private static final int DATABASES = 100;
  private static final int TABLES = 50_000;
  private static final PrivilegeType[] PRIVILEGES = {
    PrivilegeType.SELECT, PrivilegeType.INSERT, PrivilegeType.UPDATE, PrivilegeType.DELETE
  };
  private static final int TABLES_PER_ROLE = GRANTS / ROLES / PRIVILEGES.length;

  /** Behind the built-in ones. */
  private static final int FIRST_ROLE = 3;

  private LargeCatalog() {}

  /** What leads to it from {@link CatalogState#bootstrap}. */
  static List<CatalogChange> changes() {
    List<CatalogChange> changes = new ArrayList<>(GRANTS + USERS * 3 + ROLES * 2 + TABLES);
    for (int i = 0; i < ROLES; i++) {
      changes.add(new CatalogChange.RolePut(role(i)));
    }
    for (int i = 0; i < ROLES; i++) {
      if (i % CHAIN != CHAIN - 1) {
        changes.add(
            new CatalogChange.RoleGrantedToRole(new RoleToRole(roleId(i + 1), roleId(i), false)));
      }
    }
    for (int i = 0; i < DATABASES; i++) {
      changes.add(
          new CatalogChange.DatabasePut(
              new Database(new DatabaseId(i + 1), AccountId.SYS, "d" + i, RoleId.MOADMIN)));
    }
    for (int i = 0; i < TABLES; i++) {
      changes.add(
          new CatalogChange.RelationPut(
              new Relation(
                  tableId(i),
                  new DatabaseId(i % DATABASES + 1),
                  "t" + i,
                  RelationKind.TABLE,
                  RoleId.MOADMIN)));
    }
    for (int i = 0; i < USERS; i++) {
      changes.add(new CatalogChange.UserPut(user(i)));
    }
    for (int i = 0; i < USERS; i++) {
      changes.add(
          new CatalogChange.RoleGrantedToUser(new RoleToUser(entry(i, 0), userId(i), false)));
      changes.add(
          new CatalogChange.RoleGrantedToUser(new RoleToUser(entry(i, 1), userId(i), false)));
    }
    for (int i = 0; i < ROLES; i++) {
      for (int j = 0; j < TABLES_PER_ROLE; j++) {
        for (PrivilegeType privilege : PRIVILEGES) {
          changes.add(
              new CatalogChange.PrivilegeGranted(
                  new Grant(roleId(i), privilege, onTable(table(i, j)), false)));
        }
      }
    }
    return changes;
  }

  private static Role role(int i) {
    return new Role(
        roleId(i),
        AccountId.SYS,
        "role" + i,
        Optional.empty(),
        RoleId.MOADMIN,
        Optional.empty(),
        Instant.EPOCH);
  }

  private static User user(int i) {
    return new User(
        userId(i),
        AccountId.SYS,
        "user" + i,
        "localhost",
        new Verifiers("$A$005$" + "x".repeat(63), ""),
        entry(i, 0),
        RoleId.MOADMIN,
        false,
        Optional.empty(),
        Instant.EPOCH);
  }

  static RoleId roleId(int i) {
    return new RoleId(FIRST_ROLE + i);
  }

  private static UserId userId(int i) {
    return new UserId(i + 1);
  }

  private static RelationId tableId(int i) {
    return new RelationId(i + 1);
  }

  /** The beginnings of two different chains. */
  private static RoleId entry(int user, int which) {
    int chains = ROLES / CHAIN;
    return roleId((user + which * (chains / 2)) % chains * CHAIN);
  }

  private static int table(int role, int j) {
    return (role * TABLES_PER_ROLE + j) % TABLES;
  }

  private static GrantLevel onTable(int table) {
    return new GrantLevel.OnRelation(tableId(table), RelationKind.TABLE);
  }

  /** With all roles of the user active. */
  static Subject subject(int user) {
    return new Subject(
        AccountId.SYS, userId(user), "user" + user, "localhost", entry(user, 0), true);
  }

  /** A table on which the last role of the user's first chain holds privileges. */
  static RelationName deepTable(int user) {
    int last = entry(user, 0).value() - FIRST_ROLE + CHAIN - 1;
    int table = table(last, user % TABLES_PER_ROLE);
    return RelationName.of("d" + table % DATABASES, "t" + table);
  }

  /** A privilege that its role does not hold. */
  static Grant missing(Random random) {
    int role = random.nextInt(ROLES);
    return new Grant(
        roleId(role),
        PrivilegeType.TRUNCATE,
        onTable(table(role, random.nextInt(TABLES_PER_ROLE))),
        false);
  }
}
