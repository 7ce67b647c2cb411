package io.portcullis.privilege.model;

/** A database as the catalog knows it: kept over a rename, new for a re-created one. */
public record DatabaseId(long value) {}
