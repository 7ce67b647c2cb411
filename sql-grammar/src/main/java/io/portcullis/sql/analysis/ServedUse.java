package io.portcullis.sql.analysis;

/**
 * A name of a table that the gate makes itself, with its database before it, or without it.
 *
 * @param database as written, or the current one
 * @param firstToken the name of the database, or of the table where there is none
 * @param endToken the token behind the name of the table; of a qualifier, that name itself
 * @param qualifier it stands before a column: what has to go is the name of the database
 * @param aliased of a table: whether an alias follows
 */
public record ServedUse(
    String database,
    String table,
    int firstToken,
    int endToken,
    boolean qualifier,
    boolean aliased) {}
