package io.portcullis.sql.analysis;

import io.portcullis.sql.statement.GateVariable;

/**
 * A variable of the gate that a statement reads: {@code @@[global.]name}.
 *
 * @param global the account's value is asked for, also where a session has one of its own
 * @param column it is a whole column of a select list without an alias, and gives the column its
 *     name
 */
public record VariableUse(GateVariable variable, boolean global, int token, boolean column) {}
