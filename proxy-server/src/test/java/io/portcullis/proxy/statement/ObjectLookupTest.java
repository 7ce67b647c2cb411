package io.portcullis.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.authz.ProgramDefinition;
import io.portcullis.privilege.authz.ProgramName;
import io.portcullis.privilege.authz.RelationKinds;
import io.portcullis.privilege.authz.ViewDefinition;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.ProgramSource;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.privilege.store.ViewSource;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.ProgramBody;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.text.ServerVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is learned of views, and when it is forgotten. */
final class ObjectLookupTest {

  private final Backend backend = new Backend();
  private final BackendObjects objects = new BackendObjects();
  private boolean folds;

  private void lookUp(String... views) throws StoreException {
    List<RelationName> names = new ArrayList<>();
    for (String view : views) {
      names.add(RelationName.of("d", view));
    }
    lookup().lookUp(names, List.of(), objects.version());
  }

  private ObjectLookup lookup() {
    ServerFacts facts =
        new ServerFacts(
            ServerVersion.parse("8.4.6"),
            folds ? 1 : 0,
            Map.of(),
            "ANSI_QUOTES",
            1 << 20,
            "utf8mb4",
            "utf8mb4_bin",
            Map.of("tables", List.of("TABLE_SCHEMA", "TABLE_NAME")));
    return new ObjectLookup(
        backend, new SnapshotPublisher(), objects, new StatementAnalyzer(0), facts, "portcullis");
  }

  private static ViewDefinition readingColumnA(boolean invoker, String table) {
    RelationName name = RelationName.of("d", table);
    return new ViewDefinition.Readable(
        invoker, new ViewBody(List.of(name), List.of(), Map.of(name, Set.of("a")), List.of()));
  }

  private static ViewDefinition reading(boolean invoker, String table) {
    return new ViewDefinition.Readable(
        invoker, new ViewBody(List.of(RelationName.of("d", table)), List.of()));
  }

  @Test
  void aViewIsReadDownToItsTables() throws StoreException {
    backend.tables.add("d.t");
    backend.view("d.v1", true, "select `d`.`t`.`a` AS `a`,'\"`' AS `b` from `d`.`t`");
    backend.view("d.v2", false, "select `d`.`v1`.`a` AS `a` from `d`.`v1`");

    lookUp("v2");

    assertThat(objects.of("d", "v2")).isEqualTo(readingColumnA(false, "v1"));
    assertThat(objects.of("d", "v1")).isEqualTo(readingColumnA(true, "t"));
    assertThat(objects.kind("d", "t")).isEqualTo(RelationKinds.Found.TABLE);
    assertThat(objects.of("d", "t")).isEqualTo(new ViewDefinition.Absent());
    assertThat(objects.of("d", "other")).isEqualTo(new ViewDefinition.Unknown());
  }

  @Test
  void viewsThatReadOneAnotherAreLookedUpOnce() throws StoreException {
    backend.view("d.x", false, "select 1 AS `1` from `d`.`y`");
    backend.view("d.y", false, "select 1 AS `1` from `d`.`x`");
    lookUp("x");
    assertThat(objects.of("d", "y")).isEqualTo(reading(false, "x"));
  }

  @Test
  void namesAreFoldedWhereTheBackendFoldsThem() throws StoreException {
    folds = true;
    backend.view("d.v", false, "select 1 AS `1` from `D`.`T`");
    lookUp("v");
    assertThat(objects.of("d", "v")).isEqualTo(reading(false, "t"));
  }

  @Test
  void whatIsNotOneQueryOverQualifiedNamesIsUnreadable() throws StoreException {
    for (String definition :
        List.of(
            "",
            "select 1 AS `1` from `t`",
            "select `f`(1) AS `x`",
            "select 1; select 2",
            "select 'open",
            "delete from `d`.`t`")) {
      backend.view("d.v", true, definition);
      objects.redefined();
      lookUp("v");
      assertThat(objects.of("d", "v"))
          .as(definition)
          .isEqualTo(new ViewDefinition.Unreadable(true));
    }
  }

  @Test
  void ddlForgetsDefinitionsAndAnAnswerItHasOvertakenIsNotKept() throws StoreException {
    backend.view("d.v", false, "select 1 AS `1` from `d`.`t`");
    lookUp("v");
    long asOf = objects.version();
    objects.defining();
    assertThat(objects.of("d", "v")).isEqualTo(new ViewDefinition.Unknown());
    lookup().lookUp(List.of(RelationName.of("d", "v")), List.of(), asOf);
    assertThat(objects.of("d", "v")).isEqualTo(new ViewDefinition.Unknown());
    objects.defined();
    lookUp("v");
    assertThat(objects.of("d", "v")).isEqualTo(reading(false, "t"));
  }

  private void lookUpProcedure(String name) throws StoreException {
    lookup()
        .lookUp(
            List.of(),
            List.of(new ProgramName(RelationKind.PROCEDURE, RelationName.of("d", name))),
            objects.version());
  }

  private static ProgramDefinition body(boolean invoker, AccessRequest... accesses) {
    return new ProgramDefinition.Readable(new ProgramBody(invoker, List.of(accesses)));
  }

  @Test
  void aRoutineIsReadDownToItsTables() throws StoreException {
    backend.tables.add("e.t");
    backend.program(
        "PROCEDURE d.p",
        "CREATE DEFINER=\"gate\"@\"%\" PROCEDURE \"p\"() BEGIN SELECT \"a\" FROM e.t; CALL q();"
            + " END",
        "ANSI_QUOTES");
    backend.program(
        "PROCEDURE d.q",
        "CREATE DEFINER=`gate`@`%` PROCEDURE `q`() SQL SECURITY INVOKER DELETE FROM u",
        "");

    lookUpProcedure("p");

    assertThat(objects.program(RelationKind.PROCEDURE, "d", "p"))
        .isEqualTo(
            body(
                false,
                new AccessRequest(AccessKind.SELECT, RelationName.of("e", "t")),
                new AccessRequest(AccessKind.EXECUTE_PROCEDURE, RelationName.of("d", "q"))));
    assertThat(objects.program(RelationKind.PROCEDURE, "d", "q"))
        .isEqualTo(body(true, new AccessRequest(AccessKind.DELETE, RelationName.of("d", "u"))));
    assertThat(objects.kind("e", "t")).isEqualTo(RelationKinds.Found.TABLE);
    assertThat(objects.program(RelationKind.FUNCTION, "d", "p"))
        .isEqualTo(new ProgramDefinition.Unknown());
  }

  @Test
  void aRoutineThatCannotBeReadIsUnreadableAndOneThatIsNotThereAbsent() throws StoreException {
    for (String definition :
        List.of(
            "",
            "CREATE PROCEDURE p() SHOW TABLES",
            "CREATE PROCEDURE p() SELECT 1; DROP TABLE t",
            "SELECT 1")) {
      backend.program("PROCEDURE d.p", definition, "");
      objects.redefined();
      lookUpProcedure("p");
      assertThat(objects.program(RelationKind.PROCEDURE, "d", "p"))
          .as(definition)
          .isEqualTo(new ProgramDefinition.Unreadable());
    }
    backend.program("PROCEDURE d.oracle", "CREATE PROCEDURE oracle() SELECT 1", "ORACLE");
    lookUpProcedure("oracle");
    assertThat(objects.program(RelationKind.PROCEDURE, "d", "oracle"))
        .isEqualTo(new ProgramDefinition.Unreadable());
    lookUpProcedure("nowhere");
    assertThat(objects.program(RelationKind.PROCEDURE, "d", "nowhere"))
        .isEqualTo(new ProgramDefinition.Absent());
  }

  @Test
  void aRoutineChangedBehindTheGateIsNoticedWhenTheyAreCompared() throws StoreException {
    backend.program("PROCEDURE d.p", "CREATE PROCEDURE p() SELECT 1", "");
    lookUpProcedure("p");
    long before = objects.version();
    lookup().compareDefinitions();
    assertThat(objects.version()).isEqualTo(before);

    backend.program("PROCEDURE d.p", "CREATE PROCEDURE p() DELETE FROM t", "");
    lookup().compareDefinitions();

    assertThat(objects.version()).isGreaterThan(before);
    assertThat(objects.program(RelationKind.PROCEDURE, "d", "p"))
        .isEqualTo(new ProgramDefinition.Unknown());
  }

  @Test
  void aDefinitionChangedBehindTheGateIsNoticedWhenTheyAreCompared() throws StoreException {
    backend.view("d.v", false, "select 1 AS `1` from `d`.`t`");
    lookUp("v");
    long before = objects.version();
    lookup().compareDefinitions();
    assertThat(objects.version()).isEqualTo(before);

    backend.view("d.v", true, "select 1 AS `1` from `d`.`t`");
    lookup().compareDefinitions();

    assertThat(objects.version()).isGreaterThan(before);
    assertThat(objects.of("d", "v")).isEqualTo(new ViewDefinition.Unknown());
    lookUp("v");
    before = objects.version();
    backend.views.clear();
    lookup().compareDefinitions();
    assertThat(objects.version()).isGreaterThan(before);
  }

  /** A control path that knows tables and views. */
  private static final class Backend implements BackendControl {

    private final List<String> tables = new ArrayList<>();
    private final Map<String, ViewSource> views = new HashMap<>();
    private final Map<String, ProgramSource> programs = new HashMap<>();

    void program(String name, String definition, String sqlMode) {
      programs.put(name, new ProgramSource(definition, sqlMode));
    }

    void view(String name, boolean invoker, String query) {
      views.put(name, new ViewSource(query, invoker));
    }

    @Override
    public Optional<RelationKind> relation(String database, String name) {
      String key = database + "." + name;
      return views.containsKey(key)
          ? Optional.of(RelationKind.VIEW)
          : tables.contains(key) ? Optional.of(RelationKind.TABLE) : Optional.empty();
    }

    @Override
    public Optional<ViewSource> view(String database, String name) {
      return Optional.ofNullable(views.get(database + "." + name));
    }

    @Override
    public List<TableColumn> columns(String database, String name) {
      return List.of();
    }

    @Override
    public ServerFacts probe() {
      throw new UnsupportedOperationException("not asked in these tests");
    }

    @Override
    public Map<String, RelationKind> relations(String database) {
      return Map.of();
    }

    @Override
    public Optional<ProgramSource> program(RelationKind kind, String database, String name) {
      return Optional.ofNullable(programs.get(kind + " " + database + "." + name));
    }

    @Override
    public List<String> programs(RelationKind kind, String database) {
      return List.of();
    }

    @Override
    public boolean databaseExists(String name) {
      return false;
    }

    @Override
    public List<String> databases() {
      return List.of();
    }

    @Override
    public boolean killQuery(long backendThreadId) {
      return false;
    }

    @Override
    public boolean killConnection(long backendThreadId) {
      return false;
    }

    @Override
    public void close() {}
  }
}
