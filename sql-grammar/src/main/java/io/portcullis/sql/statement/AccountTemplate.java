package io.portcullis.sql.statement;

import io.portcullis.sql.text.SqlError;
import java.util.List;
import java.util.Optional;

/**
 * {@code CREATE}, {@code ALTER} or {@code DROP ACCOUNT} as it is prepared: names of accounts and
 * administrators and their passwords may be {@code ?} (PM 5.2). It may hold passwords; its {@code
 * toString} does not show them. Immutable.
 *
 * @param operation {@code CREATE ACCOUNT}, {@code ALTER ACCOUNT} or {@code DROP ACCOUNT}
 * @param parameters how many {@code ?} it has
 * @param text the rest of it
 */
public record AccountTemplate(String operation, int parameters, Text text) implements Statement {

  /** What is known besides the values. Compares as the text does. */
  public interface Text {

    /**
     * @param values as many as there are parameters
     */
    Filled fill(List<String> values);
  }

  /** One of both: a statement, or why it is none. */
  public record Filled(Optional<AccessControlStatement> statement, Optional<SqlError> error) {}

  /**
   * The statement with these in place of its parameters, in the order of the text: each is one
   * name, or one text, whatever it holds.
   */
  public Filled fill(List<String> values) {
    if (values.size() != parameters) {
      throw new IllegalArgumentException(
          "values: " + values.size() + " (expected: " + parameters + ")");
    }
    return text.fill(values);
  }

  @Override
  public String toString() {
    return operation + " with " + parameters + " parameters";
  }
}
