package io.portcullis.privilege.authz;

import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * What a session adds to the names of a statement.
 *
 * @param currentDatabase as the backend has it
 * @param foldNames the backend compares names of databases and tables in lower case
 *     (lower_case_table_names is not 0)
 * @param isTemporary whether (database, name), bound and folded, is a temporary table of the
 *     session
 * @param kinds what the backend has under names the catalog does not know
 * @param views what the views and stored programs of the backend are made of
 */
public record Binding(
    Optional<String> currentDatabase,
    boolean foldNames,
    BiPredicate<String, String> isTemporary,
    RelationKinds kinds,
    ViewDefinitions views) {

  /** Where temporary tables of the session do not count. */
  Binding withoutTemporaryTables() {
    return new Binding(currentDatabase, foldNames, (database, name) -> false, kinds, views);
  }
}
