package io.portcullis.privilege.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcSettingsTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "a`b", "a b", "a.b", "a-b", "ä", "a;DROP"})
  void schemaNameThatWouldNeedQuotingIsRefused(String schema) {
    assertThatThrownBy(() -> settings("db", schema)).isInstanceOf(IllegalArgumentException.class);
    assertThat(settings("db", "portcullis_2").schema()).isEqualTo("portcullis_2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "db/other?allowLoadLocalInfile=true", "a,b", "(host=x)", "a b"})
  void hostThatCouldCarrySettingsIsRefused(String host) {
    assertThatThrownBy(() -> settings(host, "p")).isInstanceOf(IllegalArgumentException.class);
    assertThat(settings("db-1.example.org", "p").host()).isEqualTo("db-1.example.org");
    assertThat(settings("fe80::1", "p").host()).isEqualTo("fe80::1");
  }

  @Test
  void passwordIsNotShown() {
    assertThat(settings("db", "p").toString()).doesNotContain("hidden");
  }

  private static JdbcSettings settings(String host, String schema) {
    return new JdbcSettings(
        host,
        3306,
        "gate",
        "hidden",
        JdbcSettings.TlsMode.PREFERRED,
        Optional.empty(),
        schema,
        2,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30));
  }
}
