package io.portcullis.privilege.store;

/**
 * The definition of a stored program, as the backend has it.
 *
 * @param definition the whole CREATE statement
 * @param sqlMode under which it is read
 */
public record ProgramSource(String definition, String sqlMode) {}
