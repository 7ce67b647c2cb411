package io.portcullis.proxy.session;

/**
 * The session state of a freshly leased backend connection.
 *
 * @param sqlMode {@code @@sql_mode} as the backend prints it
 * @param characterSetClient {@code @@character_set_client} after SET NAMES
 * @param statusFlags server status flags of the last answer
 */
public record BackendState(String sqlMode, String characterSetClient, int statusFlags) {}
