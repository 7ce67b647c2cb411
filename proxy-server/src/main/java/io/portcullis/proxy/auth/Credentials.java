package io.portcullis.proxy.auth;

/**
 * What can be checked of one user. For a user who does not exist there is one of these as well: it
 * does the same work on a decoy verifier, and {@link #exists()} is false, so that steps, texts and
 * times are those of a wrong password. Arrays are borrowed: not kept, not changed.
 */
public interface Credentials {

  /** Whether the user exists and may try to log in; checked only after the password was. */
  boolean exists();

  /** Whether a verifier for mysql_native_password is stored; true for a decoy. Event loop. */
  boolean servesNativePassword();

  /** SHA1(pw) XOR SHA1(nonce + SHA1(SHA1(pw))) against the stored verifier. Event loop. */
  boolean checkNative(byte[] nonce, byte[] scramble);

  /**
   * SHA256(pw) XOR SHA256(SHA256(SHA256(pw)) + nonce) against the cached fast verifier; false when
   * none is cached. Event loop.
   */
  boolean checkFast(byte[] nonce, byte[] scramble);

  /**
   * The password itself against the stored SHA-crypt verifier; remembers the fast verifier when it
   * fits. Takes milliseconds: called on an executor.
   */
  boolean verifyClearText(byte[] password);
}
