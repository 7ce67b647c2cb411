package io.portcullis.privilege.store;

/**
 * One server that accounts live on, on the control path.
 *
 * @param login the gate's own there
 */
public record BackendSite(BackendControl control, AccountBackend accounts, String login) {}
