package io.portcullis.privilege.credential;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.model.Verifiers;
import org.jspecify.annotations.Nullable;

/**
 * SHA256(SHA256(password)) of users that have logged in with their password in clear text, so that
 * their next login needs one round trip and no TLS ({@code caching_sha2_password}). Kept in memory
 * only, bounded, and under the stored verifier: after a password change the old entry is not found
 * any more. Safe for any thread; never blocks.
 */
public final class FastAuthCache {

  /** What the cache knows about a scramble. */
  public enum Outcome {
    ACCEPTED,
    /** The entry is there and the scramble does not fit it. */
    REJECTED,
    /** No entry: full authentication must follow. */
    UNKNOWN
  }

  private final Cache<Key, Entry> entries;

  public FastAuthCache(long maximumEntries) {
    entries = Caffeine.newBuilder().maximumSize(maximumEntries).build();
  }

  /** Checks a client's scramble. */
  public Outcome check(UserId user, Verifiers verifiers, byte[] nonce, byte[] scramble) {
    @Nullable Entry entry = entries.getIfPresent(new Key(user, verifiers.cachingSha2()));
    if (entry == null) {
      return Outcome.UNKNOWN;
    }
    return PasswordVerifier.checkSha2Scramble(entry.doubleSha256, nonce, scramble)
        ? Outcome.ACCEPTED
        : Outcome.REJECTED;
  }

  /**
   * Remembers a password that {@link PasswordVerifier#verifySha2} has accepted for these verifiers.
   */
  public void remember(UserId user, Verifiers verifiers, byte[] clearText) {
    entries.put(
        new Key(user, verifiers.cachingSha2()),
        new Entry(PasswordVerifier.doubleSha256(clearText)));
  }

  private record Key(UserId user, String verifier) {
    @Override
    public String toString() {
      return "Key[" + user + "]";
    }
  }

  private static final class Entry {
    private final byte[] doubleSha256;

    Entry(byte[] doubleSha256) {
      this.doubleSha256 = doubleSha256;
    }
  }
}
