package io.portcullis.sql.access;

/**
 * The name of an object as a statement writes it: not bound to the current database yet, not
 * folded.
 */
public sealed interface ObjectName permits DatabaseName, RelationName {}
