package io.portcullis.proxy.session;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.BackendMapping;

/**
 * Who a session is at its backend. Connections with different ones are never taken for each other;
 * what the login is called there, and its password, is looked up when one is opened.
 */
public sealed interface BackendIdentity {

  /** The login of the configuration: account sys. */
  record Configured() implements BackendIdentity {}

  /** The login that the gate made for an account. */
  record OfAccount(AccountId account) implements BackendIdentity {}

  /** A user's own. One that is set anew is another one, even if it says the same. */
  record OfUser(BackendMapping mapping) implements BackendIdentity {}

  BackendIdentity CONFIGURED = new Configured();
}
