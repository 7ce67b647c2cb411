package io.portcullis.proxy.session;

import io.portcullis.privilege.credential.FastAuthCache;
import io.portcullis.privilege.credential.PasswordVerifier;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.proxy.auth.Credentials;
import java.util.Optional;

/**
 * What can be checked of a user of the catalog, or of one that does not exist: then against a
 * decoy.
 */
final class LoginCredentials implements Credentials {

  private static final UserId NOBODY = new UserId(-1);

  private final boolean exists;
  private final UserId user;
  private final Verifiers verifiers;
  private final FastAuthCache cache;
  private final boolean nativePassword;

  private LoginCredentials(
      boolean exists,
      UserId user,
      Verifiers verifiers,
      FastAuthCache cache,
      boolean nativePassword) {
    this.exists = exists;
    this.user = user;
    this.verifiers = verifiers;
    this.cache = cache;
    this.nativePassword = nativePassword;
  }

  static LoginCredentials of(Optional<User> user, LoginServices login) {
    return user.map(
            found ->
                new LoginCredentials(
                    true, found.id(), found.verifiers(), login.fastAuth(), login.nativePassword()))
        .orElseGet(
            () ->
                new LoginCredentials(
                    false, NOBODY, login.decoy(), login.fastAuth(), login.nativePassword()));
  }

  @Override
  public boolean exists() {
    return exists;
  }

  @Override
  public boolean servesNativePassword() {
    return nativePassword;
  }

  @Override
  public boolean checkNative(byte[] nonce, byte[] scramble) {
    return PasswordVerifier.checkNativeScramble(verifiers, nonce, scramble);
  }

  @Override
  public boolean checkFast(byte[] nonce, byte[] scramble) {
    return cache.check(user, verifiers, nonce, scramble) == FastAuthCache.Outcome.ACCEPTED;
  }

  @Override
  public boolean verifyClearText(byte[] password) {
    boolean fits = PasswordVerifier.verifySha2(verifiers, password);
    if (fits && exists) {
      cache.remember(user, verifiers, password);
    }
    return fits;
  }
}
