package io.portcullis.proxy.statement;

import io.portcullis.privilege.authz.NameSpace;
import io.portcullis.privilege.authz.ObjectNames;
import io.portcullis.privilege.authz.ProgramDefinition;
import io.portcullis.privilege.authz.ProgramName;
import io.portcullis.privilege.authz.SystemDatabases;
import io.portcullis.privilege.authz.ViewDefinition;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.ProgramSource;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.ViewSource;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.ProgramBody;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import io.portcullis.sql.analysis.ProgramReading;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.analysis.ViewReading;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the backend what names mean, and of views what they are made of, down to their tables;
 * {@link BackendObjects} remembers it. Blocks, and parses: for the store executor. Thread safe.
 */
public final class ObjectLookup {

  private static final Logger LOG = LoggerFactory.getLogger(ObjectLookup.class);

  /** Names followed for one statement; a decision that needs more asks again. */
  private static final int MAXIMUM_NAMES = 1000;

  private final BackendControl control;
  private final SnapshotPublisher publisher;
  private final BackendObjects objects;
  private final StatementAnalyzer analyzer;
  private final boolean foldNames;
  private final String catalogSchema;
  private final LexicalMode printed;

  public ObjectLookup(
      BackendControl control,
      SnapshotPublisher publisher,
      BackendObjects objects,
      StatementAnalyzer analyzer,
      ServerFacts facts,
      String catalogSchema) {
    this.control = control;
    this.publisher = publisher;
    this.objects = objects;
    this.analyzer = analyzer;
    this.foldNames = facts.foldsNames();
    this.catalogSchema = catalogSchema;
    // Both families print definitions, and read them again, in this way whatever the session's is.
    this.printed =
        new LexicalMode(facts.version(), ClientCharset.UTF8MB4, false, false, false, false);
  }

  /**
   * Looks up names, and everything below those that are views or stored programs.
   *
   * @param asOf {@link BackendObjects#version} of the decision that asks
   */
  public void lookUp(List<RelationName> names, List<ProgramName> programs, long asOf)
      throws StoreException {
    Search search = new Search(names, programs);
    while (!search.pending.isEmpty() || !search.pendingPrograms.isEmpty()) {
      if (search.pending.isEmpty()) {
        ProgramName program = search.pendingPrograms.remove();
        lookUp(program, search, asOf);
        continue;
      }
      RelationName name = search.pending.remove();
      String database = name.database().name();
      Optional<RelationKind> kind = control.relation(database, name.name());
      objects.learn(database, name.name(), kind, asOf);
      if (kind.filter(RelationKind.VIEW::equals).isEmpty()) {
        continue;
      }
      Optional<ViewSource> source = control.view(database, name.name());
      if (source.isEmpty()) {
        continue; // dropped meanwhile: the next decision asks again
      }
      ViewDefinition definition = definition(name, source.get());
      objects.learnView(database, name.name(), source.get(), definition, asOf);
      if (definition instanceof ViewDefinition.Readable readable) {
        all(readable.body()).forEach(search::add);
        for (RelationName function : readable.body().functions()) {
          search.add(new ProgramName(RelationKind.FUNCTION, function));
        }
      }
    }
  }

  /**
   * Looks up the columns of tables and views.
   *
   * @param asOf as for {@link #lookUp}
   */
  public void lookUpColumns(Collection<RelationName> names, long asOf) throws StoreException {
    for (RelationName name : names) {
      objects.learnColumns(name, control.columns(name.database().name(), name.name()), asOf);
    }
  }

  /** What is being looked up, each once. */
  private final class Search {
    private final Deque<RelationName> pending;
    private final Set<RelationName> seen;
    private final Deque<ProgramName> pendingPrograms;
    private final Set<ProgramName> seenPrograms;

    Search(List<RelationName> names, List<ProgramName> programs) {
      pending = new ArrayDeque<>(names);
      seen = new HashSet<>(names);
      pendingPrograms = new ArrayDeque<>(programs);
      seenPrograms = new HashSet<>(programs);
    }

    void add(RelationName name) {
      if (seen.size() < MAXIMUM_NAMES && !isKnownTable(name) && seen.add(name)) {
        pending.add(name);
      }
    }

    void add(ProgramName program) {
      if (seenPrograms.size() < MAXIMUM_NAMES && seenPrograms.add(program)) {
        pendingPrograms.add(program);
      }
    }
  }

  private void lookUp(ProgramName program, Search search, long asOf) throws StoreException {
    RelationName name = program.name();
    Optional<ProgramSource> source =
        control.program(program.kind(), name.database().name(), name.name());
    if (source.isEmpty()) {
      objects.learnAbsent(program, asOf);
      return;
    }
    ProgramDefinition definition = definition(program, source.get());
    objects.learnProgram(program, source.get(), definition, asOf);
    if (definition instanceof ProgramDefinition.Readable readable) {
      for (AccessRequest access : readable.body().accesses()) {
        RelationName below = (RelationName) access.object();
        switch (access.kind()) {
          case EXECUTE_FUNCTION -> search.add(new ProgramName(RelationKind.FUNCTION, below));
          case EXECUTE_PROCEDURE -> search.add(new ProgramName(RelationKind.PROCEDURE, below));
          case DYNAMIC_PROCEDURE, DYNAMIC_EVENT -> {}
          default -> search.add(below);
        }
      }
    }
  }

  private ProgramDefinition definition(ProgramName program, ProgramSource source) {
    if (!LexicalMode.isReadable(source.sqlMode())) {
      return unreadable(program, "sql_mode " + source.sqlMode());
    }
    LexicalMode mode = LexicalMode.of(printed.server(), ClientCharset.UTF8MB4, source.sqlMode());
    byte[] text = source.definition().getBytes(StandardCharsets.UTF_8);
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    int statements = lexer.lex(text, 0, text.length, mode);
    if (statements != 1) {
      return unreadable(
          program, statements < 0 ? lexer.refusal().error().message() : "not one statement");
    }
    ProgramReading reading = analyzer.readProgram(lexer.statement(0));
    if (reading instanceof ProgramReading.NotUnderstood not) {
      return unreadable(program, not.refusal().error().message());
    }
    ProgramBody body = ((ProgramReading.Understood) reading).body();
    DatabaseName home = program.name().database();
    List<AccessRequest> accesses =
        body.accesses().stream()
            .map(
                access -> {
                  RelationName name = (RelationName) access.object();
                  DatabaseName database = name.database().isCurrent() ? home : name.database();
                  return new AccessRequest(
                      access.kind(),
                      new RelationName(
                          folded(database),
                          ObjectNames.fold(access.kind(), name.name(), foldNames)));
                })
            .distinct()
            .toList();
    return new ProgramDefinition.Readable(
        new ProgramBody(body.invoker(), accesses, body.prepared()));
  }

  private DatabaseName folded(DatabaseName database) {
    return foldNames ? new DatabaseName(ObjectNames.fold(database.name())) : database;
  }

  private static ProgramDefinition unreadable(ProgramName program, String why) {
    LOG.atDebug()
        .addKeyValue("program", program.name().database().name() + "." + program.name().name())
        .addKeyValue("cause", why)
        .log("the body of a stored program is not understood: nobody may run it");
    return new ProgramDefinition.Unreadable();
  }

  private boolean isKnownTable(RelationName name) {
    String database = name.database().name();
    CatalogState state = publisher.current().state();
    return SystemDatabases.is(database, catalogSchema)
        || state
            .database(NameSpace.accountOf(database, state), database)
            .flatMap(home -> state.relation(home.id(), name.name()))
            .filter(relation -> relation.kind() == RelationKind.TABLE)
            .isPresent();
  }

  private static Collection<RelationName> all(ViewBody body) {
    List<RelationName> all = new ArrayList<>(body.targets());
    all.addAll(body.others());
    return all;
  }

  private ViewDefinition definition(RelationName view, ViewSource source) {
    byte[] text = source.query().getBytes(StandardCharsets.UTF_8);
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    int statements = lexer.lex(text, 0, text.length, printed);
    if (statements != 1) {
      return unreadable(
          view, source, statements < 0 ? lexer.refusal().error().message() : "not one query");
    }
    ViewReading reading = analyzer.readView(lexer.statement(0));
    if (reading instanceof ViewReading.NotUnderstood not) {
      return unreadable(view, source, not.refusal().error().message());
    }
    ViewBody body = ((ViewReading.Understood) reading).body();
    // Functions are only understood with their databases.
    for (RelationName name : all(body)) {
      if (name.database().isCurrent()) {
        return unreadable(view, source, "a name without a database");
      }
    }
    return new ViewDefinition.Readable(
        source.invoker(),
        new ViewBody(
            folded(body.targets()),
            folded(body.others()),
            foldedKeys(body.columns()),
            foldedFunctions(body.functions())));
  }

  private static ViewDefinition unreadable(RelationName view, ViewSource source, String why) {
    LOG.atDebug()
        .addKeyValue("view", view.database().name() + "." + view.name())
        .addKeyValue("cause", why)
        .log("the definition of a view is not understood: it is refused but to administrators");
    return new ViewDefinition.Unreadable(source.invoker());
  }

  private List<RelationName> folded(List<RelationName> names) {
    return foldNames ? names.stream().map(ObjectLookup::folded).distinct().toList() : names;
  }

  private static RelationName folded(RelationName name) {
    return new RelationName(
        new DatabaseName(ObjectNames.fold(name.database().name())), ObjectNames.fold(name.name()));
  }

  private Map<RelationName, Set<String>> foldedKeys(Map<RelationName, Set<String>> columns) {
    Map<RelationName, Set<String>> folded = new HashMap<>();
    columns.forEach(
        (name, read) ->
            folded
                .computeIfAbsent(foldNames ? folded(name) : name, key -> new HashSet<>())
                .addAll(read));
    return folded;
  }

  private List<RelationName> foldedFunctions(List<RelationName> functions) {
    return functions.stream()
        .map(name -> new RelationName(folded(name.database()), ObjectNames.fold(name.name())))
        .distinct()
        .toList();
  }

  /**
   * Compares the definitions that are remembered with the backend's: what was permitted on one that
   * was changed behind the gate's back is decided anew.
   */
  public void compareDefinitions() throws StoreException {
    for (Map.Entry<RelationName, ViewSource> known : objects.definitions().entrySet()) {
      RelationName view = known.getKey();
      Optional<ViewSource> now = control.view(view.database().name(), view.name());
      if (now.filter(known.getValue()::equals).isEmpty()) {
        objects.redefined();
        LOG.atInfo()
            .addKeyValue("view", view.database().name() + "." + view.name())
            .log("a view was changed behind the gate");
        return;
      }
    }
    for (Map.Entry<ProgramName, ProgramSource> known : objects.bodies().entrySet()) {
      RelationName program = known.getKey().name();
      Optional<ProgramSource> now =
          control.program(known.getKey().kind(), program.database().name(), program.name());
      if (now.filter(known.getValue()::equals).isEmpty()) {
        objects.redefined();
        LOG.atInfo()
            .addKeyValue("program", program.database().name() + "." + program.name())
            .log("a stored program was changed behind the gate");
        return;
      }
    }
  }
}
