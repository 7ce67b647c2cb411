package io.portcullis.privilege.authz;

import io.portcullis.sql.access.ProgramBody;

/** What is known of a stored program's body. */
public sealed interface ProgramDefinition {

  /**
   * @param body names with their databases and, where the backend folds names, folded
   */
  record Readable(ProgramBody body) implements ProgramDefinition {}

  /** The backend has it, and what it touches cannot be told: nobody runs it. */
  record Unreadable() implements ProgramDefinition {}

  /** The backend has none of this name. */
  record Absent() implements ProgramDefinition {}

  /** Must be looked up first. */
  record Unknown() implements ProgramDefinition {}
}
