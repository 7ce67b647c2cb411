package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.ObjectNames;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.PrivilegeScope;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.snapshot.EffectivePrivileges;
import io.portcullis.sql.access.RelationKind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What HAS_PRIVILEGE answers (account operations 5.6): whether a user would have a privilege with
 * all roles on, or with the default role where secondary roles are off. Inherited roles, ALL and
 * OWNERSHIP count. Judged by what is granted: an object that is not there has what holds
 * everywhere. Stateless; any thread.
 */
public final class PrivilegeQuestion {

  private static final String ANY = "ANY";
  private static final String ACCOUNT = "ACCOUNT";
  private static final String DATABASE = "DATABASE";

  private PrivilegeQuestion() {}

  /**
   * @param actor who asks
   * @param arguments user, privilege or ANY, object type, and perhaps database and object
   * @return empty when the actor may not ask about that user, or there is no such privilege on that
   *     type of object
   */
  public static Optional<Boolean> answer(
      Authorizer authorizer, ActiveSubject actor, boolean foldNames, List<String> arguments) {
    CatalogState state = actor.snapshot().state();
    Optional<User> user = state.user(actor.subject().account(), arguments.get(0));
    boolean oneself = user.filter(found -> found.id().equals(actor.subject().user())).isPresent();
    boolean mayAsk = oneself || authorizer.requireAny(actor, PrivilegeType.MANAGE_GRANTS).isEmpty();
    if (actor.unusable().isPresent() || !mayAsk) {
      return Optional.empty();
    }
    if (user.isEmpty()) {
      return Optional.of(false);
    }
    User of = user.get();
    ActiveSubject asked =
        authorizer.activate(
            new Subject(
                of.account(),
                of.id(),
                of.name(),
                of.host(),
                SessionStatements.defaultRole(state, of),
                true),
            actor.snapshot());
    return new Held(authorizer, asked, foldNames)
        .holds(
            arguments.get(1).strip(),
            arguments.get(2).strip(),
            arguments.subList(3, arguments.size()));
  }

  private record Held(Authorizer authorizer, ActiveSubject asked, boolean foldNames) {

    Optional<Boolean> holds(String privilege, String type, List<String> names) {
      String on = type.toUpperCase(Locale.ROOT);
      PrivilegeScope scope =
          switch (on) {
            case ACCOUNT -> PrivilegeScope.ACCOUNT;
            case DATABASE -> PrivilegeScope.DATABASE;
            default -> PrivilegeScope.RELATION;
          };
      Optional<RelationKind> kind = kind(on);
      boolean any = privilege.equalsIgnoreCase(ANY);
      Optional<PrivilegeType> wanted = PrivilegeType.ofSqlName(privilege, scope);
      boolean understood =
          (scope != PrivilegeScope.RELATION || kind.isPresent())
              && (any || wanted.filter(each -> kind.isEmpty() || each.isOn(kind.get())).isPresent())
              && names.size() <= mostNames(scope);
      if (!understood) {
        return Optional.empty();
      }
      long held =
          switch (scope) {
            case ACCOUNT -> asked.privileges().onAccount();
            case DATABASE -> onDatabase(names, any);
            case RELATION -> onRelation(kind.orElseThrow(), names);
          };
      boolean holds = any ? held != 0 : (held & satisfying(wanted.orElseThrow())) != 0;
      return Optional.of(
          holds
              || (kind.filter(RelationKind::isRoutine).isPresent()
                  && (onDatabase(names, false) & forRoutines(any ? Optional.empty() : wanted))
                      != 0));
    }

    /** What is good for every routine of a database where it is held on that. */
    private static long forRoutines(Optional<PrivilegeType> wanted) {
      long whole = PrivilegeType.DATABASE_ALL.bit() | PrivilegeType.DATABASE_OWNERSHIP.bit();
      long execute = PrivilegeType.DATABASE_EXECUTE.bit();
      long alter = PrivilegeType.ALTER_ROUTINE.bit();
      if (wanted.isEmpty()) {
        return whole | execute | alter;
      }
      return switch (wanted.get()) {
        case EXECUTE -> whole | execute;
        case ROUTINE_ALTER -> whole | alter;
        default -> 0;
      };
    }

    private static Optional<RelationKind> kind(String type) {
      for (RelationKind kind : RelationKind.values()) {
        if (kind.name().equals(type) && (kind.isRoutine() || !kind.isProgram())) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }

    private static int mostNames(PrivilegeScope scope) {
      return switch (scope) {
        case ACCOUNT -> 0;
        case DATABASE -> 1;
        case RELATION -> 2;
      };
    }

    /** It, ALL, and OWNERSHIP where there is such. */
    private static long satisfying(PrivilegeType wanted) {
      return switch (wanted.scope()) {
        case ACCOUNT -> wanted.bit() | PrivilegeType.ACCOUNT_ALL.bit();
        case DATABASE ->
            wanted.bit()
                | PrivilegeType.DATABASE_ALL.bit()
                | PrivilegeType.DATABASE_OWNERSHIP.bit();
        case RELATION ->
            wanted.bit()
                | PrivilegeType.RELATION_ALL.bit()
                | PrivilegeType.RELATION_OWNERSHIP.bit();
      };
    }

    private long onDatabase(List<String> names, boolean any) {
      EffectivePrivileges held = asked.privileges();
      Optional<Place> place = Place.of(names, this);
      long on = 0;
      if (place.isEmpty() || !place.get().system()) {
        on |= held.onEveryDatabase();
        if (any) {
          on |= held.onEveryRelation(RelationKind.TABLE) | held.onEveryRelation(RelationKind.VIEW);
        }
      }
      Optional<Database> database = place.flatMap(Place::database);
      if (database.isPresent()) {
        on |= held.onDatabase(database.get().id());
        if (any) {
          on |=
              held.onRelationsOf(database.get().id(), RelationKind.TABLE)
                  | held.onRelationsOf(database.get().id(), RelationKind.VIEW)
                  | held.onSomeRelationOf(database.get().id());
        }
      }
      return on;
    }

    private long onRelation(RelationKind kind, List<String> names) {
      EffectivePrivileges held = asked.privileges();
      Optional<Place> place = Place.of(names, this);
      long on = 0;
      if (place.isEmpty() || !place.get().system()) {
        on |= held.onEveryRelation(kind);
        if (kind == RelationKind.VIEW && asked.isAdministrator()) {
          on |= PrivilegeType.RELATION_ALL.bit(); // passes every check of a view (PM 2.2)
        }
      }
      Optional<Database> database = place.flatMap(Place::database);
      if (database.isPresent()) {
        on |= held.onRelationsOf(database.get().id(), kind);
        Optional<Relation> relation =
            names.size() < 2
                ? Optional.empty()
                : asked
                    .snapshot()
                    .state()
                    .relation(
                        database.get().id(), kind, ObjectNames.fold(kind, names.get(1), foldNames))
                    .filter(found -> found.kind() == kind);
        if (relation.isPresent()) {
          on |= held.onRelation(relation.get().id(), kind);
        }
      }
      return on;
    }

    private String fold(String database) {
      return foldNames ? ObjectNames.fold(database) : database;
    }
  }

  /** The database that is asked about. */
  private record Place(boolean system, Optional<Database> database) {

    /** Empty for a question about all of them. */
    static Optional<Place> of(List<String> names, Held held) {
      if (names.isEmpty()) {
        return Optional.empty();
      }
      ActiveSubject asked = held.asked();
      boolean system = held.authorizer().isSystemDatabase(names.get(0));
      String name =
          system ? ObjectNames.fold(names.get(0)) : asked.names().physical(held.fold(names.get(0)));
      return Optional.of(
          new Place(system, asked.snapshot().state().database(asked.subject().account(), name)));
    }
  }
}
