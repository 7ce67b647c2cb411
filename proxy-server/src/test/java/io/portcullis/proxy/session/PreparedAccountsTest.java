package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.wire.command.CommandByte;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** PREPARE and EXECUTE of statements about accounts, which the backend never sees. */
final class PreparedAccountsTest {

  private static final String CREATE =
      "PREPARE s FROM 'CREATE ACCOUNT ? ADMIN_NAME ''boss'' IDENTIFIED BY ?'";

  private static final String QUESTION =
      "SELECT IF(CHARSET(@`a`) <> 'binary' OR CAST(@`a` AS BINARY) = CAST(CONVERT(@`a` USING"
          + " utf8mb4) AS BINARY), HEX(CONVERT(@`a` USING utf8mb4)), NULL), IF(CHARSET(@`p`) <>"
          + " 'binary' OR CAST(@`p` AS BINARY) = CAST(CONVERT(@`p` USING utf8mb4) AS BINARY),"
          + " HEX(CONVERT(@`p` USING utf8mb4)), NULL)";

  private final TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private void variables(@Nullable String account, @Nullable String password) {
    gate.backend.on(QUESTION, Answer.row(hex(account), hex(password)));
  }

  private static @Nullable String hex(@Nullable String text) {
    return text == null ? null : HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private boolean exists(String account) {
    return gate.publisher.current().state().account(account).isPresent();
  }

  @Test
  void theGateAsksForTheValuesAndExecutesIt() {
    TestClient client = gate.root();
    client.query(CREATE).ok();
    assertThat(gate.backend.commands()).isEmpty();
    variables("acme", "pw");
    client.query("EXECUTE s USING @a, @p").ok();
    assertThat(gate.backend.commands()).containsExactly(QUESTION);
    assertThat(exists("acme")).isTrue();
    gate.login("acme:boss", "pw");
    variables("other", "it's \\ -- \u20ac");
    client.query("EXECUTE s USING @a, @p").ok();
    gate.login("other:boss", "it's \\ -- \u20ac");
    client.query("DEALLOCATE PREPARE s").ok();
    assertThat(client.query("EXECUTE s USING @a, @p").errno()).isEqualTo(1243);
    assertThat(client.query("DROP ACCOUNT ?").errno()).isEqualTo(1064);
  }

  @Test
  void valuesThatAreNoneAreRefused() {
    TestClient client = gate.root();
    client.query(CREATE).ok();
    variables("acme", null);
    assertThat(client.query("EXECUTE s USING @a, @p").error().message()).contains("@p");
    for (String sql : List.of("EXECUTE s", "EXECUTE s USING @a", "EXECUTE s USING @a, @p, @p")) {
      assertThat(client.query(sql).errno()).as(sql).isEqualTo(1210);
    }
    assertThat(client.query("EXECUTE s USING 'acme', 'pw'").errno()).isEqualTo(1235);
    gate.backend.on(QUESTION, Answer.row("zz", "70"));
    assertThat(client.query("EXECUTE s USING @a, @p").errno()).isEqualTo(1210);
    gate.backend.on(QUESTION, Answer.row("ff", "70"));
    assertThat(client.query("EXECUTE s USING @a, @p").errno()).isEqualTo(1210);
    gate.backend.on(QUESTION, Answer.error(1105, "no"));
    assertThat(client.query("EXECUTE s USING @a, @p").errno()).isEqualTo(1105);
    variables("a c", "pw");
    assertThat(client.query("EXECUTE s USING @a, @p").errno()).isPositive();
    assertThat(gate.publisher.current().state().accounts()).hasSize(1);
    variables("acme", "pw");
    client.query("EXECUTE s USING @a, @p").ok();
    assertThat(exists("acme")).isTrue();
  }

  @Test
  void whoMayNotAdministerAccountsIsRefusedBothTimes() {
    TestClient joe = gate.user("ALL ON ACCOUNT *");
    joe.query(CREATE).ok();
    gate.administer("REVOKE ALL ON ACCOUNT * FROM ROLE r");
    variables("acme", "pw");
    assertThat(joe.query("EXECUTE s USING @a, @p").errno()).isEqualTo(1227);
    assertThat(joe.query(CREATE.replace("PREPARE s", "PREPARE t")).errno()).isEqualTo(1227);
    assertThat(joe.query("EXECUTE t USING @a, @p").errno()).isEqualTo(1243);
    assertThat(gate.backend.commands()).isEmpty();
    assertThat(exists("acme")).isFalse();
  }

  @Test
  void aNameMeansTheLastThatWasPrepared() {
    TestClient client = gate.root();
    client.query(CREATE).ok();
    client.query("PREPARE s FROM 'SELECT a FROM d.t'").ok();
    client.query("EXECUTE s").ok();
    assertThat(gate.backend.last().text()).isEqualTo("EXECUTE s");
    client.query("PREPARE s FROM DROP ACCOUNT IF EXISTS acme").ok();
    client.query("EXECUTE s").ok();
    assertThat(gate.backend.commands()).hasSize(2);
    client.query("DROP PREPARE s").ok();
    assertThat(gate.backend.commands()).hasSize(2);
    assertThat(client.query("EXECUTE s").errno()).isEqualTo(1243);
    client.query(CREATE).ok();
    client.command(CommandByte.RESET_CONNECTION).ok();
    assertThat(client.query("EXECUTE s USING @a, @p").errno()).isEqualTo(1243);
  }

  @Test
  void theBinaryProtocolIsSentToTheTexts() {
    TestClient client = gate.root();
    for (String sql :
        List.of("DROP ACCOUNT ?", "CREATE ACCOUNT a ADMIN_NAME b IDENTIFIED BY 'c'")) {
      assertThat(client.command(CommandByte.STMT_PREPARE, sql).errno()).as(sql).isEqualTo(1295);
    }
  }

  @Test
  void oneOfSeveralStatementsIsAnsweredLikeTheOthers() {
    TestClient client = gate.root();
    variables("acme", "pw");
    assertThat(client.query(CREATE + "; EXECUTE s USING @a, @p; DO 1").results()).hasSize(3);
    assertThat(exists("acme")).isTrue();
  }
}
