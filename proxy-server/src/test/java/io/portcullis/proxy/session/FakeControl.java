package io.portcullis.proxy.session;

import io.portcullis.privilege.store.AccountBackend;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.ProgramSource;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.privilege.store.ViewSource;
import io.portcullis.sql.access.RelationKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A control path that is a map, and remembers what it was told to end. */
final class FakeControl implements BackendControl, AccountBackend {

  final List<Long> killedQueries = new ArrayList<>();
  boolean unreachable;

  /** Of accounts. */
  final Set<String> logins = new HashSet<>();

  /** KILL cannot be asked for. */
  boolean deaf;

  private final Map<String, Map<String, RelationKind>> objects = new TreeMap<>();
  private final Map<String, List<TableColumn>> columns = new HashMap<>();

  FakeControl with(String database, String relation, RelationKind kind) {
    objects.computeIfAbsent(database, name -> new HashMap<>()).put(relation, kind);
    return this;
  }

  FakeControl with(String database) {
    objects.computeIfAbsent(database, name -> new HashMap<>());
    return this;
  }

  /** Of a table or view that is there. */
  FakeControl withColumns(String database, String relation, String... names) {
    columns.put(
        database + "." + relation,
        Stream.of(names).map(name -> new TableColumn(name, false)).toList());
    return this;
  }

  void without(String database) {
    objects.remove(database);
  }

  @Override
  public void ensureLogin(String login, String password, String schemaPrefix)
      throws StoreException {
    reach();
    logins.add(login);
  }

  @Override
  public void dropLogin(String login) throws StoreException {
    reach();
    logins.remove(login);
  }

  @Override
  public List<String> existing(List<String> asked) {
    return asked.stream().filter(logins::contains).toList();
  }

  @Override
  public List<String> schemas(String prefix) {
    return objects.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  @Override
  public void dropSchema(String name) throws StoreException {
    reach();
    objects.remove(name);
  }

  @Override
  public Map<String, SchemaSize> sizes() {
    return Map.of();
  }

  private void reach() throws StoreException {
    if (unreachable) {
      throw new StoreException("backend: unreachable");
    }
  }

  @Override
  public ServerFacts probe() {
    throw new UnsupportedOperationException("not asked in these tests");
  }

  @Override
  public Optional<RelationKind> relation(String database, String name) throws StoreException {
    return Optional.ofNullable(relations(database).get(name));
  }

  @Override
  public Map<String, RelationKind> relations(String database) throws StoreException {
    reach();
    return objects.getOrDefault(database, Map.of());
  }

  @Override
  public List<TableColumn> columns(String database, String name) {
    return columns.getOrDefault(database + "." + name, List.of());
  }

  @Override
  public Optional<ViewSource> view(String database, String name) {
    return Optional.empty();
  }

  /** Stored programs, by kind, database and name, with their definitions. */
  final Map<String, String> programs = new TreeMap<>();

  @Override
  public Optional<ProgramSource> program(RelationKind kind, String database, String name) {
    return Optional.ofNullable(programs.get(kind + " " + database + "." + name))
        .map(definition -> new ProgramSource(definition, ""));
  }

  @Override
  public List<String> programs(RelationKind kind, String database) {
    String prefix = kind + " " + database + ".";
    return programs.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .toList();
  }

  @Override
  public boolean databaseExists(String name) throws StoreException {
    reach();
    return objects.containsKey(name);
  }

  @Override
  public List<String> databases() throws StoreException {
    reach();
    return List.copyOf(objects.keySet());
  }

  @Override
  public boolean killQuery(long backendThreadId) {
    killedQueries.add(backendThreadId);
    return !deaf;
  }

  @Override
  public boolean killConnection(long backendThreadId) {
    return true;
  }

  @Override
  public void close() {}
}
