package io.portcullis.privilege.store;

import java.util.List;
import java.util.Map;

/**
 * What an account has at the backend: its login, with privileges on its own schemas only (DESIGN
 * D6, the second wall), and the schemas. Blocking: called from the store executor only. Everything
 * can be done again after it was interrupted.
 */
public interface AccountBackend {

  /** What lies in one schema. */
  record SchemaSize(long tables, long bytes) {}

  /** Makes the login with that password, or gives it that password, and its privileges. */
  void ensureLogin(String login, String password, String schemaPrefix) throws StoreException;

  /** No error when there is none. Its connections are closed. */
  void dropLogin(String login) throws StoreException;

  /** Those of the logins that exist. */
  List<String> existing(List<String> logins) throws StoreException;

  /** Schemas whose names begin so. */
  List<String> schemas(String prefix) throws StoreException;

  void dropSchema(String name) throws StoreException;

  /** Of all schemas that hold tables, by their names. */
  Map<String, SchemaSize> sizes() throws StoreException;
}
