package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.text.ServerFlavour;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the conditions on information_schema let pass of accounts, and of sys beside them. */
final class AccountsMetadataTest {

  private static final String SCHEMA = "CONVERT(TABLE_SCHEMA USING utf8mb4) COLLATE utf8mb4_bin";
  private static final String OWN =
      "LEFT(" + SCHEMA + ", 5) = CONVERT(x'61636d6524' USING utf8mb4)"; // acme$
  private static final String OF_SYS =
      "(INSTR(TABLE_SCHEMA, '$') = 0 OR NOT SUBSTRING_INDEX(CONVERT(LOWER(TABLE_SCHEMA) USING"
          + " utf8mb4) COLLATE utf8mb4_bin, '$', 1) IN ('acme', 'other'))";

  private final Authorizer authorizer = new Authorizer("portcullis");
  private final TestCatalog catalog = new TestCatalog();

  AccountsMetadataTest() {
    catalog.account("acme").account("Other");
    for (String account : List.of("sys", "acme", "other")) {
      String database = account.equals("sys") ? "shop" : account + "$shop";
      catalog
          .in(account)
          .roles("r")
          .user("joe", "r")
          .database(database)
          .table(database, "t")
          .view(database, "v");
    }
  }

  private String filter(String account, String user, String role, String table) {
    ActiveSubject subject =
        authorizer.activate(
            catalog.in(account).subject(user, role), PrivilegeSnapshot.of(7, catalog.state()));
    return authorizer.metadataFilter(subject, table, false, ServerFlavour.MYSQL).orElseThrow();
  }

  /** Every table that can be read at all, as administrator. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "schemata",
        "tables",
        "columns",
        "statistics",
        "table_constraints",
        "partitions",
        "views",
        "key_column_usage",
        "referential_constraints",
        "check_constraints",
        "triggers",
        "routines",
        "parameters",
        "events"
      })
  void administratorsSeeTheirOwnAccountAndNothingElse(String table) {
    assertThat(filter("acme", "boss", "accountadmin", table))
        .contains("LEFT(")
        .contains("CONVERT(x'61636d6524' USING utf8mb4)")
        .doesNotContain("TRUE")
        .doesNotContain("other");
    assertThat(filter("sys", "root", "moadmin", table))
        .contains("IN ('acme', 'other')")
        .doesNotContain("TRUE");
  }

  /** Where a condition has two schemas both are looked at. */
  @Test
  void foreignKeysAreSeenWhereBothEndsAre() {
    for (String table : List.of("key_column_usage", "referential_constraints")) {
      assertThat(filter("acme", "boss", "accountadmin", table).split("LEFT\\(", -1)).hasSize(3);
      assertThat(filter("sys", "root", "moadmin", table).split("INSTR\\(", -1)).hasSize(3);
    }
  }

  @Test
  void everythingOfAnAccountIsWhatBeginsWithItsName() {
    assertThat(filter("acme", "boss", "accountadmin", "tables")).contains(" AND (" + OWN + ")");
    assertThat(filter("sys", "root", "moadmin", "tables")).contains(" AND (" + OF_SYS + ")");
    TestCatalog alone = new TestCatalog();
    assertThat(
            authorizer.metadataFilter(
                authorizer.activate(
                    alone.subject("root", "moadmin"), PrivilegeSnapshot.of(7, alone.state())),
                "tables",
                false,
                ServerFlavour.MYSQL))
        .hasValueSatisfying(filter -> assertThat(filter).contains("(TRUE)"));
  }

  @Test
  void grantOnEverythingOfOneKindIsForTheAccountToo() {
    catalog.in("acme").grant("r", "select on table *.*");
    assertThat(filter("acme", "joe", "r", "tables")).contains("(" + OWN + " AND (");
    catalog.in("sys").grant("r", "select on table *.*");
    assertThat(filter("sys", "joe", "r", "tables")).contains("(" + OF_SYS + " AND (");
  }

  @Test
  void singleObjectsAreNamedAsTheBackendDoes() {
    catalog.in("acme").grant("r", "select on table acme$shop.t");
    assertThat(filter("acme", "joe", "r", "tables"))
        .contains(SCHEMA + " IN (CONVERT(x'61636d652473686f70' USING utf8mb4))")
        .contains(" IN ('t')");
    assertThat(filter("other", "joe", "r", "tables")).doesNotContain("73686f70");
    assertThat(filter("sys", "joe", "r", "tables")).doesNotContain("shop");
  }

  @Test
  void listOfDatabasesIsTheAccountsWithTheSchemaItself() {
    String acme = filter("acme", "boss", "accountadmin", "schemata");
    assertThat(acme)
        .contains(" AND (LEFT(")
        .contains(" = 'information_schema')")
        .contains("NOT IN ('portcullis')");
    assertThat(filter("sys", "root", "moadmin", "schemata"))
        .contains("NOT IN ('portcullis') AND (INSTR(SCHEMA_NAME, '$') = 0");
  }

  @Test
  void tablesThatCannotBeToldApartAreRefused() {
    ActiveSubject boss =
        authorizer.activate(
            catalog.in("acme").subject("boss", "accountadmin"),
            PrivilegeSnapshot.of(7, catalog.state()));
    for (String table :
        List.of("PROCESSLIST", "INNODB_TRX", "INNODB_TABLES", "USER_PRIVILEGES", "nothing")) {
      assertThat(authorizer.metadataFilter(boss, table, false, ServerFlavour.MYSQL))
          .as(table)
          .isEqualTo(Optional.empty());
    }
  }
}
