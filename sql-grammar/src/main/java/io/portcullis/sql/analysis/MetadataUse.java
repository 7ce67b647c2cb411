package io.portcullis.sql.analysis;

/**
 * A table of information_schema in a place of a table.
 *
 * @param table its name, unquoted
 * @param firstToken the name of the database
 * @param endToken the token behind the name of the table
 * @param aliased whether an alias follows
 */
public record MetadataUse(String table, int firstToken, int endToken, boolean aliased) {}
