package io.portcullis.proxy.session;

import io.portcullis.proxy.statement.CatalogSeen;
import io.portcullis.proxy.statement.MetadataRewriter.MetadataFilters;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.SqlError;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement of a session: what it touches, as its names were bound when it was prepared.
 */
final class PreparedHandle {

  /** The {@link #id} of one that has a name instead. */
  static final int NO_NUMBER = 0;

  private final int id;
  private final StatementAnalysis analysis;
  private final Optional<String> database;
  private final LexicalMode mode;
  private final Optional<MetadataFilters> filters;
  private final Optional<CatalogSeen> seen;
  private final Optional<ColumnStatements.Taken> taken;
  private final Optional<RowSecurity.Secured> rows;
  private long permittedVersion = -1;

  /** Whether the backend holds rows of its last execution for COM_STMT_FETCH. */
  private boolean cursor;

  /** Why the gate closed its cursor, until the client is told. */
  private @Nullable SqlError cursorEnd;

  PreparedHandle(
      int id,
      StatementAnalysis analysis,
      Optional<String> database,
      LexicalMode mode,
      Optional<MetadataFilters> filters,
      Optional<CatalogSeen> seen,
      Optional<ColumnStatements.Taken> taken,
      Optional<RowSecurity.Secured> rows) {
    this.id = id;
    this.analysis = analysis;
    this.database = database;
    this.mode = mode;
    this.filters = filters;
    this.seen = seen;
    this.taken = taken;
    this.rows = rows;
  }

  /** How rows are kept out of it; empty for one that was sent with all rows of its tables. */
  Optional<RowSecurity.Secured> rows() {
    return rows;
  }

  /** What it takes by columns, as it was prepared; empty for one that takes whole tables. */
  Optional<ColumnStatements.Taken> taken() {
    return taken;
  }

  /** What has to be permitted, of one with these in its text. */
  List<AccessRequest> needed(List<AccessRequest> written) {
    return taken.map(ColumnStatements.Taken::accesses).orElse(written);
  }

  /** What its text shows of the gate's own tables; empty when it names none. */
  Optional<CatalogSeen> seen() {
    return seen;
  }

  /** What its text was secured with; empty for one sent as it was written. */
  Optional<MetadataFilters> filters() {
    return filters;
  }

  /** The backend's number of it; only one with a number has cursors. */
  int id() {
    return id;
  }

  StatementAnalysis analysis() {
    return analysis;
  }

  /**
   * The current database at PREPARE: the server binds unqualified names there, whatever USE does
   * later.
   */
  Optional<String> database() {
    return database;
  }

  /** How its text was read; the server may read it again, and must then read the same. */
  LexicalMode mode() {
    return mode;
  }

  boolean knownPermitted(long authorityVersion) {
    return permittedVersion == authorityVersion;
  }

  void rememberPermitted(long authorityVersion) {
    permittedVersion = authorityVersion;
  }

  boolean hasCursor() {
    return cursor;
  }

  void cursor(boolean open) {
    cursor = open;
  }

  void cursorEnded(SqlError why) {
    cursor = false;
    cursorEnd = why;
  }

  /** Null, or why there is no cursor any more; the same is not told twice. */
  @Nullable SqlError takeCursorEnd() {
    SqlError why = cursorEnd;
    cursorEnd = null;
    return why;
  }
}
