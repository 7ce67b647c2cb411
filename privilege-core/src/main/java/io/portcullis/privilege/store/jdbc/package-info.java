/** The catalog in a MySQL-compatible database, and the control path to the backend over JDBC. */
@NullMarked
package io.portcullis.privilege.store.jdbc;

import org.jspecify.annotations.NullMarked;
