package io.portcullis.privilege.authz;

import io.portcullis.sql.access.ViewBody;

/** What is known of a view's definition. */
public sealed interface ViewDefinition {

  /**
   * @param invoker SQL SECURITY INVOKER: below it the roles count that came to it, and not its
   *     owner's
   * @param body names with their databases and, where the backend folds names, folded
   */
  record Readable(boolean invoker, ViewBody body) implements ViewDefinition {}

  /** The backend has it, and what it reads cannot be told: never assumed harmless. */
  record Unreadable(boolean invoker) implements ViewDefinition {}

  /** The backend has no view of this name. */
  record Absent() implements ViewDefinition {}

  /** Must be looked up first. */
  record Unknown() implements ViewDefinition {}
}
