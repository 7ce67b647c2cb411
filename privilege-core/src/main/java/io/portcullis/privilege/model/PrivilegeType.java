package io.portcullis.privilege.model;

import static io.portcullis.privilege.model.PrivilegeScope.ACCOUNT;
import static io.portcullis.privilege.model.PrivilegeScope.DATABASE;
import static io.portcullis.privilege.model.PrivilegeScope.RELATION;

import io.portcullis.sql.access.RelationKind;
import java.util.Locale;
import java.util.Optional;

/**
 * The privileges that can be granted (PM 3.2). Codes are stored and never change; those of
 * privileges that are not offered (account administration, internal ones) stay reserved.
 */
public enum PrivilegeType {
  CREATE_USER(3, ACCOUNT),
  DROP_USER(4, ACCOUNT),
  ALTER_USER(5, ACCOUNT),
  CREATE_ROLE(6, ACCOUNT),
  DROP_ROLE(7, ACCOUNT),
  ALTER_ROLE(8, ACCOUNT),
  CREATE_DATABASE(9, ACCOUNT),
  DROP_DATABASE(10, ACCOUNT),
  SHOW_DATABASES(11, ACCOUNT),
  CONNECT(12, ACCOUNT),
  MANAGE_GRANTS(13, ACCOUNT),
  ACCOUNT_ALL(14, ACCOUNT),
  MANAGE_MAPPINGS(49, ACCOUNT),

  SHOW_TABLES(18, DATABASE),
  CREATE_TABLE(20, DATABASE),
  CREATE_VIEW(21, DATABASE),
  DROP_TABLE(23, DATABASE),
  DROP_VIEW(24, DATABASE),
  ALTER_TABLE(26, DATABASE),
  ALTER_VIEW(27, DATABASE),
  DATABASE_ALL(28, DATABASE),
  DATABASE_OWNERSHIP(29, DATABASE),

  SELECT(30, RELATION),
  INSERT(31, RELATION),
  UPDATE(32, RELATION),
  TRUNCATE(33, RELATION),
  DELETE(34, RELATION),
  REFERENCE(35, RELATION),
  INDEX(36, RELATION),
  RELATION_ALL(37, RELATION),
  RELATION_OWNERSHIP(38, RELATION),
  EXECUTE(39, RELATION),

  // Beyond PM 3.2: those of stored programs (PM rows 57 to 60, 63).
  CREATE_ROUTINE(43, DATABASE),
  ALTER_ROUTINE(44, DATABASE),
  /** EXECUTE of every routine of the database. */
  DATABASE_EXECUTE(45, DATABASE),
  TRIGGER(46, DATABASE),
  EVENT(47, DATABASE),
  /** ALTER ROUTINE of one function or procedure. */
  ROUTINE_ALTER(48, RELATION);

  private final int code;
  private final PrivilegeScope scope;

  PrivilegeType(int code, PrivilegeScope scope) {
    this.code = code;
    this.scope = scope;
  }

  public int code() {
    return code;
  }

  public PrivilegeScope scope() {
    return scope;
  }

  /** One bit of a {@code long} set of privileges. */
  public long bit() {
    return 1L << code;
  }

  /** Whether it can be granted on single columns. */
  public boolean isOfColumns() {
    return switch (this) {
      case SELECT, INSERT, UPDATE, REFERENCE -> true;
      default -> false;
    };
  }

  /**
   * As it stands in GRANT: {@code SELECT}, {@code CREATE TABLE}, {@code ALL}, {@code OWNERSHIP}.
   */
  public String sqlName() {
    return switch (this) {
      case ACCOUNT_ALL, DATABASE_ALL, RELATION_ALL -> "ALL";
      case DATABASE_OWNERSHIP, RELATION_OWNERSHIP -> "OWNERSHIP";
      case DATABASE_EXECUTE -> "EXECUTE";
      case ROUTINE_ALTER -> "ALTER ROUTINE";
      default -> name().replace('_', ' ');
    };
  }

  /** Whether it is about stored programs, and comes with ALL of a database for administrators. */
  public boolean isOfPrograms() {
    return switch (this) {
      case CREATE_ROUTINE, ALTER_ROUTINE, DATABASE_EXECUTE, TRIGGER, EVENT, ROUTINE_ALTER -> true;
      default -> false;
    };
  }

  /**
   * Whether it can be granted on objects of the kind, or covers some of them where it holds for
   * all. EXECUTE can be granted on tables and views, and has no effect there (PM 3.2).
   */
  public boolean isOn(RelationKind kind) {
    if (scope != RELATION) {
      return false;
    }
    return switch (this) {
      case RELATION_ALL, RELATION_OWNERSHIP ->
          kind != RelationKind.TRIGGER && kind != RelationKind.EVENT;
      case EXECUTE -> kind.isRoutine() || !kind.isProgram();
      case ROUTINE_ALTER -> kind.isRoutine();
      default -> !kind.isProgram();
    };
  }

  /** ALL of a scope: stands for every privilege of the scope, OWNERSHIP excepted. */
  public static PrivilegeType all(PrivilegeScope scope) {
    return switch (scope) {
      case ACCOUNT -> ACCOUNT_ALL;
      case DATABASE -> DATABASE_ALL;
      case RELATION -> RELATION_ALL;
    };
  }

  public static Optional<PrivilegeType> ofCode(int code) {
    for (PrivilegeType type : values()) {
      if (type.code == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /**
   * By the words of a GRANT, single blanks between them; {@code ALL} and {@code OWNERSHIP} need the
   * scope.
   */
  public static Optional<PrivilegeType> ofSqlName(String words, PrivilegeScope scope) {
    String wanted = words.toUpperCase(Locale.ROOT);
    if (wanted.equals("ALL PRIVILEGES")) {
      wanted = "ALL";
    } else if (wanted.equals("REFERENCES")) {
      wanted = "REFERENCE";
    }
    for (PrivilegeType type : values()) {
      if (type.scope == scope && type.sqlName().equals(wanted)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
