package io.portcullis.privilege.snapshot;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.sql.access.RelationKind;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a set of active roles holds together with all they inherit (PM 4.1), as sets of {@link
 * PrivilegeType#bit} per level. Only what is granted at exactly that level: which levels cover an
 * object, and what ALL and OWNERSHIP stand for, is the authorizer's business. The owner of an
 * object holds OWNERSHIP of it (PM 6.2). Immutable; looking up allocates nothing.
 */
public final class EffectivePrivileges {

  private static final int KINDS = RelationKind.values().length;

  /** Never filled. */
  private static final LongMap NOTHING = new LongMap();

  private final CatalogState basis;
  private final Set<RoleId> roles;
  private final Compiled compiled;

  private EffectivePrivileges(CatalogState basis, Set<RoleId> roles, Compiled compiled) {
    this.basis = basis;
    this.roles = roles;
    this.compiled = compiled;
  }

  /** Cost: one pass over the grants and owned objects of all searched roles. */
  static EffectivePrivileges compile(CatalogState state, Set<RoleId> active) {
    Set<RoleId> closure = closure(state, active);
    Compiled compiled = new Compiled();
    for (RoleId role : closure) {
      for (Grant grant : state.grantsOf(role)) {
        compiled.add(grant.level(), grant.privilege().bit(), state);
      }
      for (Database owned : state.databasesOwnedBy(role)) {
        compiled.databases.or(owned.id().value(), PrivilegeType.DATABASE_OWNERSHIP.bit());
      }
      for (Relation owned : state.relationsOwnedBy(role)) {
        compiled.add(
            new GrantLevel.OnRelation(owned.id(), owned.kind()),
            PrivilegeType.RELATION_OWNERSHIP.bit(),
            state);
      }
    }
    return new EffectivePrivileges(state, closure, compiled);
  }

  /** Only these, whatever else the roles hold: to see what a decision rests on. */
  public static EffectivePrivileges only(CatalogState state, Collection<Held> held) {
    Compiled compiled = new Compiled();
    Set<RoleId> roles = new LinkedHashSet<>();
    for (Held one : held) {
      roles.add(one.role());
      compiled.add(one.level(), one.privilege().bit(), state);
    }
    return new EffectivePrivileges(state, java.util.Collections.unmodifiableSet(roles), compiled);
  }

  /** Breadth first, each role once, active ones first. */
  private static Set<RoleId> closure(CatalogState state, Set<RoleId> active) {
    Set<RoleId> seen = new LinkedHashSet<>(active);
    Deque<RoleId> pending = new ArrayDeque<>(active);
    while (!pending.isEmpty()) {
      for (RoleToRole edge : state.rolesInheritedBy(pending.remove())) {
        if (seen.add(edge.granted())) {
          pending.add(edge.granted());
        }
      }
    }
    return java.util.Collections.unmodifiableSet(seen);
  }

  /** These, if they are what the state gives as well; empty when that is not certain. */
  Optional<EffectivePrivileges> in(CatalogState state) {
    if (state == basis) {
      return Optional.of(this);
    }
    for (RoleId role : roles) {
      if (!state.hasSamePrivileges(role, basis)) {
        return Optional.empty();
      }
    }
    return Optional.of(new EffectivePrivileges(state, roles, compiled));
  }

  /** For the bound of the cache: about how many entries this holds. */
  int weight() {
    return 16 + roles.size() + compiled.size();
  }

  /** The searched roles: the active ones and all they inherit. */
  public Set<RoleId> roles() {
    return roles;
  }

  public long onAccount() {
    return compiled.account;
  }

  public long onEveryDatabase() {
    return compiled.everyDatabase;
  }

  public long onDatabase(DatabaseId database) {
    return compiled.databases.get(database.value());
  }

  public long onEveryRelation(RelationKind kind) {
    return compiled.everyOf[kind.ordinal()];
  }

  public long onRelationsOf(DatabaseId database, RelationKind kind) {
    return compiled.allOf[kind.ordinal()].get(database.value());
  }

  public long onRelation(RelationId relation, RelationKind kind) {
    return compiled.oneOf[kind.ordinal()].get(relation.value());
  }

  /**
   * What is held on single columns, by their folded names: empty for most relations, and looked at
   * only where the relation itself was not enough.
   */
  public Map<String, Long> onColumns(RelationId relation, RelationKind kind) {
    return compiled.columns.getOrDefault(relation, Map.of()).getOrDefault(kind, Map.of());
  }

  /** What is held on any column of the relation. */
  public long onSomeColumnOf(RelationId relation, RelationKind kind) {
    long bits = 0;
    for (long each : onColumns(relation, kind).values()) {
      bits |= each;
    }
    return bits;
  }

  /** All that is held on single tables, views and programs of the database. */
  public long onSomeRelationOf(DatabaseId database) {
    return compiled.within.get(database.value());
  }

  /** Whether anything is held on every table, view or routine. */
  public boolean holdsOnEveryRelationOfSomeKind() {
    long any = 0;
    for (long every : compiled.everyOf) {
      any |= every;
    }
    return any != 0;
  }

  /** Whether anything is held on all tables, views or routines of the database, or on one. */
  public boolean holdsOnRelationsOf(DatabaseId database) {
    long any = compiled.within.get(database.value());
    for (LongMap all : compiled.allOf) {
      any |= all.get(database.value());
    }
    return any != 0;
  }

  /** Whether one of the privileges, or ALL, is held on the account. */
  public boolean holdsOnAccount(PrivilegeType... anyOf) {
    long wanted = PrivilegeType.ACCOUNT_ALL.bit();
    for (PrivilegeType type : anyOf) {
      wanted |= type.bit();
    }
    return (compiled.account & wanted) != 0;
  }

  /** Filled by {@link #compile}, read only afterwards. */
  private static final class Compiled {
    private long account;
    private long everyDatabase;
    private final LongMap databases = new LongMap();
    private final LongMap within = new LongMap();
    private final Map<RelationId, Map<RelationKind, Map<String, Long>>> columns = new HashMap<>();
    private int columnEntries;

    // By kind: on every one, on all of a database, on a single one.
    private final long[] everyOf = new long[KINDS];
    private final LongMap[] allOf = maps();
    private final LongMap[] oneOf = maps();

    private static LongMap[] maps() {
      LongMap[] maps = new LongMap[KINDS];
      Arrays.fill(maps, NOTHING);
      return maps;
    }

    private static LongMap filled(LongMap[] maps, RelationKind kind) {
      LongMap map = maps[kind.ordinal()];
      if (map == NOTHING) {
        map = new LongMap();
        maps[kind.ordinal()] = map;
      }
      return map;
    }

    void add(GrantLevel level, long bit, CatalogState state) {
      if (level instanceof GrantLevel.OnAccount) {
        account |= bit;
      } else if (level instanceof GrantLevel.OnEveryDatabase) {
        everyDatabase |= bit;
      } else if (level instanceof GrantLevel.OnDatabase one) {
        databases.or(one.database().value(), bit);
      } else if (level instanceof GrantLevel.OnEveryRelation every) {
        everyOf[every.kind().ordinal()] |= bit;
      } else if (level instanceof GrantLevel.OnRelationsOf all) {
        filled(allOf, all.kind()).or(all.database().value(), bit);
      } else if (level instanceof GrantLevel.OnRelation one) {
        filled(oneOf, one.kind()).or(one.relation().value(), bit);
        Optional<Relation> relation = state.relation(one.relation());
        if (relation.isPresent() && relation.get().kind() == one.kind()) {
          within.or(relation.get().database().value(), bit);
        }
      } else if (level instanceof GrantLevel.OnColumn one) {
        columnEntries++;
        columns
            .computeIfAbsent(one.relation(), id -> new EnumMap<>(RelationKind.class))
            .computeIfAbsent(one.kind(), kind -> new HashMap<>())
            .merge(one.column(), bit, (a, b) -> a | b);
        Optional<Relation> relation = state.relation(one.relation());
        if (relation.isPresent() && relation.get().kind() == one.kind()) {
          within.or(relation.get().database().value(), bit);
        }
      } else {
        throw new AssertionError(level);
      }
    }

    int size() {
      int size = databases.size() + within.size() + columnEntries;
      for (int kind = 0; kind < KINDS; kind++) {
        size += allOf[kind].size() + oneOf[kind].size();
      }
      return size;
    }
  }
}
