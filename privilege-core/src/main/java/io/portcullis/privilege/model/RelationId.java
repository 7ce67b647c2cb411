package io.portcullis.privilege.model;

/** A table or view as the catalog knows it: kept over RENAME, ALTER and TRUNCATE (DESIGN D8). */
public record RelationId(long value) {}
