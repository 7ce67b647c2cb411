package io.portcullis.privilege.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.TestCatalog;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.privilege.store.InMemoryCatalogStore;
import io.portcullis.privilege.store.LastLogin;
import io.portcullis.privilege.store.LoginFailures;
import io.portcullis.privilege.store.LoginTimes;
import io.portcullis.privilege.store.Provenance;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ReportsTest {

  private static final LoginFailures NO_FAILURES =
      new LoginTimes(new InMemoryCatalogStore()).failures();

  private static final int LIMIT = 1_000_000;

  private final Authorizer authorizer = new Authorizer("portcullis");
  private final TestCatalog catalog =
      new TestCatalog()
          .roles("base", "clerk", "other")
          .user("joe", "clerk")
          .user("eve", "other")
          .database("d")
          .table("d", "t")
          .inherits("clerk", "base")
          .grant("base", "select on table d.t")
          .grant("other", "all on table d.*");

  private ActiveSubject subject(String user, String role) {
    return authorizer.activate(
        catalog.subject(user, role), PrivilegeSnapshot.of(7, catalog.state()));
  }

  private List<JsonNode> rows(ActiveSubject subject, ReportTable table) {
    Reports reports =
        new Reports(subject, authorizer, logins(), NO_FAILURES, List.of(), Provenance.NONE);
    byte[] json = reports.rows(table, LIMIT).orElseThrow().json();
    JsonNode all = JsonMapper.shared().readTree(new String(json, StandardCharsets.UTF_8));
    List<JsonNode> rows = new ArrayList<>();
    all.forEach(rows::add);
    return rows;
  }

  private Map<UserId, LastLogin> logins() {
    return Map.of(
        user("joe").id(), new LastLogin(Instant.ofEpochSecond(1_000), Optional.of("192.0.2.7")));
  }

  private User user(String name) {
    return catalog.state().user(AccountId.SYS, name).orElseThrow();
  }

  private List<String> names(ActiveSubject subject, ReportTable table, int column) {
    return rows(subject, table).stream().map(row -> row.get(column).asString()).toList();
  }

  @ParameterizedTest
  @EnumSource
  void everyRowHasAValueForEveryColumn(ReportTable table) {
    for (JsonNode row : rows(subject("root", "moadmin"), table)) {
      assertThat(row.size()).isEqualTo(table.carried().size());
    }
    for (JsonNode row : rows(subject("joe", "clerk"), table)) {
      assertThat(row.size()).isEqualTo(table.carried().size());
    }
  }

  @Test
  void usersAreOnesOwnAndForAdministratorsAll() {
    assertThat(names(subject("root", "moadmin"), ReportTable.MO_USER, 2))
        .containsExactly("root", "joe", "eve");
    assertThat(names(subject("joe", "clerk"), ReportTable.MO_USER, 2)).containsExactly("joe");
  }

  @Test
  void whoMayListThemSeesUsersAndRoles() {
    catalog.grant("clerk", "alter user on account *");
    assertThat(rows(subject("joe", "clerk"), ReportTable.MO_USER)).hasSize(3);
    assertThat(names(subject("joe", "clerk"), ReportTable.MO_ROLE, 1)).doesNotContain("other");
    catalog.grant("clerk", "manage grants on account *");
    assertThat(names(subject("joe", "clerk"), ReportTable.MO_ROLE, 1)).contains("other");
  }

  @Test
  void aGrantThatNamesTheTableShowsAllOfItAndOneEverywhereDoesNot() {
    catalog.grant("clerk", "select on table *.*");
    assertThat(rows(subject("joe", "clerk"), ReportTable.MO_USER)).hasSize(1);
    catalog.database("mo_catalog").table("mo_catalog", "mo_user");
    catalog.grant("clerk", "select on table mo_catalog.mo_user");
    assertThat(rows(subject("joe", "clerk"), ReportTable.MO_USER)).hasSize(3);
    assertThat(names(subject("joe", "clerk"), ReportTable.MO_ROLE, 1)).doesNotContain("other");
  }

  @Test
  void rolesAreThoseHeldByInheritanceToo() {
    assertThat(names(subject("joe", "public"), ReportTable.MO_ROLE, 1))
        .containsExactly("public", "base", "clerk");
    assertThat(names(subject("joe", "public"), ReportTable.ENABLED_ROLES, 0))
        .containsExactly("public");
  }

  @Test
  void effectivePrivilegesNameTheWay() {
    assertThat(
            rows(subject("joe", "clerk"), ReportTable.MO_EFFECTIVE_PRIVS).stream()
                .map(JsonNode::toString))
        .contains("[\"joe\",\"clerk\",\"base\",\"table\",\"d\",\"t\",\"select\",0,0,null]")
        .noneMatch(row -> row.contains("eve"));
  }

  @Test
  void columnsAreListedWithTheirPrivileges() {
    catalog.grant("base", "insert (c) on table d.t").grant("base", "reference (c) on table d.t");

    assertThat(
            rows(subject("joe", "clerk"), ReportTable.COLUMN_PRIVILEGES).stream()
                .map(JsonNode::toString))
        .containsExactlyInAnyOrder(
            "[\"'base'@'%'\",\"def\",\"d\",\"t\",\"c\",\"INSERT\",\"NO\"]",
            "[\"'base'@'%'\",\"def\",\"d\",\"t\",\"c\",\"REFERENCES\",\"NO\"]");
    assertThat(
            rows(subject("root", "moadmin"), ReportTable.MO_ROLE_PRIVS).stream()
                .map(JsonNode::toString))
        .anyMatch(row -> row.contains("\"insert\",\"d.t\"") && row.endsWith(",0,\"c\"]"));
    assertThat(names(subject("joe", "clerk"), ReportTable.SCHEMA_PRIVILEGES, 3)).isEmpty();
    assertThat(names(subject("joe", "clerk"), ReportTable.TABLE_PRIVILEGES, 4))
        .containsExactly("SELECT");
  }

  @Test
  void allStandsForEachInInformationSchemaAndForItselfInTheCatalog() {
    assertThat(names(subject("eve", "other"), ReportTable.SCHEMA_PRIVILEGES, 3))
        .contains("SELECT", "INSERT", "REFERENCES", "INDEX")
        .doesNotContain("ALL", "EXECUTE");
    assertThat(names(subject("eve", "other"), ReportTable.MO_ROLE_PRIVS, 5)).contains("table all");
  }

  @Test
  void anOwnerHoldsOwnership() {
    assertThat(
            rows(subject("root", "moadmin"), ReportTable.MO_ROLE_PRIVS).stream()
                .map(JsonNode::toString))
        .anyMatch(row -> row.contains("\"table ownership\",\"d.t\""));
  }

  @Test
  void attributesHoldTheCommentAndAreQuotedTwice() {
    User eve = user("eve");
    String comment = "a \"b\" \\ \u0001 \u00e4";
    catalog.apply(
        new CatalogChange.UserPut(eve.withAttributes(Optional.of(comment), "{\"team\":7}")));
    JsonNode row = rows(subject("eve", "other"), ReportTable.USER_ATTRIBUTES).get(0);
    JsonNode attributes = JsonMapper.shared().readTree(row.get(2).asString());
    assertThat(attributes.get("comment").asString()).isEqualTo(comment);
    assertThat(attributes.get("team").asInt()).isEqualTo(7);
  }

  @Test
  void verifiersAreShownToNobody() {
    for (JsonNode row : rows(subject("root", "moadmin"), ReportTable.MO_USER)) {
      assertThat(row.get(3).isNull()).isTrue();
      assertThat(row.get(8).isNull()).isTrue();
    }
  }

  @Test
  void whenAndFromWhereAUserHasLoggedInIsTold() {
    List<JsonNode> users = rows(subject("root", "moadmin"), ReportTable.MO_USER);
    assertThat(users.get(1).get(16).asLong()).isEqualTo(1_000);
    assertThat(users.get(1).get(17).asString()).isEqualTo("192.0.2.7");
    assertThat(users.get(2).get(17).isNull()).isTrue();
  }

  @Test
  void columnsAreLookedUpForObjectsThatAreSeen() {
    catalog.table("d", "u").grant("base", "insert (C) on table d.u");
    List<String> own =
        rows(subject("joe", "clerk"), ReportTable.MO_COLUMNS).stream()
            .map(row -> row.get(4).asString() + "|" + row.get(6).asString(""))
            .toList();
    assertThat(own).containsExactly("t|", "u|c");
    assertThat(rows(subject("root", "moadmin"), ReportTable.MO_COLUMNS))
        .hasSize(2)
        .allMatch(row -> row.get(6).isNull());
  }

  @Test
  void moreThanTheLimitIsNothing() {
    Reports reports =
        new Reports(
            subject("root", "moadmin"),
            authorizer,
            Map.of(),
            NO_FAILURES,
            List.of(),
            Provenance.NONE);
    assertThat(reports.rows(ReportTable.MO_ROLE_PRIVS, 100)).isEmpty();
  }

  @Test
  void namesAreFoundInAnyCaseAndInPlainLettersOnly() {
    assertThat(ReportTable.of("MO_Catalog", "Mo_User")).contains(ReportTable.MO_USER);
    assertThat(ReportTable.of("information_schema", "user_privileges"))
        .contains(ReportTable.USER_PRIVILEGES);
    assertThat(ReportTable.of("information_schema", "mo_user")).isEmpty();
    assertThat(ReportTable.of("mo_catalog", "mo_u\u017fer")).isEmpty();
  }
}
