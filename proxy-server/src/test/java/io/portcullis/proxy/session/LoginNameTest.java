package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** PM 1.3. */
final class LoginNameTest {

  @Test
  void plainNameIsUserOfSys() {
    assertThat(LoginName.parse("joe")).contains(new LoginName("sys", "joe", Optional.empty()));
  }

  @Test
  void separatorsSplitAccountUserAndRole() {
    LoginName expected = new LoginName("acme", "Joe", Optional.of("dev"));
    assertThat(LoginName.parse("acme:Joe:dev")).contains(expected);
    assertThat(LoginName.parse("acme#Joe#dev")).contains(expected);
    assertThat(LoginName.parse("acme%3AJoe%3Adev")).contains(expected);
  }

  @Test
  void colonWinsOverHashAndFurtherSeparatorsBelongToTheRole() {
    assertThat(LoginName.parse("acme:joe#x:r:s"))
        .contains(new LoginName("acme", "joe#x", Optional.of("r:s")));
  }

  @Test
  void labelsAreCutOff() {
    assertThat(LoginName.parse("acme:joe?node=a:b"))
        .contains(new LoginName("acme", "joe", Optional.empty()));
  }

  @Test
  void accountIsFoldedAndBlanksTrimmed() {
    assertThat(LoginName.parse(" SYS : joe "))
        .contains(new LoginName("sys", "joe", Optional.empty()));
  }

  @Test
  void emptyPiecesAreNoLogin() {
    assertThat(LoginName.parse("")).isEmpty();
    assertThat(LoginName.parse("?x=y")).isEmpty();
    assertThat(LoginName.parse(":joe")).isEmpty();
    assertThat(LoginName.parse("acme:")).isEmpty();
    assertThat(LoginName.parse("acme::dev")).isEmpty();
    assertThat(LoginName.parse("acme:joe:")).isEmpty();
  }
}
