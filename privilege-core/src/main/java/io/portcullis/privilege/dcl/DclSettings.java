package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.SystemDatabases;

/**
 * What the installation decides about access-control statements.
 *
 * @param catalogSchema where the catalog lives: nobody is granted anything on it
 * @param foldNames the backend compares names of databases and tables in lower case
 * @param nativePasswords whether new passwords can also be used by clients that know nothing but
 *     {@code mysql_native_password}
 */
public record DclSettings(String catalogSchema, boolean foldNames, boolean nativePasswords) {

  /** Whether it is one of the backend's own databases, or the catalog. */
  boolean isSystem(String schema) {
    return SystemDatabases.is(schema, catalogSchema);
  }
}
