package io.portcullis.sql.access;

/** One thing a statement does to one object. */
public record AccessRequest(AccessKind kind, ObjectName object) {}
