package io.portcullis.privilege.dcl;

import io.portcullis.privilege.credential.PasswordVerifier;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What takes milliseconds for each password of a statement, done once however often its write is
 * tried. For one statement, one thread.
 */
abstract sealed class Passwords {

  private Passwords() {}

  /** Hashed to be stored. */
  abstract Verifiers hashed(Password password);

  /** Whether a text is the password that has these verifiers. */
  abstract boolean matches(String clearText, Verifiers verifiers);

  /** The passwords that were hashed, by identity. */
  abstract Set<Password> used();

  static Passwords of(SecureRandom random, boolean withNative) {
    return new Hashed(random, withNative);
  }

  /** For statements that are only tried, and thrown away. */
  static Passwords tried() {
    return new Tried();
  }

  private static final class Hashed extends Passwords {
    private final SecureRandom random;
    private final boolean withNative;
    private final Map<Password, Verifiers> hashed = new IdentityHashMap<>();
    private final Map<Guess, Boolean> matches = new HashMap<>();

    private record Guess(String clearText, Verifiers verifiers) {
      @Override
      public String toString() {
        return "***";
      }
    }

    private Hashed(SecureRandom random, boolean withNative) {
      this.random = random;
      this.withNative = withNative;
    }

    @Override
    Verifiers hashed(Password password) {
      return hashed.computeIfAbsent(
          password, p -> PasswordVerifier.of(p.clearText(), random, withNative));
    }

    @Override
    boolean matches(String clearText, Verifiers verifiers) {
      return matches.computeIfAbsent(
          new Guess(clearText, verifiers),
          guess ->
              PasswordVerifier.verifySha2(verifiers, clearText.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    Set<Password> used() {
      return hashed.keySet();
    }
  }

  private static final class Tried extends Passwords {
    private static final Verifiers NOT_HASHED = new Verifiers("", "");

    @Override
    Verifiers hashed(Password password) {
      return NOT_HASHED;
    }

    @Override
    boolean matches(String clearText, Verifiers verifiers) {
      return false;
    }

    @Override
    Set<Password> used() {
      return Set.of();
    }
  }
}
