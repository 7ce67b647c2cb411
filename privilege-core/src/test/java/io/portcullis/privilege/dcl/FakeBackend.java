package io.portcullis.privilege.dcl;

import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.privilege.store.ViewSource;
import io.portcullis.sql.access.RelationKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A backend that is a map. */
final class FakeBackend implements BackendControl {

  private final Map<String, Map<String, RelationKind>> objects = new TreeMap<>();

  FakeBackend with(String database) {
    in(database);
    return this;
  }

  FakeBackend with(String database, String relation, RelationKind kind) {
    in(database).put(relation, kind);
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
  public Optional<ViewSource> view(String database, String name) {
    return Optional.empty();
  }

  @Override
  public boolean databaseExists(String name) {
    return objects.containsKey(name);
  }

  @Override
  public List<String> databases() {
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

  @Override
  public void close() {}
}
