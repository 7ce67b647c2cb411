package io.portcullis.privilege.snapshot;

/**
 * Sets of bits by id: open addressing over two {@code long} arrays, so that looking up allocates
 * nothing. An id that is not there has no bits. Filled by one thread, then only read.
 */
final class LongMap {

  private long[] keys = new long[8];
  private long[] bits = new long[8];
  private int size;

  /** {@code added} must not be 0, which marks a free slot. */
  void or(long key, long added) {
    if (size * 2 >= keys.length) {
      grow();
    }
    int at = slot(key);
    if (bits[at] == 0) {
      keys[at] = key;
      size++;
    }
    bits[at] |= added;
  }

  long get(long key) {
    return bits[slot(key)];
  }

  int size() {
    return size;
  }

  /** The slot of the key, or the free one where it belongs. */
  private int slot(long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9E3779B97F4A7C15L;
    int at = (int) (mixed >>> 40) & mask;
    while (bits[at] != 0 && keys[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldBits = bits;
    keys = new long[oldKeys.length * 2];
    bits = new long[oldBits.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldBits[i] != 0) {
        int at = slot(oldKeys[i]);
        keys[at] = oldKeys[i];
        bits[at] = oldBits[i];
      }
    }
  }
}
