package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.NameSpace;
import io.portcullis.privilege.authz.ObjectNames;
import io.portcullis.privilege.authz.SystemDatabases;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeScope;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.statement.AccessControlStatement.Level;
import io.portcullis.sql.statement.AccessControlStatement.ObjectType;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a GRANT or REVOKE is about: object type and level in the one canonical form (PM 3.1, Q7),
 * names bound to the current database and folded. The object need not exist.
 *
 * @param kind for tables, views and routines
 * @param database empty: every database
 * @param relation empty: every relation
 */
record Target(
    PrivilegeScope scope,
    Optional<RelationKind> kind,
    Optional<String> database,
    Optional<String> relation) {

  /** A target, or why there is none. */
  record Bound(Optional<Target> target, Optional<SqlError> error) {
    static Bound to(
        PrivilegeScope scope,
        Optional<RelationKind> kind,
        Optional<String> database,
        Optional<String> relation) {
      return new Bound(Optional.of(new Target(scope, kind, database, relation)), Optional.empty());
    }

    static Bound not(SqlError error) {
      return new Bound(Optional.empty(), Optional.of(error));
    }
  }

  /**
   * Binds what the statement says.
   *
   * @param currentDatabase as the backend calls it
   * @param names what the account calls its databases
   */
  static Bound bind(
      ObjectType type,
      Level level,
      Optional<String> currentDatabase,
      NameSpace names,
      DclSettings settings) {
    return switch (type) {
      case ACCOUNT ->
          level instanceof Level.Star
              ? Bound.to(
                  PrivilegeScope.ACCOUNT, Optional.empty(), Optional.empty(), Optional.empty())
              : unsupported(type, level);
      case DATABASE -> bindDatabase(level, names, settings);
      case TABLE -> bindRelation(type, RelationKind.TABLE, level, currentDatabase, names, settings);
      case VIEW -> bindRelation(type, RelationKind.VIEW, level, currentDatabase, names, settings);
      case FUNCTION ->
          bindRelation(type, RelationKind.FUNCTION, level, currentDatabase, names, settings);
      case PROCEDURE ->
          bindRelation(type, RelationKind.PROCEDURE, level, currentDatabase, names, settings);
    };
  }

  private static Bound bindDatabase(Level level, NameSpace names, DclSettings settings) {
    if (level instanceof Level.Star || level instanceof Level.StarStar) {
      return Bound.to(
          PrivilegeScope.DATABASE, Optional.empty(), Optional.empty(), Optional.empty());
    }
    if (level instanceof Level.Named named && named.name().database().isCurrent()) {
      return Bound.to(
          PrivilegeScope.DATABASE,
          Optional.empty(),
          Optional.of(names.physical(foldDatabase(named.name().name(), settings))),
          Optional.empty());
    }
    return unsupported(ObjectType.DATABASE, level);
  }

  private static Bound bindRelation(
      ObjectType type,
      RelationKind kind,
      Level level,
      Optional<String> currentDatabase,
      NameSpace names,
      DclSettings settings) {
    Optional<RelationKind> of = Optional.of(kind);
    if (level instanceof Level.StarStar) {
      return Bound.to(PrivilegeScope.RELATION, of, Optional.empty(), Optional.empty());
    }
    if (level instanceof Level.DatabaseStar all) {
      return Bound.to(
          PrivilegeScope.RELATION,
          of,
          Optional.of(names.physical(foldDatabase(all.database(), settings))),
          Optional.empty());
    }
    Optional<String> relation = Optional.empty();
    Optional<String> database = currentDatabase;
    if (level instanceof Level.Named named) {
      relation = Optional.of(ObjectNames.fold(kind, named.name().name(), settings.foldNames()));
      if (!named.name().database().isCurrent()) {
        database =
            Optional.of(names.physical(foldDatabase(named.name().database().name(), settings)));
      }
    } else if (!(level instanceof Level.Star)) {
      return unsupported(type, level);
    }
    return database.isEmpty()
        ? Bound.not(ErrorCode.ER_NO_DB_ERROR.error())
        : Bound.to(
            PrivilegeScope.RELATION,
            of,
            Optional.of(foldDatabase(database.get(), settings)),
            relation);
  }

  /** What a grant is on, if that is the database or something in it. */
  static Optional<Target> in(Database database, GrantLevel level, CatalogState state) {
    Optional<String> home = Optional.of(database.name());
    if (level instanceof GrantLevel.OnDatabase one && one.database().equals(database.id())) {
      return Optional.of(
          new Target(PrivilegeScope.DATABASE, Optional.empty(), home, Optional.empty()));
    } else if (level instanceof GrantLevel.OnRelationsOf all
        && all.database().equals(database.id())) {
      return Optional.of(
          new Target(PrivilegeScope.RELATION, Optional.of(all.kind()), home, Optional.empty()));
    } else if (level instanceof GrantLevel.OnRelation one) {
      return in(database, one.relation(), one.kind(), state);
    } else if (level instanceof GrantLevel.OnColumn one) {
      return in(database, one.relation(), one.kind(), state);
    }
    return Optional.empty();
  }

  private static Optional<Target> in(
      Database database, RelationId relation, RelationKind kind, CatalogState state) {
    return state
        .relation(relation)
        .filter(found -> found.database().equals(database.id()))
        .map(
            found ->
                new Target(
                    PrivilegeScope.RELATION,
                    Optional.of(kind),
                    Optional.of(database.name()),
                    Optional.of(found.name())));
  }

  private static Bound unsupported(ObjectType type, Level level) {
    return Bound.not(
        ErrorCode.ER_ILLEGAL_GRANT_FOR_TABLE.error(
            "in the object type \""
                + lower(type)
                + "\" the privilege level \""
                + written(level)
                + "\" is unsupported"));
  }

  private static String written(Level level) {
    if (level instanceof Level.Star) {
      return "*";
    } else if (level instanceof Level.StarStar) {
      return "*.*";
    } else if (level instanceof Level.DatabaseStar all) {
      return all.database() + ".*";
    } else if (level instanceof Level.Named named) {
      return named.name().database().isCurrent()
          ? named.name().name()
          : named.name().database().name() + "." + named.name().name();
    }
    throw new AssertionError(level);
  }

  private static String lower(ObjectType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  static String fold(String name, DclSettings settings) {
    return settings.foldNames() ? ObjectNames.fold(name) : name;
  }

  /** System databases are known by their lower-case name whatever the backend does. */
  static String foldDatabase(String name, DclSettings settings) {
    return settings.foldNames() || SystemDatabases.is(name, settings.catalogSchema())
        ? ObjectNames.fold(name)
        : name;
  }

  boolean isIn(String schema) {
    return database
        .filter(name -> ObjectNames.fold(name).equals(ObjectNames.fold(schema)))
        .isPresent();
  }

  boolean isInSystemDatabase(DclSettings settings) {
    return database.filter(name -> SystemDatabases.is(name, settings.catalogSchema())).isPresent();
  }

  /** One database or one relation: what can have an owner. */
  boolean isOneObject() {
    return switch (scope) {
      case ACCOUNT -> false;
      case DATABASE -> database.isPresent();
      case RELATION -> relation.isPresent();
    };
  }

  Optional<Database> database(CatalogState state, AccountId account) {
    return database.flatMap(name -> state.database(account, name));
  }

  Optional<Relation> relation(CatalogState state, AccountId account) {
    return database(state, account)
        .flatMap(
            home ->
                relation.flatMap(
                    name -> state.relation(home.id(), kind.orElse(RelationKind.TABLE), name)));
  }

  /** Its level; empty when the catalog does not know the object. */
  Optional<GrantLevel> level(CatalogState state, AccountId account) {
    return switch (scope) {
      case ACCOUNT -> Optional.of(new GrantLevel.OnAccount());
      case DATABASE ->
          database.isEmpty()
              ? Optional.of(new GrantLevel.OnEveryDatabase())
              : database(state, account).map(home -> new GrantLevel.OnDatabase(home.id()));
      case RELATION -> {
        RelationKind as = kind.orElseThrow();
        if (database.isEmpty()) {
          yield Optional.of(new GrantLevel.OnEveryRelation(as));
        }
        if (relation.isEmpty()) {
          yield database(state, account).map(home -> new GrantLevel.OnRelationsOf(home.id(), as));
        }
        yield relation(state, account).map(found -> new GrantLevel.OnRelation(found.id(), as));
      }
    };
  }

  /**
   * Every level that covers it, itself included (PM 3.3). What holds everywhere does not hold in
   * system databases (PM 8.2).
   */
  List<GrantLevel> coveringLevels(CatalogState state, AccountId account, DclSettings settings) {
    List<GrantLevel> levels = new ArrayList<>();
    boolean everywhere = !isInSystemDatabase(settings);
    switch (scope) {
      case ACCOUNT -> {}
      case DATABASE -> {
        if (everywhere && database.isPresent()) {
          levels.add(new GrantLevel.OnEveryDatabase());
        }
      }
      case RELATION -> {
        RelationKind as = kind.orElseThrow();
        if (everywhere && database.isPresent()) {
          levels.add(new GrantLevel.OnEveryRelation(as));
        }
        if (relation.isPresent()) {
          database(state, account)
              .ifPresent(home -> levels.add(new GrantLevel.OnRelationsOf(home.id(), as)));
        }
      }
    }
    level(state, account).ifPresent(levels::add);
    return levels;
  }
}
