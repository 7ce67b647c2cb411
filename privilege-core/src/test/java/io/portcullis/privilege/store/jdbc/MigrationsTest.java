package io.portcullis.privilege.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MigrationsTest {

  @Test
  void scriptIsSplitAtSemicolonsThatEndALine() {
    assertThat(
            Migrations.statements(
                """
                -- a comment; with a semicolon;
                CREATE TABLE a (
                  b INT
                );

                INSERT INTO a VALUES (';');
                """))
        .containsExactly("CREATE TABLE a (\n  b INT\n)", "INSERT INTO a VALUES (';')");
  }

  @Test
  void scriptThatEndsInsideAStatementIsABug() {
    assertThatThrownBy(() -> Migrations.statements("SELECT 1"))
        .isInstanceOf(IllegalStateException.class);
  }
}
