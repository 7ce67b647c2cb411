package io.portcullis.privilege.store;

/**
 * The store or the backend did not do what it was asked: unreachable, refusing, or holding what
 * this version does not understand. Whether a commit that failed this way is durable is not known.
 */
public sealed class StoreException extends Exception permits EpochConflict {

  private static final long serialVersionUID = 1L;

  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
