package io.portcullis.privilege.model;

import static io.portcullis.privilege.model.PrivilegeScope.ACCOUNT;
import static io.portcullis.privilege.model.PrivilegeScope.DATABASE;
import static io.portcullis.privilege.model.PrivilegeScope.RELATION;

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
  MANAGE_MAPPINGS(47, ACCOUNT),

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
  EXECUTE(39, RELATION);

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
      default -> name().replace('_', ' ');
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
