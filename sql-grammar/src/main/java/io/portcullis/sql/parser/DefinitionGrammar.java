package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.parser.QueryReader.Piece;
import io.portcullis.sql.parser.QueryReader.QueryReading;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.PolicyReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Databases, tables, views and indexes (PM 4.3, 4.4). The inside of a definition is not parsed but
 * combed: names in the place of a table, calls, and options that reach beyond the database are
 * found by their tokens; what is not on a list is refused.
 */
final class DefinitionGrammar {
  private static final Set<String> SAFE_ENGINES =
      ReservedWords.words(
          "INNODB MYISAM ARIA MARIA MEMORY HEAP ARCHIVE BLACKHOLE CSV ROCKSDB TOKUDB COLUMNSTORE NDB NDBCLUSTER");

  /** Table options that can be given in CREATE and ALTER TABLE, without their values. */
  private static final Set<String> TABLE_OPTIONS =
      ReservedWords.words(
          """
          ENGINE TYPE AUTO_INCREMENT AVG_ROW_LENGTH CHARSET CHARACTER COLLATE CHECKSUM TABLE_CHECKSUM COMMENT
          COMPRESSION DELAY_KEY_WRITE ENCRYPTION ENCRYPTED ENCRYPTION_KEY_ID IETF_QUOTES INSERT_METHOD
          KEY_BLOCK_SIZE MAX_ROWS MIN_ROWS PACK_KEYS PAGE_CHECKSUM PAGE_COMPRESSED PAGE_COMPRESSION_LEVEL
          ROW_FORMAT SEQUENCE STATS_AUTO_RECALC STATS_PERSISTENT STATS_SAMPLE_PAGES TRANSACTIONAL WITH DEFAULT
          AUTOEXTEND_SIZE START
          """);

  /** Words before a parenthesis that are no function: types and the grammar of definitions. */
  private static final Set<String> BEFORE_PARENTHESIS =
      ReservedWords.words(
          """
          BIT TINYINT SMALLINT MEDIUMINT INT INTEGER BIGINT DECIMAL DEC NUMERIC FIXED NUMBER FLOAT DOUBLE REAL
          PRECISION CHAR CHARACTER NCHAR NVARCHAR VARCHAR VARCHAR2 VARYING VARCHARACTER BINARY VARBINARY RAW BLOB
          TEXT TINYBLOB TINYTEXT MEDIUMBLOB MEDIUMTEXT LONGBLOB LONGTEXT CLOB ENUM SET YEAR TIME DATETIME TIMESTAMP
          DATE VECTOR INT1 INT2 INT3 INT4 INT8 KEY INDEX UNIQUE FULLTEXT SPATIAL PRIMARY CHECK AS ALWAYS DEFAULT IN
          THAN VALUES HASH LIST RANGE COLUMNS COLUMN BY USING ADD BTREE RTREE AND OR NOT XOR INTERVAL EXISTS UPDATE
          SYSTEM_TIME VISIBLE INTO MAXVALUE FOREIGN DIV MOD LIKE BETWEEN WHEN THEN ELSE CASE BINARY IF NULL LINEAR PARTITION
          """);

  private final TokenCursor cursor;
  private final LexedStatement text;
  private final QueryReader queries;
  private final Accesses accesses = new Accesses();

  /** The table that is defined: columns can be qualified by it. */
  private String table = "";

  DefinitionGrammar(TokenCursor cursor, QueryReader queries) {
    this.cursor = cursor;
    this.text = cursor.text();
    this.queries = queries;
  }

  /** Whether tables of this engine live inside the database alone. */
  static boolean isSafeEngine(String name) {
    return SAFE_ENGINES.contains(name.toUpperCase(Locale.ROOT));
  }

  /** {@code WAIT n | NOWAIT}. */
  static void acceptWait(TokenCursor cursor) {
    if (cursor.accept("WAIT")) {
      cursor.number();
    } else {
      cursor.accept("NOWAIT");
    }
  }

  Statement statement() {
    if (cursor.accept("CREATE")) {
      return create();
    }
    if (cursor.accept("ALTER")) {
      return alter();
    }
    if (cursor.accept("DROP")) {
      return drop();
    }
    if (cursor.accept("RENAME")) {
      return rename();
    }
    cursor.expect("TRUNCATE");
    cursor.accept("TABLE");
    accesses.add(AccessKind.TRUNCATE, cursor.relation());
    acceptWait(cursor);
    cursor.expectEnd();
    return accesses.forward(StatementKind.TRUNCATE);
  }

  private StatementRefused notOffered(String verb) {
    return cursor.notOffered(
        verb + (cursor.atEnd() ? "" : " " + text.text(cursor.at()).toUpperCase(Locale.ROOT)));
  }

  // ---------------------------------------------------------------- CREATE

  private Statement create() {
    boolean replace = cursor.accept("OR", "REPLACE");
    if (cursor.acceptAny("DATABASE", "SCHEMA")) {
      return createDatabase(replace);
    }
    boolean temporary = cursor.accept("TEMPORARY");
    if (cursor.accept("TABLE")) {
      return createTable(replace, temporary);
    }
    if (cursor.isMariaDb() && cursor.accept("SEQUENCE")) {
      return createSequence(replace, temporary);
    }
    if (temporary) {
      throw notOffered("CREATE TEMPORARY");
    }
    if (cursor.isAny("UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR", "INDEX")
        && !cursor.is("SPATIAL", "REFERENCE")) {
      return createIndex();
    }
    if (cursor.is("JSON", "DUALITY") || cursor.is("JSON", "RELATIONAL")) {
      throw cursor.notOffered(
          PolicyReason.UNKNOWN_BEFORE_IT_RUNS,
          "a JSON duality view",
          "which tables are written through it is not known before");
    }
    viewOptions();
    if (cursor.accept("VIEW")) {
      return createView(replace);
    }
    throw ofTheServer("CREATE");
  }

  /** Of what lives outside of databases. */
  private StatementRefused ofTheServer(String verb) {
    boolean known =
        cursor.isAny("SERVER", "TABLESPACE", "INSTANCE", "LOGFILE")
            || cursor.is("UNDO", "TABLESPACE")
            || cursor.is("RESOURCE", "GROUP")
            || cursor.is("SPATIAL", "REFERENCE", "SYSTEM");
    return known
        ? cursor.notOffered(
            PolicyReason.CHANGES_THE_SERVER,
            verb + " " + text.text(cursor.at()).toUpperCase(Locale.ROOT))
        : notOffered(verb);
  }

  // ---------------------------------------------------------------- sequences

  /** MariaDB's: to its catalog a sequence is a table, and so it is to the gate's. */
  private Statement createSequence(boolean replace, boolean temporary) {
    boolean ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
    RelationName sequence = cursor.relation();
    sequenceOptions();
    created(sequence, replace, ifNotExists, temporary);
    return accesses.forward(StatementKind.CREATE_TABLE);
  }

  private void sequenceOptions() {
    while (!cursor.atEnd()) {
      boolean without =
          cursor.acceptAny("NOMINVALUE", "NOMAXVALUE", "NOCACHE", "CYCLE", "NOCYCLE")
              || cursor.accept("NO", "MINVALUE")
              || cursor.accept("NO", "MAXVALUE")
              || cursor.accept("NO", "CACHE")
              || cursor.accept("NO", "CYCLE");
      if (without) {
        continue;
      }
      if (cursor.acceptAny("START", "INCREMENT", "MINVALUE", "MAXVALUE", "CACHE")) {
        acceptBeforeNumber();
        signedNumber();
      } else if (cursor.accept("RESTART")) {
        boolean written = acceptBeforeNumber();
        if (written || cursor.isKind(TokenKind.NUMBER) || cursor.isMark("-")) {
          signedNumber();
        }
      } else {
        tableOption(cursor);
      }
    }
  }

  private boolean acceptBeforeNumber() {
    return cursor.acceptAny("WITH", "BY") | cursor.acceptMark("=");
  }

  private void signedNumber() {
    if (!cursor.acceptMark("-")) {
      cursor.acceptMark("+");
    }
    if (!cursor.isKind(TokenKind.NUMBER) && !cursor.isKind(TokenKind.HEX)) {
      throw cursor.unexpected();
    }
    cursor.skip();
  }

  private Statement createDatabase(boolean replace) {
    boolean ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
    DatabaseName database = cursor.database();
    accesses.add(AccessKind.CREATE_DATABASE, database);
    if (replace) {
      accesses.add(AccessKind.DROP_DATABASE, database);
      accesses.effect(new CatalogEffect.DatabaseDropped(database));
    }
    databaseOptions();
    accesses.effect(new CatalogEffect.DatabaseCreated(database, !ifNotExists));
    return accesses.forward(StatementKind.CREATE_DATABASE);
  }

  private void databaseOptions() {
    while (!cursor.atEnd()) {
      cursor.accept("DEFAULT");
      boolean option =
          cursor.accept("CHARACTER", "SET")
              || cursor.accept("CHARSET")
              || cursor.accept("COLLATE")
              || cursor.accept("COMMENT")
              || cursor.accept("ENCRYPTION")
              || cursor.accept("READ", "ONLY");
      if (!option) {
        throw cursor.unexpected();
      }
      cursor.acceptMark("=");
      if (cursor.isKind(TokenKind.PUNCTUATION)) {
        throw cursor.unexpected();
      }
      cursor.skip();
    }
  }

  private Statement createTable(boolean replace, boolean temporary) {
    boolean ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
    RelationName table = cursor.relation();
    this.table = table.name();
    created(table, replace, ifNotExists, temporary);
    tableContents();
    return accesses.forward(StatementKind.CREATE_TABLE);
  }

  private void created(
      RelationName table, boolean replace, boolean ifNotExists, boolean temporary) {
    accesses.add(temporary ? AccessKind.CREATE_TEMPORARY_TABLE : AccessKind.CREATE_TABLE, table);
    if (replace) {
      accesses.add(temporary ? AccessKind.DROP_TEMPORARY_TABLE : AccessKind.DROP_TABLE, table);
    }
    if (temporary) {
      if (replace) {
        // The old one is gone even when the new one cannot be filled.
        accesses.effect(new CatalogEffect.TemporaryTableDropped(table));
      }
      accesses.effect(new CatalogEffect.TemporaryTableCreated(table));
    } else {
      accesses.effect(
          new CatalogEffect.RelationCreated(table, RelationKind.TABLE, !ifNotExists && !replace));
    }
  }

  private void tableContents() {
    boolean parenthesis = cursor.isMark("(");
    int inside = cursor.at() + 1;
    if (cursor.accept("LIKE") || parenthesis && cursor.wordAt(inside, "LIKE")) {
      if (parenthesis) {
        cursor.moveTo(inside + 1);
      }
      accesses.add(AccessKind.SELECT, cursor.relation());
      if (parenthesis) {
        cursor.expectMark(")");
      }
      cursor.expectEnd();
      return;
    }
    if (parenthesis
        && !cursor.wordAt(inside, "SELECT")
        && !cursor.wordAt(inside, "WITH")
        && !cursor.wordAt(inside, "VALUES")
        && !cursor.wordAt(inside, "TABLE")
        && !cursor.punctuationAt(inside, "(")) {
      int close = cursor.closing(cursor.at());
      definitions(inside, close);
      cursor.moveTo(close + 1);
    }
    int query = startOfQuery();
    tableOptions(query);
    cursor.moveTo(query);
    if (!cursor.atEnd()) {
      accesses.reads(queries.read(cursor.names(), List.of(new Piece.Tokens(query, cursor.end()))));
    }
  }

  /** Where the query of CREATE TABLE ... [AS] begins; the end if there is none. */
  private int startOfQuery() {
    int at = cursor.at();
    while (at < cursor.end()) {
      if (cursor.punctuationAt(at, "(")) {
        int first = at;
        while (cursor.punctuationAt(first, "(")) {
          first++;
        }
        boolean query =
            cursor.wordAt(first, "SELECT")
                || cursor.wordAt(first, "WITH")
                || cursor.wordAt(first, "VALUES")
                || cursor.wordAt(first, "TABLE");
        if (query) {
          return at;
        }
        at = cursor.closing(at) + 1;
      } else {
        boolean query =
            cursor.wordAt(at, "SELECT")
                || cursor.wordAt(at, "TABLE")
                || cursor.wordAt(at, "VALUES") && !isPartitionValues(at)
                || cursor.wordAt(at, "WITH") && !cursor.wordAt(at + 1, "SYSTEM");
        if (query) {
          return at;
        }
        at++;
      }
    }
    return cursor.end();
  }

  private boolean isPartitionValues(int at) {
    return cursor.wordAt(at + 1, "IN") || cursor.wordAt(at + 1, "LESS");
  }

  /** Options up to the query: names from a list, with values that are single tokens. */
  private void tableOptions(int end) {
    TokenCursor options = cursor.part(cursor.at(), end);
    while (!options.atEnd()) {
      if (options.acceptMark(",")) {
        continue;
      }
      if (options.is("PARTITION", "BY")) {
        int rest = options.find("IGNORE", "REPLACE", "AS");
        definitions(options.at(), rest);
        options.moveTo(rest);
      } else if (options.acceptAny("IGNORE", "REPLACE", "AS")) {
        if (end >= cursor.end()) {
          throw options.unexpected();
        }
      } else {
        tableOption(options);
      }
    }
  }

  private void tableOption(TokenCursor options) {
    if (options.accept("WITH", "SYSTEM", "VERSIONING")) {
      return;
    }
    options.accept("DEFAULT");
    if (!options.isKind(TokenKind.WORD)) {
      throw options.unexpected();
    }
    String name = text.text(options.at()).toUpperCase(Locale.ROOT);
    if (!TABLE_OPTIONS.contains(name)) {
      throw tableOptionNotOffered(options, name);
    }
    options.skip();
    if (name.equals("CHARACTER")) {
      options.expect("SET");
    } else if (name.equals("START")) {
      options.expect("TRANSACTION");
      return;
    }
    options.acceptMark("=");
    if (name.equals("ENGINE") || name.equals("TYPE")) {
      engine(options);
      return;
    }
    if (options.isKind(TokenKind.PUNCTUATION)) {
      throw options.unexpected();
    }
    options.skip();
  }

  private StatementRefused tableOptionNotOffered(TokenCursor options, String name) {
    String what = "the table option " + name;
    return switch (name) {
      case "DATA", "INDEX" ->
          options.wordAt(options.at() + 1, "DIRECTORY")
              ? options.notOffered(PolicyReason.FILES, what + " DIRECTORY")
              : options.notOffered(what);
      case "CONNECTION", "UNION", "TABLESPACE", "SECONDARY_ENGINE", "STORAGE" ->
          options.notOffered(PolicyReason.BEYOND_THE_DATABASE, what);
      default -> options.notOffered(what);
    };
  }

  private void engine(TokenCursor options) {
    if (!options.isKind(TokenKind.WORD)
        && !options.isKind(TokenKind.STRING)
        && !options.isKind(TokenKind.QUOTED_IDENTIFIER)) {
      throw options.unexpected();
    }
    String engine = text.value(options.at());
    if (!isSafeEngine(engine)) {
      throw options.notOffered(PolicyReason.BEYOND_THE_DATABASE, "the storage engine " + engine);
    }
    options.skip();
  }

  // ---------------------------------------------------------------- definitions

  /** Combs column, key, constraint and partition definitions. */
  private void definitions(int from, int to) {
    TokenCursor definition = cursor.part(from, to);
    while (!definition.atEnd()) {
      int at = definition.at();
      nameOfColumn(at);
      if (definition.acceptMark(".")) {
        if (definition.punctuationAt(at + 2, "(")) {
          throw definition.notOffered("the function " + text.value(at + 1));
        }
        definition.skip();
      } else if (definition.accept("REFERENCES")) {
        RelationName referenced = definition.relation();
        accesses.add(AccessKind.REFERENCE, referenced);
        if (definition.isMark("(")) {
          int close = definition.closing(definition.at());
          referenced(definition, referenced, close);
          definition.moveTo(close + 1);
        } else {
          definition.names().columns().unlisted();
        }
      } else if (definition.is("DATA", "DIRECTORY") || definition.is("INDEX", "DIRECTORY")) {
        throw definition.notOffered(
            PolicyReason.FILES,
            text.text(at).toUpperCase(Locale.ROOT) + " DIRECTORY in a table definition");
      } else if (definition.is("SELECT") || definition.is("UNION")) {
        throw definition.notOffered(
            text.text(at).toUpperCase(Locale.ROOT) + " in a table definition");
      } else if (definition.is("CONNECTION")
              && (definition.punctuationAt(at + 1, "=")
                  || text.kind(Math.min(at + 1, text.size() - 1)) == TokenKind.STRING)
          || definition.is("TABLESPACE") && !isColumnName(definition, from)) {
        throw definition.notOffered(
            PolicyReason.BEYOND_THE_DATABASE,
            text.text(at).toUpperCase(Locale.ROOT) + " in a table definition");
      } else if (definition.is("NEXT", "VALUE") || definition.is("PREVIOUS", "VALUE")) {
        throw sequenceInDefinition(definition);
      } else if (definition.is("ENGINE") && !isColumnName(definition, from)) {
        definition.skip();
        definition.acceptMark("=");
        engine(definition);
      } else {
        if (definition.punctuationAt(at + 1, "(")) {
          call(definition, from);
        }
        definition.skip();
      }
    }
  }

  private StatementRefused sequenceInDefinition(TokenCursor definition) {
    return definition.notOffered(
        PolicyReason.RIGHTS_OF_ANOTHER,
        "a sequence in the definition of a table",
        "whoever inserts would take values of it without a right to it");
  }

  /** Notes the columns a foreign key points at. */
  private void referenced(TokenCursor definition, RelationName of, int close) {
    for (int i = definition.at() + 1; i < close; i += 2) {
      cursor.names().columns().written(i, i, AccessKind.REFERENCE, Optional.of(of));
    }
  }

  /** {@code table.column} of the table itself; before the dot of another may be a database. */
  private void nameOfColumn(int at) {
    boolean begins = text.isPunctuation(at + 1, ".") && !text.isPunctuation(at - 1, ".");
    if (begins && (text.isPunctuation(at + 3, ".") || text.value(at).equalsIgnoreCase(table))) {
      cursor.names().inExpression(at);
    }
  }

  private boolean isColumnName(TokenCursor definition, int from) {
    int at = definition.at();
    return at == from || text.isPunctuation(at - 1, ",") || text.isPunctuation(at - 1, "(");
  }

  /** What stands before a parenthesis: a type, a key word, a key's name, or a function. */
  private void call(TokenCursor definition, int from) {
    int at = definition.at();
    if (text.kind(at) != TokenKind.WORD && text.kind(at) != TokenKind.QUOTED_IDENTIFIER) {
      return;
    }
    boolean quoted = text.kind(at) == TokenKind.QUOTED_IDENTIFIER;
    String word = text.text(at).toUpperCase(Locale.ROOT);
    if (!quoted
        && (BEFORE_PARENTHESIS.contains(word)
            || isGeometry(word)
            || BuiltinFunctions.contains(word, text.mode().server()))
        && !text.isPunctuation(at - 1, ".")) {
      return;
    }
    boolean keyName = at > from && isBeforeName(at - 1);
    boolean prefixLength =
        text.kind(Math.min(at + 2, text.size() - 1)) == TokenKind.NUMBER
            && text.isPunctuation(at + 3, ")")
            && (text.isPunctuation(at - 1, "(") || text.isPunctuation(at - 1, ","));
    if (!keyName && !prefixLength) {
      if (!quoted && (word.equals("NEXTVAL") || word.equals("LASTVAL") || word.equals("SETVAL"))) {
        throw sequenceInDefinition(definition);
      }
      throw definition.notOffered("the function " + text.value(at));
    }
  }

  private static boolean isGeometry(String word) {
    return word.equals("GEOMETRY") || word.equals("POINT") || word.equals("POLYGON");
  }

  private boolean isBeforeName(int at) {
    return text.isWord(at, "KEY")
        || text.isWord(at, "INDEX")
        || text.isWord(at, "UNIQUE")
        || text.isWord(at, "FULLTEXT")
        || text.isWord(at, "SPATIAL")
        || text.isWord(at, "VECTOR")
        || text.isWord(at, "EXISTS")
        || text.isWord(at, "PARTITION")
        || text.isWord(at, "SUBPARTITION")
        || text.isWord(at, "FOR")
        || text.isWord(at, "INTO");
  }

  // ---------------------------------------------------------------- indexes, views

  private Statement createIndex() {
    cursor.acceptAny("UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR");
    cursor.expect("INDEX");
    cursor.accept("IF", "NOT", "EXISTS");
    cursor.identifier();
    if (cursor.acceptAny("USING", "TYPE")) {
      cursor.skip();
    }
    cursor.expect("ON");
    accesses.add(AccessKind.INDEX, cursor.relation());
    if (!cursor.isMark("(")) {
      throw cursor.unexpected();
    }
    definitions(cursor.at(), cursor.end());
    return accesses.forward(StatementKind.CREATE_INDEX);
  }

  private void viewOptions() {
    if (cursor.accept("ALGORITHM")) {
      cursor.expectMark("=");
      if (!cursor.acceptAny("UNDEFINED", "MERGE", "TEMPTABLE")) {
        throw cursor.unexpected();
      }
    }
    if (cursor.accept("DEFINER")) {
      cursor.expectMark("=");
      cursor.definer();
    }
    if (cursor.accept("SQL", "SECURITY") && !cursor.acceptAny("DEFINER", "INVOKER")) {
      throw cursor.unexpected();
    }
  }

  private Statement createView(boolean replace) {
    boolean ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
    RelationName view = cursor.relation();
    accesses.add(AccessKind.CREATE_VIEW, view);
    if (replace) {
      accesses.add(AccessKind.DROP_VIEW, view);
    }
    viewBody();
    accesses.effect(
        new CatalogEffect.RelationCreated(view, RelationKind.VIEW, !ifNotExists && !replace));
    return accesses.forward(StatementKind.CREATE_VIEW);
  }

  private void viewBody() {
    if (cursor.acceptMark("(")) {
      do {
        cursor.identifier();
      } while (cursor.acceptMark(","));
      cursor.expectMark(")");
    }
    cursor.expect("AS");
    int end = cursor.end();
    if (cursor.wordAt(end - 1, "OPTION") && cursor.wordAt(end - 2, "CHECK")) {
      end -= 2;
      if (cursor.wordAt(end - 1, "CASCADED") || cursor.wordAt(end - 1, "LOCAL")) {
        end--;
      }
      if (!cursor.wordAt(end - 1, "WITH")) {
        throw cursor.unexpected();
      }
      end--;
    }
    if (!DataGrammar.startsQuery(cursor)) {
      throw cursor.unexpected();
    }
    QueryReading query = queries.read(cursor.names(), List.of(new Piece.Tokens(cursor.at(), end)));
    if (!query.sequences().isEmpty()) {
      throw cursor.notOffered(
          PolicyReason.RIGHTS_OF_ANOTHER,
          "a sequence in the definition of a view",
          "whoever reads it would take values of it without a right to it");
    }
    accesses.reads(query);
  }

  // ---------------------------------------------------------------- ALTER

  private Statement alter() {
    if (cursor.acceptAny("DATABASE", "SCHEMA")) {
      boolean current =
          cursor.isAny("DEFAULT", "CHARACTER", "CHARSET", "COLLATE", "COMMENT", "ENCRYPTION");
      DatabaseName database = current ? DatabaseName.CURRENT : cursor.database();
      accesses.add(AccessKind.ALTER_DATABASE, database);
      if (cursor.is("UPGRADE")) {
        throw cursor.notOffered(PolicyReason.FILES, "ALTER DATABASE UPGRADE");
      }
      databaseOptions();
      return accesses.forward(StatementKind.ALTER_DATABASE);
    }
    cursor.accept("ONLINE");
    cursor.accept("IGNORE");
    if (cursor.accept("TABLE")) {
      return alterTable();
    }
    viewOptions();
    if (cursor.accept("VIEW")) {
      cursor.accept("IF", "EXISTS");
      RelationName view = cursor.relation();
      accesses.add(AccessKind.ALTER_VIEW, view);
      viewBody();
      accesses.effect(new CatalogEffect.ViewRedefined(view));
      return accesses.forward(StatementKind.ALTER_VIEW);
    }
    if (cursor.isMariaDb() && cursor.accept("SEQUENCE")) {
      cursor.accept("IF", "EXISTS");
      accesses.add(AccessKind.ALTER_TABLE, cursor.relation());
      sequenceOptions();
      return accesses.forward(StatementKind.ALTER_TABLE);
    }
    throw ofTheServer("ALTER");
  }

  private Statement alterTable() {
    cursor.accept("IF", "EXISTS");
    RelationName table = cursor.relation();
    this.table = table.name();
    accesses.add(AccessKind.ALTER_TABLE, table);
    acceptWait(cursor);
    ChangedColumns columns = new ChangedColumns();
    List<RelationName> renamed = new ArrayList<>();
    while (!cursor.atEnd()) {
      int end =
          cursor.is("ORDER", "BY") || isAboutPartitions() ? cursor.end() : endOfSpecification();
      columns.read(cursor.part(cursor.at(), end));
      specification(table, cursor.part(cursor.at(), end), renamed);
      cursor.moveTo(end);
      if (!cursor.atEnd()) {
        cursor.expectMark(",");
      }
    }
    columns.effect(table).ifPresent(accesses::effect);
    renamed.forEach(to -> accesses.effect(new CatalogEffect.RelationRenamed(table, to)));
    return accesses.forward(StatementKind.ALTER_TABLE);
  }

  /** Names of partitions have commas between them, and no other specification goes with them. */
  private boolean isAboutPartitions() {
    return cursor.wordAt(cursor.at() + 1, "PARTITION")
        && cursor.isAny(
            "TRUNCATE",
            "DROP",
            "REORGANIZE",
            "REPAIR",
            "CHECK",
            "ANALYZE",
            "OPTIMIZE",
            "REBUILD",
            "COALESCE");
  }

  private int endOfSpecification() {
    int depth = 0;
    for (int i = cursor.at(); i < cursor.end(); i++) {
      if (text.isPunctuation(i, "(")) {
        depth++;
      } else if (text.isPunctuation(i, ")")) {
        depth--;
      } else if (depth == 0 && text.isPunctuation(i, ",")) {
        return i;
      }
    }
    return cursor.end();
  }

  private void specification(RelationName table, TokenCursor part, List<RelationName> renamed) {
    if (part.accept("RENAME")) {
      boolean inside = part.isAny("COLUMN", "INDEX", "KEY");
      if (inside) {
        part.skip();
        part.accept("IF", "EXISTS");
        part.identifier();
        part.expect("TO");
        part.identifier();
      } else {
        if (!part.accept("TO")) {
          part.accept("AS");
        }
        part.acceptMark("=");
        RelationName target = part.relation();
        accesses.add(AccessKind.CREATE_TABLE, target);
        renamed.add(target);
      }
      part.expectEnd();
      return;
    }
    if (part.isAny("DISCARD", "IMPORT")) {
      throw part.notOffered(
          PolicyReason.FILES, "ALTER TABLE ... " + text.text(part.at()).toUpperCase(Locale.ROOT));
    }
    if (part.accept("EXCHANGE", "PARTITION")) {
      exchange(table, part);
      return;
    }
    boolean converts = part.is("CONVERT", "PARTITION") || part.is("CONVERT", "TABLE");
    if (converts && !cursor.isMariaDb()) {
      throw part.notOffered("ALTER TABLE ... CONVERT", "only MariaDB has it");
    }
    if (part.accept("CONVERT", "PARTITION")) {
      partitionToTable(table, part);
      return;
    }
    if (part.accept("CONVERT", "TABLE")) {
      tableToPartition(table, part);
      return;
    }
    if (part.is("TRUNCATE", "PARTITION") || part.is("DROP", "PARTITION")) {
      accesses.add(AccessKind.TRUNCATE, table);
    }
    if (part.isAny(
            "ADD",
            "DROP",
            "MODIFY",
            "CHANGE",
            "ALTER",
            "TRUNCATE",
            "REORGANIZE",
            "COALESCE",
            "REBUILD",
            "OPTIMIZE",
            "ANALYZE",
            "CHECK",
            "REPAIR",
            "REMOVE",
            "PARTITION",
            "CONVERT",
            "ORDER",
            "ENABLE",
            "DISABLE",
            "FORCE",
            "ALGORITHM",
            "LOCK",
            "VALIDATION",
            "WITHOUT")
        || part.is("WITH", "VALIDATION")) {
      definitions(part.at(), part.end());
      return;
    }
    while (!part.atEnd()) {
      if (part.is("PARTITION", "BY")) {
        definitions(part.at(), part.end());
        return;
      }
      tableOption(part);
    }
  }

  /** Rows go both ways, whoever may see them in which table. */
  private void exchange(RelationName table, TokenCursor part) {
    part.names().columns().incomplete();
    part.identifier();
    part.expect("WITH", "TABLE");
    for (RelationName each : List.of(table, part.relation())) {
      accesses
          .add(AccessKind.ALTER_TABLE, each)
          .add(AccessKind.CREATE_TABLE, each)
          .add(AccessKind.SELECT, each)
          .add(AccessKind.INSERT, each)
          .add(AccessKind.DELETE, each);
    }
    if (part.acceptAny("WITH", "WITHOUT")) {
      part.expect("VALIDATION");
    }
    part.expectEnd();
  }

  /** MariaDB: {@code CONVERT PARTITION p TO TABLE t}. */
  private void partitionToTable(RelationName table, TokenCursor part) {
    part.names().columns().incomplete();
    part.identifier();
    part.expect("TO", "TABLE");
    RelationName made = part.relation();
    if (part.acceptAny("WITH", "WITHOUT")) {
      part.expect("VALIDATION");
    }
    part.expectEnd();
    accesses
        .add(AccessKind.SELECT, table)
        .add(AccessKind.TRUNCATE, table)
        .add(AccessKind.CREATE_TABLE, made)
        .effect(new CatalogEffect.RelationCreated(made, RelationKind.TABLE, true));
  }

  /** MariaDB: {@code CONVERT TABLE t TO PARTITION p VALUES ...}. */
  private void tableToPartition(RelationName table, TokenCursor part) {
    part.names().columns().incomplete();
    RelationName taken = part.relation();
    part.expect("TO", "PARTITION");
    part.identifier();
    definitions(part.at(), part.end());
    accesses
        .add(AccessKind.INSERT, table)
        .add(AccessKind.SELECT, taken)
        .add(AccessKind.INSERT, taken)
        .add(AccessKind.ALTER_TABLE, taken)
        .add(AccessKind.DROP_TABLE, taken)
        .effect(new CatalogEffect.RelationDropped(taken));
  }

  // ---------------------------------------------------------------- DROP, RENAME

  private Statement drop() {
    if (cursor.acceptAny("DATABASE", "SCHEMA")) {
      cursor.accept("IF", "EXISTS");
      DatabaseName database = cursor.database();
      cursor.expectEnd();
      accesses.add(AccessKind.DROP_DATABASE, database);
      accesses.effect(new CatalogEffect.DatabaseDropped(database));
      return accesses.forward(StatementKind.DROP_DATABASE);
    }
    boolean temporary = cursor.accept("TEMPORARY");
    if (cursor.acceptAny("TABLE", "TABLES") || cursor.isMariaDb() && cursor.accept("SEQUENCE")) {
      return dropTables(temporary);
    }
    if (temporary) {
      throw notOffered("DROP TEMPORARY");
    }
    if (cursor.accept("VIEW")) {
      cursor.accept("IF", "EXISTS");
      do {
        RelationName view = cursor.relation();
        accesses.add(AccessKind.DROP_VIEW, view);
        accesses.effect(new CatalogEffect.RelationDropped(view));
      } while (cursor.acceptMark(","));
      cursor.acceptAny("RESTRICT", "CASCADE");
      cursor.expectEnd();
      return accesses.forward(StatementKind.DROP_VIEW);
    }
    if (cursor.accept("INDEX")) {
      cursor.accept("IF", "EXISTS");
      if (!cursor.accept("PRIMARY")) {
        cursor.identifier();
      }
      cursor.expect("ON");
      accesses.add(AccessKind.INDEX, cursor.relation());
      acceptWait(cursor);
      while (cursor.acceptAny("ALGORITHM", "LOCK")) {
        cursor.acceptMark("=");
        cursor.skip();
      }
      cursor.expectEnd();
      return accesses.forward(StatementKind.DROP_INDEX);
    }
    throw ofTheServer("DROP");
  }

  private Statement dropTables(boolean temporary) {
    cursor.accept("IF", "EXISTS");
    do {
      RelationName table = cursor.relation();
      accesses.effect(new CatalogEffect.TemporaryTableDropped(table));
      if (temporary) {
        accesses.add(AccessKind.DROP_TEMPORARY_TABLE, table);
      } else {
        accesses.add(AccessKind.DROP_TABLE, table);
        accesses.effect(new CatalogEffect.RelationDropped(table));
      }
    } while (cursor.acceptMark(","));
    acceptWait(cursor);
    cursor.acceptAny("RESTRICT", "CASCADE");
    cursor.expectEnd();
    return accesses.forward(StatementKind.DROP_TABLE);
  }

  private Statement rename() {
    if (!cursor.acceptAny("TABLE", "TABLES")) {
      throw notOffered("RENAME");
    }
    cursor.accept("IF", "EXISTS");
    do {
      RelationName from = cursor.relation();
      acceptWait(cursor);
      cursor.expect("TO");
      RelationName to = cursor.relation();
      accesses.add(AccessKind.ALTER_TABLE, from).add(AccessKind.CREATE_TABLE, to);
      accesses.effect(new CatalogEffect.RelationRenamed(from, to));
    } while (cursor.acceptMark(","));
    cursor.expectEnd();
    return accesses.forward(StatementKind.RENAME_TABLE);
  }
}
