package io.portcullis.sql.statement;

/**
 * {@code PREPARE name FROM @v} and MariaDB's {@code EXECUTE IMMEDIATE @v}: what the variable holds
 * is asked for, and the same statement with that text in the place of the variable is decided and
 * sent, so that the text that is checked is the text that runs.
 *
 * @param before what comes before the text
 * @param variable without its {@code @} and quotes
 * @param behind what comes behind the text, as it was written; empty for nothing
 */
public record FromVariable(String before, String variable, String behind) implements Statement {}
