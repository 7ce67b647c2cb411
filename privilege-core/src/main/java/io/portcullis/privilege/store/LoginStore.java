package io.portcullis.privilege.store;

import io.portcullis.privilege.model.UserId;
import java.util.Map;

/**
 * Where the times and addresses of logins are kept: beside the catalog, without an epoch. Blocking.
 */
public interface LoginStore {

  /** Keeps these as the users' last logins. */
  void loggedIn(Map<UserId, LastLogin> logins) throws StoreException;

  Map<UserId, LastLogin> lastLogins() throws StoreException;

  /** Keeps these as the users' failed logins; {@link FailedLogins#NONE} is not kept. */
  void failed(Map<UserId, FailedLogins> failures) throws StoreException;

  /** Of all users that have any. */
  Map<UserId, FailedLogins> failedLogins() throws StoreException;
}
