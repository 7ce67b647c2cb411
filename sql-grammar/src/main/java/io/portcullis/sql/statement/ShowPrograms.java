package io.portcullis.sql.statement;

/**
 * {@code SHOW PROCEDURE STATUS}, {@code SHOW FUNCTION STATUS} and those of MariaDB's packages: read
 * from {@code information_schema.ROUTINES}, of which everybody sees what he may know.
 *
 * @param type as ROUTINE_TYPE names it: PROCEDURE, FUNCTION, PACKAGE, PACKAGE BODY
 * @param conditionToken first token of {@code LIKE 'pattern'}, or the first behind WHERE; {@link
 *     #NO_CONDITION} without
 * @param like whether it is LIKE, which is about the name
 */
public record ShowPrograms(String type, int conditionToken, boolean like) implements Statement {
  public static final int NO_CONDITION = -1;
}
