package io.portcullis.privilege.authz;

import static io.portcullis.privilege.model.PrivilegeType.ACCOUNT_ALL;
import static io.portcullis.privilege.model.PrivilegeType.ALTER_ROUTINE;
import static io.portcullis.privilege.model.PrivilegeType.ALTER_TABLE;
import static io.portcullis.privilege.model.PrivilegeType.ALTER_VIEW;
import static io.portcullis.privilege.model.PrivilegeType.CREATE_DATABASE;
import static io.portcullis.privilege.model.PrivilegeType.CREATE_ROUTINE;
import static io.portcullis.privilege.model.PrivilegeType.CREATE_TABLE;
import static io.portcullis.privilege.model.PrivilegeType.CREATE_VIEW;
import static io.portcullis.privilege.model.PrivilegeType.DATABASE_ALL;
import static io.portcullis.privilege.model.PrivilegeType.DATABASE_EXECUTE;
import static io.portcullis.privilege.model.PrivilegeType.DATABASE_OWNERSHIP;
import static io.portcullis.privilege.model.PrivilegeType.DELETE;
import static io.portcullis.privilege.model.PrivilegeType.DROP_DATABASE;
import static io.portcullis.privilege.model.PrivilegeType.DROP_TABLE;
import static io.portcullis.privilege.model.PrivilegeType.DROP_VIEW;
import static io.portcullis.privilege.model.PrivilegeType.EVENT;
import static io.portcullis.privilege.model.PrivilegeType.EXECUTE;
import static io.portcullis.privilege.model.PrivilegeType.INDEX;
import static io.portcullis.privilege.model.PrivilegeType.INSERT;
import static io.portcullis.privilege.model.PrivilegeType.REFERENCE;
import static io.portcullis.privilege.model.PrivilegeType.RELATION_ALL;
import static io.portcullis.privilege.model.PrivilegeType.RELATION_OWNERSHIP;
import static io.portcullis.privilege.model.PrivilegeType.ROUTINE_ALTER;
import static io.portcullis.privilege.model.PrivilegeType.SELECT;
import static io.portcullis.privilege.model.PrivilegeType.SHOW_TABLES;
import static io.portcullis.privilege.model.PrivilegeType.TRIGGER;
import static io.portcullis.privilege.model.PrivilegeType.TRUNCATE;
import static io.portcullis.privilege.model.PrivilegeType.UPDATE;

import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.RelationKind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What an access takes (PM 4.3 to 4.5, the recommended column): one of these privileges, on the
 * relation, on its database, or on the account. ALL and OWNERSHIP are spelled out where they stand
 * for a privilege (PM 3.2), so levels of different scope never imply one another (PM 0, rule 4).
 * {@code USE} takes more than this says, see {@link Authorizer}.
 *
 * @param relation bits of privileges on the relation
 * @param database bits of privileges on the database
 * @param account bits of privileges on the account
 * @param also bits of privileges on the relation of which one is needed besides; 0 for none
 * @param smallest the privilege to ask for
 */
record Requirement(long relation, long database, long account, long also, PrivilegeType smallest) {

  private static final long OWNED = RELATION_OWNERSHIP.bit();
  private static final long RELATION_FULL = RELATION_ALL.bit() | OWNED;
  private static final long DATABASE_FULL = DATABASE_ALL.bit() | DATABASE_OWNERSHIP.bit();
  private static final long ANY = -1L;

  private static final List<Optional<RelationKind>> IMPLIED_KINDS =
      Arrays.stream(AccessKind.values()).map(Requirement::makeImpliedKind).toList();

  private static final Requirement[] ON_TABLES = table(RelationKind.TABLE);
  private static final Requirement[] ON_VIEWS = table(RelationKind.VIEW);

  /** For accesses to databases the kind does not matter. */
  static Requirement of(AccessKind kind, RelationKind relation) {
    return (relation == RelationKind.TABLE ? ON_TABLES : ON_VIEWS)[kind.ordinal()];
  }

  private static Requirement[] table(RelationKind relation) {
    AccessKind[] kinds = AccessKind.values();
    Requirement[] table = new Requirement[kinds.length];
    for (AccessKind kind : kinds) {
      table[kind.ordinal()] = make(kind, relation == RelationKind.VIEW);
    }
    return table;
  }

  private static Requirement make(AccessKind kind, boolean view) {
    return switch (kind) {
      case SELECT, LOCK_READ -> onRelation(SELECT);
      case INSERT -> onRelation(INSERT);
      case UPDATE -> onRelation(UPDATE);
      case DELETE -> onRelation(DELETE);
      case TRUNCATE -> onRelation(TRUNCATE);
      case REFERENCE -> onRelation(REFERENCE);
      case INDEX -> onRelation(INDEX).orOnDatabase(ALTER_TABLE);
      case LOCK_WRITE -> onRelation(INSERT).orOnRelation(UPDATE.bit() | DELETE.bit());
      case CREATE_TABLE, CREATE_TEMPORARY_TABLE -> onDatabase(CREATE_TABLE);
      case CREATE_VIEW -> onDatabase(CREATE_VIEW);
      // A view can be renamed by RENAME TABLE, and some servers take it in DROP TABLE.
      case ALTER_TABLE -> onDatabase(view ? ALTER_VIEW : ALTER_TABLE).orOnRelation(OWNED);
      case DROP_TABLE, DROP_TEMPORARY_TABLE ->
          onDatabase(view ? DROP_VIEW : DROP_TABLE).orOnRelation(OWNED);
      case ALTER_VIEW -> onDatabase(ALTER_VIEW).orOnRelation(OWNED);
      case DROP_VIEW -> onDatabase(DROP_VIEW).orOnRelation(OWNED);
      case DESCRIBE -> onDatabase(SHOW_TABLES).orOnRelation(ANY);
      case EXPLAIN -> onDatabase(SHOW_TABLES).orOnRelation(OWNED); // of a table nothing is asked
      case SHOW_CREATE ->
          view ? onDatabase(SHOW_TABLES).butAlsoOnRelation(SELECT) : onDatabase(SHOW_TABLES);
      case SHOW_TABLES, SHOW_CREATE_DATABASE -> onDatabase(SHOW_TABLES);
      case USE -> onAccount(PrivilegeType.CONNECT);
      case CREATE_DATABASE -> onAccount(CREATE_DATABASE);
      case ALTER_DATABASE -> new Requirement(0, DATABASE_FULL, ACCOUNT_ALL.bit(), 0, DATABASE_ALL);
      case DROP_DATABASE -> onAccount(DROP_DATABASE).orOwnerOfDatabase();
      case EXECUTE_FUNCTION, EXECUTE_PROCEDURE ->
          onRelation(EXECUTE).orOnDatabase(DATABASE_EXECUTE);
      case CREATE_FUNCTION, CREATE_PROCEDURE -> onDatabase(CREATE_ROUTINE);
      case ALTER_FUNCTION, ALTER_PROCEDURE, SHOW_FUNCTION, SHOW_PROCEDURE ->
          onRelation(ROUTINE_ALTER).orOnDatabase(ALTER_ROUTINE);
      case CREATE_TRIGGER -> onDatabase(TRIGGER);
      case ADD_TRIGGER, DROP_TRIGGER, SHOW_TRIGGER -> onDatabase(TRIGGER).orOnRelation(OWNED);
      case CREATE_EVENT -> onDatabase(EVENT);
      case ALTER_EVENT, SHOW_EVENT -> onDatabase(EVENT).orOnRelation(OWNED);
      // No privilege is enough: see isDynamic.
      case DYNAMIC_PROCEDURE -> new Requirement(0, 0, 0, 0, CREATE_ROUTINE);
      case DYNAMIC_EVENT -> new Requirement(0, 0, 0, 0, EVENT);
    };
  }

  private static Requirement onRelation(PrivilegeType type) {
    return new Requirement(RELATION_FULL | type.bit(), 0, 0, 0, type);
  }

  private static Requirement onDatabase(PrivilegeType type) {
    return new Requirement(0, DATABASE_FULL | type.bit(), 0, 0, type);
  }

  private static Requirement onAccount(PrivilegeType type) {
    return new Requirement(0, 0, ACCOUNT_ALL.bit() | type.bit(), 0, type);
  }

  private Requirement orOnRelation(long bits) {
    return new Requirement(relation | bits, database, account, also, smallest);
  }

  private Requirement orOnDatabase(PrivilegeType type) {
    return new Requirement(relation, DATABASE_FULL | type.bit(), account, also, smallest);
  }

  private Requirement orOwnerOfDatabase() {
    return new Requirement(relation, DATABASE_OWNERSHIP.bit(), account, also, smallest);
  }

  private Requirement butAlsoOnRelation(PrivilegeType type) {
    return new Requirement(relation, database, account, RELATION_FULL | type.bit(), smallest);
  }

  /** Whether the privilege is one of those that will do. */
  boolean names(PrivilegeType type) {
    long bits =
        switch (type.scope()) {
          case ACCOUNT -> account;
          case DATABASE -> database;
          case RELATION -> relation | also;
        };
    return (bits & type.bit()) != 0;
  }

  boolean isSatisfiedBy(long onRelation, long onDatabase, long onAccount) {
    return ((relation & onRelation) | (database & onDatabase) | (account & onAccount)) != 0
        && (also == 0 || (also & onRelation) != 0);
  }

  /** Whether privileges on columns can be enough where nothing but those are concerned. */
  static boolean isOfColumns(AccessKind kind) {
    return switch (kind) {
      case SELECT, INSERT, UPDATE, REFERENCE, DESCRIBE -> true;
      default -> false;
    };
  }

  /** Whether what is held on a column is enough for it. */
  boolean isSatisfiedOnColumn(long onColumn) {
    return (relation & onColumn) != 0;
  }

  /** Whether a routine runs: then all that its body touches takes a privilege (PM row 59). */
  static boolean isExecuting(AccessKind kind) {
    return kind == AccessKind.EXECUTE_FUNCTION || kind == AccessKind.EXECUTE_PROCEDURE;
  }

  /** Whether it takes the administrators' role, and no privilege will do. */
  static boolean isDynamic(AccessKind kind) {
    return kind == AccessKind.DYNAMIC_PROCEDURE || kind == AccessKind.DYNAMIC_EVENT;
  }

  /** Whether the statement can bring the body of a stored program with it. */
  static boolean hasBody(AccessKind kind) {
    return kind == AccessKind.ALTER_EVENT
        || isCreating(kind) && impliedKind(kind).filter(RelationKind::isProgram).isPresent();
  }

  /** Whether the object of the access has a name in a database, and is not the database. */
  static boolean isOnRelation(AccessKind kind) {
    return switch (kind) {
      case SELECT,
          INSERT,
          UPDATE,
          DELETE,
          TRUNCATE,
          REFERENCE,
          INDEX,
          CREATE_TABLE,
          ALTER_TABLE,
          DROP_TABLE,
          CREATE_VIEW,
          ALTER_VIEW,
          DROP_VIEW,
          CREATE_TEMPORARY_TABLE,
          DROP_TEMPORARY_TABLE,
          LOCK_READ,
          LOCK_WRITE,
          DESCRIBE,
          EXPLAIN,
          SHOW_CREATE,
          EXECUTE_FUNCTION,
          EXECUTE_PROCEDURE,
          CREATE_FUNCTION,
          CREATE_PROCEDURE,
          ALTER_FUNCTION,
          ALTER_PROCEDURE,
          SHOW_FUNCTION,
          SHOW_PROCEDURE,
          CREATE_TRIGGER,
          ADD_TRIGGER,
          DROP_TRIGGER,
          SHOW_TRIGGER,
          CREATE_EVENT,
          ALTER_EVENT,
          SHOW_EVENT,
          DYNAMIC_PROCEDURE,
          DYNAMIC_EVENT ->
          true;
      case SHOW_TABLES, USE, CREATE_DATABASE, ALTER_DATABASE, DROP_DATABASE, SHOW_CREATE_DATABASE ->
          false;
    };
  }

  /**
   * Whether it reads, changes, or shuts others out of the tables below a view, or runs the body of
   * a routine: then it takes the privilege all the way down (PM 4.6, 4.5 #81).
   */
  static boolean reachesBelowView(AccessKind kind) {
    return switch (kind) {
      case SELECT,
          INSERT,
          UPDATE,
          DELETE,
          TRUNCATE,
          LOCK_READ,
          LOCK_WRITE,
          EXECUTE_FUNCTION,
          EXECUTE_PROCEDURE ->
          true;
      case REFERENCE,
          INDEX,
          CREATE_TABLE,
          ALTER_TABLE,
          DROP_TABLE,
          CREATE_VIEW,
          ALTER_VIEW,
          DROP_VIEW,
          CREATE_TEMPORARY_TABLE,
          DROP_TEMPORARY_TABLE,
          DESCRIBE,
          EXPLAIN,
          SHOW_CREATE,
          SHOW_TABLES,
          USE,
          CREATE_DATABASE,
          ALTER_DATABASE,
          DROP_DATABASE,
          SHOW_CREATE_DATABASE,
          CREATE_FUNCTION,
          CREATE_PROCEDURE,
          ALTER_FUNCTION,
          ALTER_PROCEDURE,
          SHOW_FUNCTION,
          SHOW_PROCEDURE,
          CREATE_TRIGGER,
          ADD_TRIGGER,
          DROP_TRIGGER,
          SHOW_TRIGGER,
          CREATE_EVENT,
          ALTER_EVENT,
          SHOW_EVENT,
          DYNAMIC_PROCEDURE,
          DYNAMIC_EVENT ->
          false;
    };
  }

  /** Whether it does something with an object that is there, and not only goes there. */
  static boolean isOnExisting(AccessKind kind) {
    return switch (kind) {
      case CREATE_TABLE,
          CREATE_VIEW,
          CREATE_TEMPORARY_TABLE,
          DROP_TEMPORARY_TABLE,
          USE,
          CREATE_DATABASE,
          CREATE_FUNCTION,
          CREATE_PROCEDURE,
          CREATE_TRIGGER,
          CREATE_EVENT,
          DYNAMIC_PROCEDURE,
          DYNAMIC_EVENT ->
          false;
      case SELECT,
          INSERT,
          UPDATE,
          DELETE,
          TRUNCATE,
          REFERENCE,
          INDEX,
          ALTER_TABLE,
          DROP_TABLE,
          ALTER_VIEW,
          DROP_VIEW,
          LOCK_READ,
          LOCK_WRITE,
          DESCRIBE,
          EXPLAIN,
          SHOW_CREATE,
          SHOW_TABLES,
          ALTER_DATABASE,
          DROP_DATABASE,
          SHOW_CREATE_DATABASE,
          EXECUTE_FUNCTION,
          EXECUTE_PROCEDURE,
          ALTER_FUNCTION,
          ALTER_PROCEDURE,
          SHOW_FUNCTION,
          SHOW_PROCEDURE,
          ADD_TRIGGER,
          DROP_TRIGGER,
          SHOW_TRIGGER,
          ALTER_EVENT,
          SHOW_EVENT ->
          true;
    };
  }

  /** Whether it makes something that will have an owner; a temporary table has none. */
  static boolean isCreating(AccessKind kind) {
    return switch (kind) {
      case CREATE_TABLE,
          CREATE_VIEW,
          CREATE_DATABASE,
          CREATE_FUNCTION,
          CREATE_PROCEDURE,
          CREATE_TRIGGER,
          CREATE_EVENT ->
          true;
      case SELECT,
          INSERT,
          UPDATE,
          DELETE,
          TRUNCATE,
          REFERENCE,
          INDEX,
          ALTER_TABLE,
          DROP_TABLE,
          ALTER_VIEW,
          DROP_VIEW,
          CREATE_TEMPORARY_TABLE,
          DROP_TEMPORARY_TABLE,
          LOCK_READ,
          LOCK_WRITE,
          DESCRIBE,
          EXPLAIN,
          SHOW_CREATE,
          SHOW_TABLES,
          USE,
          ALTER_DATABASE,
          DROP_DATABASE,
          SHOW_CREATE_DATABASE,
          EXECUTE_FUNCTION,
          EXECUTE_PROCEDURE,
          ALTER_FUNCTION,
          ALTER_PROCEDURE,
          SHOW_FUNCTION,
          SHOW_PROCEDURE,
          ADD_TRIGGER,
          DROP_TRIGGER,
          SHOW_TRIGGER,
          ALTER_EVENT,
          SHOW_EVENT,
          DYNAMIC_PROCEDURE,
          DYNAMIC_EVENT ->
          false;
    };
  }

  /** Whether the access changes nothing, neither data nor definitions. */
  static boolean isReading(AccessKind kind) {
    return switch (kind) {
      case SELECT,
          LOCK_READ,
          DESCRIBE,
          EXPLAIN,
          SHOW_CREATE,
          SHOW_TABLES,
          USE,
          SHOW_CREATE_DATABASE,
          SHOW_FUNCTION,
          SHOW_PROCEDURE,
          SHOW_TRIGGER,
          SHOW_EVENT ->
          true;
      case INSERT,
          UPDATE,
          DELETE,
          TRUNCATE,
          REFERENCE,
          INDEX,
          CREATE_TABLE,
          ALTER_TABLE,
          DROP_TABLE,
          CREATE_VIEW,
          ALTER_VIEW,
          DROP_VIEW,
          CREATE_TEMPORARY_TABLE,
          DROP_TEMPORARY_TABLE,
          LOCK_WRITE,
          CREATE_DATABASE,
          ALTER_DATABASE,
          DROP_DATABASE,
          EXECUTE_FUNCTION,
          EXECUTE_PROCEDURE,
          CREATE_FUNCTION,
          CREATE_PROCEDURE,
          ALTER_FUNCTION,
          ALTER_PROCEDURE,
          CREATE_TRIGGER,
          ADD_TRIGGER,
          DROP_TRIGGER,
          CREATE_EVENT,
          ALTER_EVENT,
          DYNAMIC_PROCEDURE,
          DYNAMIC_EVENT ->
          false;
    };
  }

  /** Whether the access can need more storage (PM 4.7). */
  static boolean isGrowing(AccessKind kind) {
    return switch (kind) {
      case INSERT,
          UPDATE,
          REFERENCE,
          INDEX,
          CREATE_TABLE,
          ALTER_TABLE,
          CREATE_VIEW,
          ALTER_VIEW,
          CREATE_TEMPORARY_TABLE,
          CREATE_DATABASE,
          ALTER_DATABASE,
          CREATE_FUNCTION,
          CREATE_PROCEDURE,
          ALTER_FUNCTION,
          ALTER_PROCEDURE,
          CREATE_TRIGGER,
          ADD_TRIGGER,
          CREATE_EVENT,
          ALTER_EVENT,
          DYNAMIC_PROCEDURE,
          DYNAMIC_EVENT ->
          true;
      case SELECT,
          DELETE,
          TRUNCATE,
          DROP_TABLE,
          DROP_VIEW,
          DROP_TEMPORARY_TABLE,
          LOCK_READ,
          LOCK_WRITE,
          DESCRIBE,
          EXPLAIN,
          SHOW_CREATE,
          SHOW_TABLES,
          USE,
          DROP_DATABASE,
          SHOW_CREATE_DATABASE,
          EXECUTE_FUNCTION,
          EXECUTE_PROCEDURE,
          SHOW_FUNCTION,
          SHOW_PROCEDURE,
          DROP_TRIGGER,
          SHOW_TRIGGER,
          SHOW_EVENT ->
          false;
    };
  }

  /**
   * Whether a temporary table of that name is what the access means. The others mean the permanent
   * object of the name: creating one beside it, views, and the target of a foreign key.
   */
  static boolean isShadowedByTemporary(AccessKind kind) {
    return switch (kind) {
      case SELECT,
          INSERT,
          UPDATE,
          DELETE,
          TRUNCATE,
          INDEX,
          ALTER_TABLE,
          DROP_TABLE,
          CREATE_TEMPORARY_TABLE,
          DROP_TEMPORARY_TABLE,
          LOCK_READ,
          LOCK_WRITE,
          DESCRIBE,
          EXPLAIN,
          SHOW_CREATE ->
          true;
      case REFERENCE,
          CREATE_TABLE,
          CREATE_VIEW,
          ALTER_VIEW,
          DROP_VIEW,
          SHOW_TABLES,
          USE,
          CREATE_DATABASE,
          ALTER_DATABASE,
          DROP_DATABASE,
          SHOW_CREATE_DATABASE,
          EXECUTE_FUNCTION,
          EXECUTE_PROCEDURE,
          CREATE_FUNCTION,
          CREATE_PROCEDURE,
          ALTER_FUNCTION,
          ALTER_PROCEDURE,
          SHOW_FUNCTION,
          SHOW_PROCEDURE,
          CREATE_TRIGGER,
          ADD_TRIGGER,
          DROP_TRIGGER,
          SHOW_TRIGGER,
          CREATE_EVENT,
          ALTER_EVENT,
          SHOW_EVENT,
          DYNAMIC_PROCEDURE,
          DYNAMIC_EVENT ->
          false;
    };
  }

  /** Whether it can be done with objects of the kind at all. */
  static boolean isOnKind(AccessKind kind, RelationKind as) {
    boolean noIndex = kind == AccessKind.INDEX && as == RelationKind.VIEW;
    Optional<RelationKind> implied = impliedKind(kind);
    return !noIndex && implied.map(is -> is == as).orElse(!as.isProgram());
  }

  /** The kind the statement itself says or makes; empty where a table or a view can be meant. */
  static Optional<RelationKind> impliedKind(AccessKind kind) {
    return IMPLIED_KINDS.get(kind.ordinal());
  }

  private static Optional<RelationKind> makeImpliedKind(AccessKind kind) {
    return switch (kind) {
      case CREATE_TABLE, CREATE_TEMPORARY_TABLE, DROP_TEMPORARY_TABLE ->
          Optional.of(RelationKind.TABLE);
      case CREATE_VIEW, ALTER_VIEW, DROP_VIEW -> Optional.of(RelationKind.VIEW);
      case EXECUTE_FUNCTION, CREATE_FUNCTION, ALTER_FUNCTION, SHOW_FUNCTION ->
          Optional.of(RelationKind.FUNCTION);
      case EXECUTE_PROCEDURE,
          CREATE_PROCEDURE,
          ALTER_PROCEDURE,
          SHOW_PROCEDURE,
          DYNAMIC_PROCEDURE ->
          Optional.of(RelationKind.PROCEDURE);
      case ADD_TRIGGER -> Optional.of(RelationKind.TABLE);
      case CREATE_TRIGGER, DROP_TRIGGER, SHOW_TRIGGER -> Optional.of(RelationKind.TRIGGER);
      case CREATE_EVENT, ALTER_EVENT, SHOW_EVENT, DYNAMIC_EVENT -> Optional.of(RelationKind.EVENT);
      default -> Optional.empty();
    };
  }
}
