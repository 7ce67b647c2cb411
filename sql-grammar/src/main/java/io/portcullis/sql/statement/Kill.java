package io.portcullis.sql.statement;

/** {@code KILL [CONNECTION | QUERY] id}, ids being the gate's (PM row 26). */
public record Kill(long connectionId, boolean queryOnly) implements Statement {}
