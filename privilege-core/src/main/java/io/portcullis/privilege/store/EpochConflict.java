package io.portcullis.privilege.store;

/** Somebody else committed first: nothing was stored; load, check again, and try again. */
public final class EpochConflict extends StoreException {

  private static final long serialVersionUID = 1L;

  public EpochConflict(long expected, long found) {
    super("catalog epoch: " + found + " (expected: " + expected + ")");
  }
}
