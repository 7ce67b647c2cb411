package io.portcullis.privilege.authz;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.ProgramBody;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Who asks for what, at random, about a {@link RandomCatalog}. */
final class RandomQuestion {

  private RandomQuestion() {}

  /** For a seed: each of them now and then, the default the most. */
  static SecondaryRolesMode mode(long seed) {
    return switch ((int) (seed % 4)) {
      case 2 -> SecondaryRolesMode.STRICT;
      case 3 -> SecondaryRolesMode.OFF;
      default -> SecondaryRolesMode.ALL;
    };
  }

  static Subject subject(CatalogState state, Random random) {
    List<User> users = List.copyOf(state.users());
    boolean stranger = random.nextInt(50) == 0;
    UserId user = stranger ? new UserId(1_000_000) : users.get(random.nextInt(users.size())).id();
    List<RoleToUser> granted = List.copyOf(state.rolesOf(user));
    RoleId primary =
        granted.isEmpty() || random.nextInt(8) == 0
            ? new RoleId(random.nextInt(state.nextRoleId().value() + 1))
            : granted.get(random.nextInt(granted.size())).role();
    return new Subject(AccountId.SYS, user, "joe", "host", primary, secondary(state, random));
  }

  /** None, all, or any, granted or not. */
  private static SecondaryRoles secondary(CatalogState state, Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> SecondaryRoles.ALL;
      case 1 ->
          SecondaryRoles.of(
              Set.copyOf(
                  List.of(
                      new RoleId(random.nextInt(state.nextRoleId().value() + 1)),
                      new RoleId(random.nextInt(state.nextRoleId().value() + 1)))));
      default -> SecondaryRoles.NONE;
    };
  }

  static Binding binding(Random random) {
    RelationKinds.Found[] all = RelationKinds.Found.values();
    int salt = random.nextInt();
    return new Binding(
        random.nextBoolean() ? Optional.empty() : Optional.of(of(random, databases())),
        random.nextBoolean(),
        (database, name) -> name.equals("c") && database.equals("d1"),
        (database, name) -> all[Math.floorMod((database + name).hashCode() + salt, all.length)],
        definitions(salt));
  }

  private static ViewDefinitions definitions(int salt) {
    return new ViewDefinitions() {
      @Override
      public ViewDefinition of(String database, String view) {
        return view(new Random((database + view).hashCode() + salt));
      }

      @Override
      public ProgramDefinition program(RelationKind kind, String database, String name) {
        return RandomQuestion.program(new Random((kind + database + name).hashCode() + salt));
      }
    };
  }

  private static ProgramDefinition program(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> new ProgramDefinition.Unknown();
      case 1 -> new ProgramDefinition.Absent();
      case 2 -> new ProgramDefinition.Unreadable();
      default -> {
        List<AccessRequest> accesses = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          accesses.add(
              new AccessRequest(
                  of(
                      random,
                      List.of(
                          AccessKind.SELECT,
                          AccessKind.INSERT,
                          AccessKind.DELETE,
                          AccessKind.EXECUTE_FUNCTION,
                          AccessKind.EXECUTE_PROCEDURE,
                          AccessKind.DYNAMIC_PROCEDURE)),
                  name(random)));
        }
        yield new ProgramDefinition.Readable(new ProgramBody(random.nextInt(3) == 0, accesses));
      }
    };
  }

  private static RelationName name(Random random) {
    return RelationName.of(
        of(random, random.nextInt(4) == 0 ? RandomCatalog.DATABASES : List.of("d1", "d2")),
        of(random, RandomCatalog.RELATIONS));
  }

  private static ViewDefinition view(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> new ViewDefinition.Unknown();
      case 1 -> new ViewDefinition.Absent();
      case 2 -> new ViewDefinition.Unreadable(random.nextBoolean());
      default -> {
        List<RelationName> names = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          names.add(name(random));
        }
        int targets = Math.min(names.size(), random.nextInt(3));
        yield new ViewDefinition.Readable(
            random.nextInt(3) == 0,
            new ViewBody(
                names.subList(0, targets),
                names.subList(targets, names.size()),
                names.isEmpty() || random.nextBoolean()
                    ? Map.of()
                    : Map.of(of(random, names), columns(random)),
                random.nextInt(4) == 0 ? List.of(name(random)) : List.of()));
      }
    };
  }

  static List<AccessRequest> accesses(Random random) {
    List<AccessRequest> list = new ArrayList<>();
    boolean creates = random.nextInt(10) == 0;
    for (int i = random.nextInt(8) == 0 ? 1 + random.nextInt(3) : 0; i >= 0; i--) {
      AccessKind kind = of(random, List.of(AccessKind.values()));
      // Dynamic SQL comes with what makes or changes a program, and has tests of its own.
      if (Requirement.isDynamic(kind)) {
        kind = AccessKind.CREATE_PROCEDURE;
      }
      // What ALTER and DROP mean beside CREATE TABLE has tests of its own.
      if (kind == AccessKind.CREATE_TABLE && !creates) {
        kind = AccessKind.CREATE_TEMPORARY_TABLE;
      } else if (creates && (kind == AccessKind.ALTER_TABLE || kind == AccessKind.DROP_TABLE)) {
        kind = AccessKind.CREATE_TABLE;
      }
      DatabaseName database =
          random.nextInt(6) == 0 ? DatabaseName.CURRENT : new DatabaseName(of(random, databases()));
      list.add(
          new AccessRequest(
              kind,
              Requirement.isOnRelation(kind)
                  ? new RelationName(database, of(random, relations()))
                  : database,
              Requirement.isOfColumns(kind) && random.nextInt(3) == 0
                  ? columns(random)
                  : Set.of()));
    }
    return list;
  }

  private static Set<String> columns(Random random) {
    return Set.copyOf(
        RandomCatalog.COLUMNS.subList(0, 1 + random.nextInt(RandomCatalog.COLUMNS.size())));
  }

  private static List<String> databases() {
    List<String> names = new ArrayList<>(RandomCatalog.DATABASES);
    names.addAll(List.of("D1", "nowhere", "SYS", "Portcullis", "MySQL"));
    return names;
  }

  private static List<String> relations() {
    List<String> names = new ArrayList<>(RandomCatalog.RELATIONS);
    names.addAll(List.of("A", "nothing", "COLLATIONS"));
    return names;
  }

  private static <T> T of(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
