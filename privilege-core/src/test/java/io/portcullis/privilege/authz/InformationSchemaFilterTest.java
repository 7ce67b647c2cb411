package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.text.ServerFlavour;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the conditions say; that a server understands them is shown by the integration tests. */
final class InformationSchemaFilterTest {

  private static final String SCHEMA = "CONVERT(TABLE_SCHEMA USING utf8mb4) COLLATE utf8mb4_bin";
  private static final String TABLE = "CONVERT(TABLE_NAME USING utf8mb4) COLLATE utf8mb4_bin";
  private static final String ITSELF = SCHEMA + " = 'information_schema'";
  private static final String ORDINARY =
      "LOWER(TABLE_SCHEMA) NOT IN ('mo_catalog', 'mysql', 'performance_schema', 'portcullis', 'sys')";
  private static final String VIEWS =
      "("
          + SCHEMA
          + ", "
          + TABLE
          + ") IN (SELECT "
          + SCHEMA
          + ", "
          + TABLE
          + " FROM information_schema.VIEWS)";

  private final Authorizer authorizer = new Authorizer("portcullis");
  private final TestCatalog catalog =
      new TestCatalog()
          .roles("r")
          .user("joe", "r")
          .database("a")
          .database("b'\\")
          .table("a", "t")
          .table("a", "u")
          .view("a", "v");

  private Optional<String> filter(String table) {
    return authorizer.metadataFilter(
        authorizer.activate(catalog.subject("joe", "r"), PrivilegeSnapshot.of(7, catalog.state())),
        table,
        false,
        ServerFlavour.MARIADB);
  }

  private String terms(String table) {
    String all = filter(table).orElseThrow();
    String head = "(" + ITSELF + " OR (" + ORDINARY + " AND (";
    assertThat(all).startsWith(head).endsWith(")))");
    return all.substring(head.length(), all.length() - 3);
  }

  @Test
  void whoHoldsNothingSeesTheSchemaItselfOnly() {
    assertThat(filter("tables")).contains("(" + ITSELF + ")");
  }

  @Test
  void filesAreThereAndNobodys() {
    assertThat(filter("FILES")).contains("FALSE");
  }

  @Test
  void singleTablesAreNamed() {
    catalog.grant("r", "insert on table a.u").grant("r", "select on table a.t");

    assertThat(terms("TABLES"))
        .isEqualTo("(" + SCHEMA + " IN ('a') AND " + TABLE + " IN ('t', 'u'))");
  }

  @Test
  void aGrantOfTheOtherKindShowsNothing() {
    catalog.grant("r", "select on view a.t");

    assertThat(filter("tables")).contains("(" + ITSELF + ")");
  }

  @Test
  void theWholeDatabaseTakesShowTables() {
    catalog.grant("r", "show tables on database a");

    assertThat(terms("tables")).isEqualTo(SCHEMA + " IN ('a')");
  }

  @Test
  void tablesOfADatabaseAreNotItsViews() {
    catalog.grant("r", "select on table a.*");

    assertThat(terms("columns"))
        .isEqualTo("(" + SCHEMA + " IN ('a') AND " + VIEWS.replace(") IN (", ") NOT IN (") + ")");
  }

  @Test
  void everythingIsEverythingButSystemSchemas() {
    catalog.grant("r", "select on table *.*").grant("r", "select on view *.*");

    assertThat(terms("tables")).isEqualTo("TRUE");
  }

  @Test
  void namesOfOtherLettersAreWrittenInHexadecimal() {
    catalog.grant("r", "show tables on database b'\\");

    assertThat(terms("tables")).isEqualTo(SCHEMA + " IN (CONVERT(x'62275c' USING utf8mb4))");
  }

  /** PM 4.3 #40: the database's SHOW TABLES, and SELECT on the view. */
  @Test
  void definitionsOfViewsTakeMoreThanTheirNames() {
    catalog.grant("r", "select on view a.v");
    assertThat(filter("views")).contains("(" + ITSELF + ")");

    catalog.grant("r", "show tables on database a");
    assertThat(terms("views")).isEqualTo("(" + SCHEMA + " IN ('a') AND " + TABLE + " IN ('v'))");
  }

  @Test
  void textsOfRoutinesTakeTheWholeDatabase() {
    catalog.grant("r", "show tables on database a");
    assertThat(filter("routines").orElseThrow()).doesNotContain("'a'");

    catalog.grant("r", "all on database a");
    assertThat(filter("routines").orElseThrow()).contains("IN ('a')");
  }

  @Test
  void aForeignKeyIsShownWhereBothEndsAre() {
    catalog.grant("r", "select on table a.t");

    assertThat(filter("referential_constraints").orElseThrow())
        .contains("CONVERT(TABLE_NAME", " AND ", "CONVERT(REFERENCED_TABLE_NAME");
    assertThat(filter("key_column_usage").orElseThrow())
        .contains("REFERENCED_TABLE_NAME IS NULL OR ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"processlist", "user_privileges", "innodb_trx", "not_there"})
  void whatCannotBeToldApartHasNoFilter(String table) {
    catalog.grant("r", "all on table *.*");

    assertThat(filter(table)).isEmpty();
  }

  @Test
  void onlyReadingByPlainNameIsMetadata() {
    assertThat(Authorizer.isMetadata(on(AccessKind.SELECT, "Information_Schema", "tables")))
        .isTrue();
    assertThat(Authorizer.isMetadata(on(AccessKind.SELECT, "", "tables"))).isFalse();
    assertThat(Authorizer.isMetadata(on(AccessKind.SELECT, "a", "tables"))).isFalse();
    assertThat(Authorizer.isMetadata(on(AccessKind.UPDATE, "information_schema", "tables")))
        .isFalse();
    assertThat(Authorizer.isMetadata(on(AccessKind.SELECT, "\u0130nformation_schema", "tables")))
        .isFalse();
    assertThat(Authorizer.isMetadata(on(AccessKind.SELECT, "information_\u017fchema", "tables")))
        .isFalse();
  }

  private static AccessRequest on(AccessKind kind, String database, String table) {
    return new AccessRequest(
        kind,
        database.isEmpty() ? RelationName.unqualified(table) : RelationName.of(database, table));
  }
}
