package io.portcullis.privilege.credential;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PasswordRulesTest {

  @Test
  void emptyPasswordIsRefusedWith1819() {
    assertThat(PasswordRules.check(""))
        .hasValueSatisfying(
            error -> {
              assertThat(error.code().errno()).isEqualTo(1819);
              assertThat(error.message()).isEqualTo("password is empty string");
            });
    assertThat(PasswordRules.check("x")).isEmpty();
  }

  @Test
  void tooLongPasswordIsRefusedWithoutRepeatingIt() {
    assertThat(PasswordRules.check("p".repeat(256))).isEmpty();
    assertThat(PasswordRules.check("p".repeat(257)))
        .hasValueSatisfying(error -> assertThat(error.message()).doesNotContain("ppp"));
    assertThat(PasswordRules.check("ä".repeat(129))).isPresent();
  }

  @Test
  void passwordNoClientCanSendIsRefused() {
    assertThat(PasswordRules.check("a\0b")).isPresent();
  }
}
