package io.portcullis.sql.statement;

/**
 * {@code SHOW [FULL] PROCESSLIST}: sessions of the gate, by the ids that clients know (PM row 25).
 */
public record ShowProcesslist(boolean full) implements Statement {}
