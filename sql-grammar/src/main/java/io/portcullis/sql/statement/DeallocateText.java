package io.portcullis.sql.statement;

/**
 * {@code DEALLOCATE PREPARE name}, {@code DROP PREPARE name}.
 *
 * @param name in lower case
 */
public record DeallocateText(String name) implements Statement {}
