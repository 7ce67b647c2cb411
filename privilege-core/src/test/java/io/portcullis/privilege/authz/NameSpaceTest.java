package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which schema is whose, and what it is called on either side (DESIGN D6). */
final class NameSpaceTest {

  private static final String CATALOG = "portcullis";

  private final CatalogState state =
      new TestCatalog().account("Acme").account("acme2").account("a-b").state();

  private NameSpace of(String account) {
    return NameSpace.of(state.account(account).orElseThrow().id(), state, CATALOG);
  }

  private final NameSpace sys = of("sys");
  private final NameSpace acme = of("acme");

  @Test
  void databasesOfSysAreCalledTheSame() {
    assertThat(sys.isIdentity()).isTrue();
    assertThat(sys.prefix()).isEmpty();
    assertThat(sys.physical("shop")).isEqualTo("shop");
    assertThat(sys.logical("shop")).isEqualTo("shop");
    assertThat(sys.logical("acme$shop")).isEqualTo("acme$shop");
  }

  @Test
  void databasesOfOthersHaveTheAccountBeforeThem() {
    assertThat(acme.isIdentity()).isFalse();
    assertThat(acme.prefix()).as("in lower case").isEqualTo("acme$");
    assertThat(acme.physical("shop")).isEqualTo("acme$shop");
    assertThat(acme.physical("Shop")).as("the name's case is the backend's").isEqualTo("acme$Shop");
    assertThat(acme.logical("acme$shop")).isEqualTo("shop");
    assertThat(of("a-b").physical("shop")).isEqualTo("a-b$shop");
  }

  /** Whoever writes a schema's name means a database called so. */
  @Test
  void namesOfSchemasLeadNowhereElse() {
    assertThat(acme.physical("acme2$shop")).isEqualTo("acme$acme2$shop");
    assertThat(acme.physical("acme$shop")).isEqualTo("acme$acme$shop");
    assertThat(acme.owns(acme.physical("acme2$shop"))).isTrue();
    assertThat(acme.logical("acme$acme2$shop")).isEqualTo("acme2$shop");
    assertThat(acme.logical("acme2$shop")).as("not its own").isEqualTo("acme2$shop");
  }

  @Test
  void schemaBelongsToOneAccountAtMost() {
    assertThat(acme.owns("acme$shop")).isTrue();
    assertThat(acme.owns("acme$a$b")).isTrue();
    for (String foreign : new String[] {"acme2$shop", "shop", "acme", "Acme$shop", "x$acme$shop"}) {
      assertThat(acme.owns(foreign)).as(foreign).isFalse();
    }
    assertThat(of("acme2").owns("acme2$shop")).isTrue();
    assertThat(of("acme2").owns("acme$shop")).isFalse();
  }

  @Test
  void sysHasWhatIsNobodyElses() {
    for (String own : new String[] {"shop", "acme", "$acme$shop", "$", "other$shop", "acme3$x"}) {
      assertThat(sys.owns(own)).as(own).isTrue();
    }
    for (String foreign : new String[] {"acme$shop", "acme$", "acme2$shop", "a-b$shop"}) {
      assertThat(sys.owns(foreign)).as(foreign).isFalse();
    }
  }

  /** A server that folds names takes it for the account's; one that does not has nobody's. */
  @Test
  void caseDoesNotMakeASchemaThatOfSys() {
    assertThat(sys.owns("ACME$shop")).isFalse();
    assertThat(NameSpace.accountOf("ACME$shop", state))
        .isEqualTo(state.account("acme").orElseThrow().id());
    assertThat(NameSpace.accountOf("other$shop", state)).isEqualTo(AccountId.SYS);
    assertThat(NameSpace.accountOf("$acme", state)).isEqualTo(AccountId.SYS);
    assertThat(NameSpace.accountOf("shop", state)).isEqualTo(AccountId.SYS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql",
        "sys",
        "performance_schema",
        "information_schema",
        "mo_catalog",
        "portcullis",
        "MySQL",
        "INFORMATION_SCHEMA",
        "Portcullis"
      })
  void systemDatabasesAreTheSameForAll(String name) {
    for (NameSpace names : new NameSpace[] {sys, acme}) {
      assertThat(names.physical(name)).isEqualTo(name);
      assertThat(names.logical(name)).isEqualTo(name);
      assertThat(names.owns(name)).isTrue();
      assertThat(names.fits(name)).isTrue();
    }
    assertThat(acme.physical(name + "2")).isEqualTo("acme$" + name + "2");
  }

  @Test
  void whatIsTooLongForTheBackendDoesNotFit() {
    assertThat(acme.fits("x".repeat(59))).isTrue();
    assertThat(acme.fits("x".repeat(60))).isFalse();
    assertThat(acme.fits("\ud83d\ude00".repeat(59))).as("counted in characters").isTrue();
    assertThat(acme.fits("\ud83d\ude00".repeat(60))).isFalse();
    assertThat(sys.fits("x".repeat(65))).as("the backend says so itself").isTrue();
  }

  /** What was dropped owns nothing, also not what an account of the same name has now. */
  @Test
  void droppedAccountOwnsNothing() {
    CatalogState later =
        state.apply(
            new io.portcullis.privilege.catalog.CatalogChange.AccountDropped(
                state.account("acme").orElseThrow().id()));
    NameSpace dropped = NameSpace.of(state.account("acme").orElseThrow().id(), later, CATALOG);
    assertThat(dropped.isIdentity()).isFalse();
    assertThat(dropped.owns("acme$shop")).isFalse();
    assertThat(dropped.owns("shop")).isFalse();
    assertThat(acme.owns("acme$shop")).isTrue();
  }
}
