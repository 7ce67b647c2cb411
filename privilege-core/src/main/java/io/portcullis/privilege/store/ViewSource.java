package io.portcullis.privilege.store;

/**
 * The definition of a view as the backend prints it: names qualified and in back-quotes, whatever
 * the sql_mode was when it was made.
 *
 * @param query the query; empty where the backend does not show it
 * @param invoker SQL SECURITY INVOKER
 */
public record ViewSource(String query, boolean invoker) {}
