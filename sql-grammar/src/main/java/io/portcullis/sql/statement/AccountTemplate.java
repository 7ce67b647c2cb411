package io.portcullis.sql.statement;

import io.portcullis.sql.text.SqlError;
import java.util.List;
import java.util.Optional;

/**
 * {@code CREATE}, {@code ALTER} or {@code DROP ACCOUNT} as it is prepared: names of accounts and
 * administrators and their passwords may be {@code ?} (PM 5.2). It may hold passwords; its {@code
 * toString} does not show them. Immutable.
 */
public non-sealed interface AccountTemplate extends Statement {

  /** {@code CREATE ACCOUNT}, {@code ALTER ACCOUNT} or {@code DROP ACCOUNT}. */
  String operation();

  /** How many {@code ?} it has. */
  int parameters();

  /**
   * The statement with these in place of its parameters, in the order of the text: each is one
   * name, or one text, whatever it holds.
   */
  Filled fill(List<String> values);

  /** One of both: a statement, or why it is none. */
  record Filled(Optional<AccessControlStatement> statement, Optional<SqlError> error) {}
}
