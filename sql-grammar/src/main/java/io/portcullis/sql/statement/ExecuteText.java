package io.portcullis.sql.statement;

/**
 * {@code EXECUTE name [USING @v, ...]}: does what the session has prepared under the name.
 *
 * @param name in lower case
 */
public record ExecuteText(String name) implements Statement {}
