package io.portcullis.proxy.backend;

import io.portcullis.proxy.session.BackendIdentity;
import io.portcullis.proxy.session.BackendTarget;
import io.portcullis.proxy.wire.CapabilityFlags;

/**
 * What two sessions must have in common to use the same connection one after the other: what is
 * fixed at login. Everything else is set by the prelude.
 *
 * @param identity who logs in
 * @param capabilities those the client negotiated that change what commands mean or responses look
 *     like
 */
record PoolKey(BackendIdentity identity, long capabilities) {

  /**
   * What is passed on of the client's capabilities. Never among them: several statements in one
   * text, compression, optional metadata; the tracker and the decisions count on that.
   */
  static final long PASSED_ON =
      CapabilityFlags.FOUND_ROWS
          | CapabilityFlags.LOCAL_FILES
          | CapabilityFlags.IGNORE_SPACE
          | CapabilityFlags.INTERACTIVE
          | CapabilityFlags.MULTI_RESULTS
          | CapabilityFlags.PS_MULTI_RESULTS
          | CapabilityFlags.SESSION_TRACK
          | CapabilityFlags.DEPRECATE_EOF
          | CapabilityFlags.QUERY_ATTRIBUTES
          | CapabilityFlags.MARIADB_EXTENDED_METADATA
          | CapabilityFlags.MARIADB_STMT_BULK_OPERATIONS;

  /** Those that change the bytes of commands or responses: without them one could not read them. */
  static final long FORMAT =
      CapabilityFlags.SESSION_TRACK
          | CapabilityFlags.DEPRECATE_EOF
          | CapabilityFlags.QUERY_ATTRIBUTES
          | CapabilityFlags.MARIADB_EXTENDED_METADATA;

  static PoolKey of(BackendTarget target) {
    return new PoolKey(target.identity(), target.capabilities() & PASSED_ON);
  }
}
