package io.portcullis.sql.statement;

/**
 * {@code PREPARE name FROM 'text'}: decided as the statement in the text, and that again at every
 * EXECUTE.
 *
 * @param name in lower case
 * @param prepared a {@link ForwardStatement} or {@link SetVariables}; or an {@link
 *     AccountTemplate}, which the gate keeps and the backend does not hear of
 */
public record PrepareText(String name, Statement prepared) implements Statement {}
