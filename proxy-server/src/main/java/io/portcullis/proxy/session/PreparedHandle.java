package io.portcullis.proxy.session;

import io.portcullis.proxy.statement.MetadataRewriter.MetadataFilters;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.text.LexicalMode;
import java.util.Optional;

/**
 * A prepared statement of a session: what it touches, as its names were bound when it was prepared.
 */
final class PreparedHandle {
  private final StatementAnalysis analysis;
  private final Optional<String> database;
  private final LexicalMode mode;
  private final Optional<MetadataFilters> filters;
  private long permittedVersion = -1;

  PreparedHandle(
      StatementAnalysis analysis,
      Optional<String> database,
      LexicalMode mode,
      Optional<MetadataFilters> filters) {
    this.analysis = analysis;
    this.database = database;
    this.mode = mode;
    this.filters = filters;
  }

  /** What its text was secured with; empty for one sent as it was written. */
  Optional<MetadataFilters> filters() {
    return filters;
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
}
