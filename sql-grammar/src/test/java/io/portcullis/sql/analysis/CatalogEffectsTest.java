package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.CatalogEffect.ColumnsChanged;
import io.portcullis.sql.access.CatalogEffect.DatabaseCreated;
import io.portcullis.sql.access.CatalogEffect.DatabaseDropped;
import io.portcullis.sql.access.CatalogEffect.RelationCreated;
import io.portcullis.sql.access.CatalogEffect.RelationDropped;
import io.portcullis.sql.access.CatalogEffect.RelationRenamed;
import io.portcullis.sql.access.CatalogEffect.TemporaryTableCreated;
import io.portcullis.sql.access.CatalogEffect.TemporaryTableDropped;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.ForwardStatement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What DDL does to the set of objects. */
final class CatalogEffectsTest {
  private static final RelationName T = RelationName.unqualified("t");
  private static final RelationName D_U = RelationName.of("d", "u");
  private static final DatabaseName D = new DatabaseName("d");

  private static DynamicTest does(String text, CatalogEffect... effects) {
    return DynamicTest.dynamicTest(
        text,
        () -> {
          for (var mode : List.of(MYSQL, MARIADB)) {
            ForwardStatement statement = (ForwardStatement) Analysed.statement(text, mode);
            assertThat(statement.effects()).containsExactly(effects);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> effects() {
    return Stream.of(
        does("CREATE DATABASE d", new DatabaseCreated(D, true)),
        does("CREATE DATABASE IF NOT EXISTS d", new DatabaseCreated(D, false)),
        does("DROP DATABASE d", new DatabaseDropped(D)),
        does("CREATE TABLE t (a INT)", new RelationCreated(T, RelationKind.TABLE, true)),
        does(
            "CREATE TABLE IF NOT EXISTS t LIKE d.u",
            new RelationCreated(T, RelationKind.TABLE, false)),
        does(
            "CREATE TABLE d.u SELECT * FROM t", new RelationCreated(D_U, RelationKind.TABLE, true)),
        does("CREATE TEMPORARY TABLE t (a INT)", new TemporaryTableCreated(T)),
        does(
            "DROP TABLE t, d.u",
            new TemporaryTableDropped(T),
            new RelationDropped(T),
            new TemporaryTableDropped(D_U),
            new RelationDropped(D_U)),
        does("DROP TEMPORARY TABLE t", new TemporaryTableDropped(T)),
        does("RENAME TABLE t TO d.u", new RelationRenamed(T, D_U)),
        does(
            "ALTER TABLE t ADD b INT, RENAME d.u",
            new ColumnsChanged(T, Set.of("b"), Map.of()),
            new RelationRenamed(T, D_U)),
        does("CREATE VIEW t AS SELECT 1", new RelationCreated(T, RelationKind.VIEW, true)),
        does(
            "CREATE OR REPLACE VIEW t AS SELECT 1",
            new RelationCreated(T, RelationKind.VIEW, false)),
        does("DROP VIEW t", new RelationDropped(T)),
        does("TRUNCATE t"),
        does(
            "ALTER TABLE t RENAME COLUMN a TO b, CHANGE c d INT, DROP e, DROP COLUMN f, ADD g INT",
            new ColumnsChanged(T, Set.of("e", "f", "g"), Map.of("b", "a", "d", "c"))),
        does(
            "ALTER TABLE t ADD (a INT, KEY (b)), CHANGE c C INT, RENAME TO d.u",
            new ColumnsChanged(T, Set.of("a", "KEY"), Map.of()),
            new RelationRenamed(T, D_U)),
        does(
            "ALTER TABLE t MODIFY a INT, RENAME INDEX i TO j",
            new ColumnsChanged(T, Set.of(), Map.of())),
        does("ALTER TABLE t COMMENT 'c'"),
        does("ALTER VIEW t AS SELECT 1", new CatalogEffect.ViewRedefined(T)));
  }
}
