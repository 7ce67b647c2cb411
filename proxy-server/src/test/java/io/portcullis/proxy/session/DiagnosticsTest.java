package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.statement.ShowWarnings;
import io.portcullis.sql.text.ErrorCode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DiagnosticsTest {

  private final Diagnostics refusal =
      new Diagnostics(
          Optional.of(ErrorCode.ER_NO_DB_ERROR.error()),
          () -> List.of("first help", "second help"));

  @Test
  void warningsAreTheErrorThenWhatWouldHelp() {
    assertThat(refusal.rows(new ShowWarnings(false, false, 0, Long.MAX_VALUE)))
        .containsExactly(
            List.of("Error", "1046", "No database selected"),
            List.of("Note", "1105", "first help"),
            List.of("Note", "1105", "second help"));
  }

  @Test
  void errorsAreTheErrorAlone() {
    assertThat(refusal.rows(new ShowWarnings(true, false, 0, Long.MAX_VALUE))).hasSize(1);
  }

  @Test
  void limitCutsRows() {
    assertThat(refusal.rows(new ShowWarnings(false, false, 1, 1)))
        .containsExactly(List.of("Note", "1105", "first help"));
    assertThat(refusal.rows(new ShowWarnings(false, false, 7, 1))).isEmpty();
  }
}
