package io.portcullis.privilege.model;

import io.portcullis.sql.access.RelationKind;
import java.util.Optional;

/**
 * Where a privilege holds: the one canonical form in which every spelling of a level is stored (PM
 * 3.1, Q7).
 */
public sealed interface GrantLevel {

  PrivilegeScope scope();

  /** What kind of relations it covers; empty for accounts and databases. */
  default Optional<RelationKind> relationKind() {
    if (this instanceof OnEveryRelation every) {
      return Optional.of(every.kind);
    } else if (this instanceof OnRelationsOf all) {
      return Optional.of(all.kind);
    } else if (this instanceof OnRelation one) {
      return Optional.of(one.kind);
    }
    return Optional.empty();
  }

  record OnAccount() implements GrantLevel {
    @Override
    public PrivilegeScope scope() {
      return PrivilegeScope.ACCOUNT;
    }
  }

  /** {@code DATABASE *} and {@code DATABASE *.*}. */
  record OnEveryDatabase() implements GrantLevel {
    @Override
    public PrivilegeScope scope() {
      return PrivilegeScope.DATABASE;
    }
  }

  record OnDatabase(DatabaseId database) implements GrantLevel {
    @Override
    public PrivilegeScope scope() {
      return PrivilegeScope.DATABASE;
    }
  }

  /** {@code TABLE *.*} or {@code VIEW *.*}: never covers system databases (PM 8.2). */
  record OnEveryRelation(RelationKind kind) implements GrantLevel {
    @Override
    public PrivilegeScope scope() {
      return PrivilegeScope.RELATION;
    }
  }

  /** {@code TABLE d.*} or {@code VIEW d.*}. */
  record OnRelationsOf(DatabaseId database, RelationKind kind) implements GrantLevel {
    @Override
    public PrivilegeScope scope() {
      return PrivilegeScope.RELATION;
    }
  }

  /**
   * A column of {@code TABLE d.t} or {@code VIEW d.v}.
   *
   * @param column as {@link ColumnNames#fold} has it
   */
  record OnColumn(RelationId relation, RelationKind kind, String column) implements GrantLevel {
    @Override
    public PrivilegeScope scope() {
      return PrivilegeScope.RELATION;
    }
  }

  /** {@code TABLE d.t} or {@code VIEW d.v}; the kind is the one that was granted on. */
  record OnRelation(RelationId relation, RelationKind kind) implements GrantLevel {
    @Override
    public PrivilegeScope scope() {
      return PrivilegeScope.RELATION;
    }
  }
}
