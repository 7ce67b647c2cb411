package io.portcullis.sql.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a statement says once white space, comments and foldable literals are taken away: the whole
 * normalised token sequence as bytes, and the mode in which it was read. Two statements with equal
 * keys touch the same objects in the same way; equality compares every byte, the hash only finds
 * the bucket.
 *
 * <p>A key is immutable, except the one of a {@link Probe}: that changes with the probe's next use,
 * belongs to the probe's thread and must be copied to be kept.
 */
public final class StatementKey {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long FIRST = 0xA0761D6478BD642FL;
  private static final long SECOND = 0xE7037ED1A0B428DBL;

  /** Differs in every process, so that nobody outside can prepare statements that collide. */
  private static final long SEED = new SecureRandom().nextLong();

  private byte[] bytes;
  private int length;
  private LexicalMode mode;
  private int hash;

  private StatementKey(byte[] bytes, int length, LexicalMode mode, int hash) {
    this.bytes = bytes;
    this.length = length;
    this.mode = mode;
    this.hash = hash;
  }

  public LexicalMode mode() {
    return mode;
  }

  /** The size of the normalised token sequence, for weighing a cache entry. */
  public int length() {
    return length;
  }

  /** A key with bytes of its own, safe to keep and to share. */
  public StatementKey copy() {
    return new StatementKey(Arrays.copyOf(bytes, length), length, mode, hash);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof StatementKey that
            && hash == that.hash
            && length == that.length
            && (mode == that.mode || mode.equals(that.mode))
            && Arrays.equals(bytes, 0, length, that.bytes, 0, length));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Length and hash only: a key may hold literals, which do not belong into logs. */
  @Override
  public String toString() {
    return "StatementKey[" + length + " bytes, " + Integer.toHexString(hash) + "]";
  }

  private static int hash(byte[] bytes, int length, int modeHash) {
    long hash = SEED ^ length;
    int at = 0;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      hash = mix(hash ^ (long) LONGS.get(bytes, at), FIRST);
    }
    long tail = 0;
    for (; at < length; at++) {
      tail = tail << Byte.SIZE | bytes[at] & 0xFF;
    }
    hash = mix(hash ^ tail, SECOND);
    hash = mix(hash ^ modeHash, FIRST);
    return (int) (hash ^ hash >>> 32);
  }

  private static long mix(long a, long b) {
    return a * b ^ Math.multiplyHigh(a, b);
  }

  /**
   * Makes keys in one reused buffer, for looking statements up without garbage. Not thread safe:
   * one per event loop, inside a lexer.
   */
  public static final class Probe {

    private static final int RETAINED_BYTES = 64 * 1024;

    private byte[] buffer = new byte[1024];
    private @Nullable StatementKey key;
    private int modeHash;

    /**
     * The buffer to write the next key into, with room for {@code capacity} bytes. The key made
     * before is no longer valid.
     */
    public byte[] buffer(int capacity) {
      if (capacity > buffer.length
          || (buffer.length > RETAINED_BYTES && capacity <= RETAINED_BYTES)) {
        buffer = new byte[Math.max(1024, capacity + (capacity >> 2))];
      }
      return buffer;
    }

    /** The key of what was written into the first {@code length} bytes of the buffer. */
    public StatementKey seal(int length, LexicalMode mode) {
      StatementKey made = key;
      if (made == null) {
        modeHash = mode.hashCode();
        made = new StatementKey(buffer, length, mode, 0);
        key = made;
      } else if (made.mode != mode) {
        modeHash = mode.hashCode();
        made.mode = mode;
      }
      made.bytes = buffer;
      made.length = length;
      made.hash = StatementKey.hash(buffer, length, modeHash);
      return made;
    }
  }
}
