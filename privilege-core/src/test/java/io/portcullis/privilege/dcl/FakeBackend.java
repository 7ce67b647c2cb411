package io.portcullis.privilege.dcl;

import io.portcullis.privilege.store.AccountBackend;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.ProgramSource;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.privilege.store.ViewSource;
import io.portcullis.sql.access.RelationKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A backend that is a map. */
final class FakeBackend implements BackendControl, AccountBackend {

  private final Map<String, Map<String, RelationKind>> objects = new TreeMap<>();
  private final Map<String, List<TableColumn>> columns = new HashMap<>();

  FakeBackend with(String database) {
    in(database);
    return this;
  }

  FakeBackend with(String database, String relation, RelationKind kind) {
    in(database).put(relation, kind);
    return this;
  }

  /** Of a table or view that is there. */
  FakeBackend withColumns(String database, String relation, String... names) {
    columns.put(
        database + "." + relation,
        Stream.of(names).map(name -> new TableColumn(name, false)).toList());
    return this;
  }

  private Map<String, RelationKind> in(String database) {
    return objects.computeIfAbsent(database, name -> new HashMap<>());
  }

  void without(String database) {
    objects.remove(database);
  }

  void without(String database, String relation) {
    in(database).remove(relation);
  }

  @Override
  public ServerFacts probe() {
    throw new UnsupportedOperationException("not asked in these tests");
  }

  @Override
  public Optional<RelationKind> relation(String database, String name) {
    return Optional.ofNullable(relations(database).get(name));
  }

  @Override
  public Map<String, RelationKind> relations(String database) {
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
  public boolean databaseExists(String name) {
    return objects.containsKey(name);
  }

  /** What happens right before each listing of the databases. */
  Runnable beforeListing = () -> {};

  @Override
  public List<String> databases() {
    beforeListing.run();
    return List.copyOf(objects.keySet());
  }

  @Override
  public boolean killQuery(long backendThreadId) {
    return false;
  }

  @Override
  public boolean killConnection(long backendThreadId) {
    return false;
  }

  /** Logins there are, by name, with what they were given last: password and prefix. */
  final Map<String, List<String>> given = new TreeMap<>();

  /** What asks for a change of accounts fails. */
  boolean down;

  /** What happens right before a login is made. */
  Runnable beforeLogin = () -> {};

  /** A login is made, but what it needs besides fails. */
  boolean breaksOff;

  private void reach() throws StoreException {
    if (down) {
      throw new StoreException("the backend is down");
    }
  }

  @Override
  public void ensureLogin(String login, String password, String schemaPrefix)
      throws StoreException {
    reach();
    beforeLogin.run();
    given.put(login, List.of(password, schemaPrefix));
    if (breaksOff) {
      throw new StoreException("the backend went away");
    }
  }

  @Override
  public void dropLogin(String login) throws StoreException {
    reach();
    given.remove(login);
  }

  @Override
  public List<String> existing(List<String> logins) throws StoreException {
    reach();
    return logins.stream().filter(given::containsKey).toList();
  }

  @Override
  public List<String> schemas(String prefix) throws StoreException {
    reach();
    return objects.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  @Override
  public void dropSchema(String name) throws StoreException {
    reach();
    objects.remove(name);
  }

  @Override
  public Map<String, SchemaSize> sizes() throws StoreException {
    reach();
    Map<String, SchemaSize> sizes = new HashMap<>();
    objects.forEach(
        (name, relations) -> sizes.put(name, new SchemaSize(relations.size(), 3 << 20)));
    return sizes;
  }

  @Override
  public void close() {}
}
