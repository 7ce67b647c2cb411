package io.portcullis.sql.analysis;

/**
 * A call of an identity function in a statement.
 *
 * @param firstToken its name
 * @param endToken the token behind it
 * @param column it is a whole column of a select list without an alias, and gives the column its
 *     name
 */
public record IdentityUse(
    IdentityFunction function, int firstToken, int endToken, boolean column) {}
