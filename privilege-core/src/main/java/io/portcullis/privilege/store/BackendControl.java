package io.portcullis.privilege.store;

import io.portcullis.sql.access.RelationKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The control path to the backend, beside the data path: what exists there, and KILL. Blocking:
 * called from the store executor only. Names are the backend's spelling, exactly; nothing of a
 * client reaches the text of a statement.
 */
public interface BackendControl extends AutoCloseable {

  ServerFacts probe() throws StoreException;

  /** What is there under this name: a sequence counts as a table; empty when there is nothing. */
  Optional<RelationKind> relation(String database, String name) throws StoreException;

  /** Everything in a database, by name; empty also when there is no such database. */
  Map<String, RelationKind> relations(String database) throws StoreException;

  /** The columns of a table or view, in order; none when there is nothing of this name. */
  List<TableColumn> columns(String database, String name) throws StoreException;

  /** The definition of a view; empty when there is no view of this name. */
  Optional<ViewSource> view(String database, String name) throws StoreException;

  /** The definition of a stored program; empty when there is none of this name. */
  Optional<ProgramSource> program(RelationKind kind, String database, String name)
      throws StoreException;

  /** The names of all stored programs of a kind in a database. */
  List<String> programs(RelationKind kind, String database) throws StoreException;

  boolean databaseExists(String name) throws StoreException;

  List<String> databases() throws StoreException;

  /** Ends what the connection runs; false when it could not be asked for or is gone already. */
  boolean killQuery(long backendThreadId);

  /** Ends the connection; false when it could not be asked for or is gone already. */
  boolean killConnection(long backendThreadId);

  @Override
  void close();
}
