package io.portcullis.privilege.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.privilege.model.Verifiers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PasswordVerifierTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] NONCE = bytes("abcdefghijklmnopqrst");

  /** Published example of hash mode 7401 (MySQL sha256crypt) of hashcat: password "hashcat". */
  private static final Verifiers PUBLISHED =
      new Verifiers(
          "$A$005$"
              + latin1("F9CC98CE08892924F50A213B6BC571A2C11778C5")
              + latin1(
                  "625479393559393965414D45316477456B484F41316E64484742577A2E3162785353526B7554584647562F"),
          "");

  @Test
  void acceptsWhatMysqlStores() {
    assertThat(PasswordVerifier.verifySha2(PUBLISHED, bytes("hashcat"))).isTrue();
    assertThat(PasswordVerifier.verifySha2(PUBLISHED, bytes("hashcaT"))).isFalse();
  }

  @Test
  void storesTheFormatOfMysql() {
    Verifiers verifiers = PasswordVerifier.of("pässwörd", RANDOM, true);

    assertThat(verifiers.cachingSha2()).hasSize(70).matches("\\$A\\$005\\$[./0-9A-Za-z]{63}");
    assertThat(verifiers.nativePassword()).matches("\\*[0-9A-F]{40}");
    assertThat(verifiers.toString()).doesNotContain(verifiers.nativePassword());
  }

  @Test
  void nativeVerifierIsTheOneOfTheManual() {
    assertThat(PasswordVerifier.of("mypass", RANDOM, true).nativePassword())
        .isEqualTo("*6C8989366EAF75BB670AD8EA7A7FC1176A95CEF4");
    assertThat(PasswordVerifier.of("mypass", RANDOM, false).nativePassword()).isEmpty();
  }

  @Test
  void samePasswordIsStoredDifferentlyEachTime() {
    assertThat(PasswordVerifier.of("secret", RANDOM, false))
        .isNotEqualTo(PasswordVerifier.of("secret", RANDOM, false));
  }

  @Test
  void fullAuthenticationTakesTheRightPasswordOnly() {
    Verifiers verifiers = PasswordVerifier.of("secret", RANDOM, false);

    assertThat(PasswordVerifier.verifySha2(verifiers, bytes("secret"))).isTrue();
    assertThat(PasswordVerifier.verifySha2(verifiers, bytes("Secret"))).isFalse();
    assertThat(PasswordVerifier.verifySha2(verifiers, bytes("secret\0"))).isFalse();
    assertThat(PasswordVerifier.verifySha2(verifiers, new byte[0])).isFalse();
    assertThat(PasswordVerifier.verifySha2(verifiers, new byte[257])).isFalse();
  }

  @Test
  void damagedVerifierAcceptsNothing() {
    String stored = PasswordVerifier.of("secret", RANDOM, false).cachingSha2();

    assertThat(PasswordVerifier.verifySha2(new Verifiers("", ""), bytes("secret"))).isFalse();
    assertThat(
            PasswordVerifier.verifySha2(
                new Verifiers(stored.substring(0, stored.length() - 1), ""), bytes("secret")))
        .isFalse();
    assertThat(
            PasswordVerifier.verifySha2(
                new Verifiers(stored.replace("$A$005$", "$A$006$"), ""), bytes("secret")))
        .isFalse();
  }

  @Test
  void sha2ScrambleOfTheRightPasswordAndNonceIsAccepted() {
    byte[] stored = PasswordVerifier.doubleSha256(bytes("secret"));
    byte[] scramble = PasswordVerifier.sha2Scramble(bytes("secret"), NONCE);

    assertThat(scramble).hasSize(32);
    assertThat(PasswordVerifier.checkSha2Scramble(stored, NONCE, scramble)).isTrue();
    assertThat(PasswordVerifier.checkSha2Scramble(stored, bytes("abcdefghijklmnopqrsT"), scramble))
        .isFalse();
    assertThat(
            PasswordVerifier.checkSha2Scramble(
                stored, NONCE, PasswordVerifier.sha2Scramble(bytes("Secret"), NONCE)))
        .isFalse();
    assertThat(PasswordVerifier.checkSha2Scramble(stored, NONCE, new byte[0])).isFalse();
    assertThat(PasswordVerifier.checkSha2Scramble(stored, NONCE, new byte[33])).isFalse();
  }

  @Test
  void nativeScrambleOfTheRightPasswordAndNonceIsAccepted() {
    Verifiers verifiers = PasswordVerifier.of("secret", RANDOM, true);
    byte[] scramble = PasswordVerifier.nativeScramble(bytes("secret"), NONCE);

    assertThat(scramble).hasSize(20);
    assertThat(PasswordVerifier.checkNativeScramble(verifiers, NONCE, scramble)).isTrue();
    assertThat(
            PasswordVerifier.checkNativeScramble(
                verifiers, bytes("abcdefghijklmnopqrsT"), scramble))
        .isFalse();
    assertThat(
            PasswordVerifier.checkNativeScramble(
                verifiers, NONCE, PasswordVerifier.nativeScramble(bytes("Secret"), NONCE)))
        .isFalse();
    assertThat(PasswordVerifier.checkNativeScramble(verifiers, NONCE, new byte[0])).isFalse();
    assertThat(
            PasswordVerifier.checkNativeScramble(
                PasswordVerifier.of("secret", RANDOM, false), NONCE, scramble))
        .isFalse();
  }

  @Test
  void emptyPasswordHasNoVerifier() {
    assertThatThrownBy(() -> PasswordVerifier.of("", RANDOM, true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void generatedPasswordsAreTypeableAndDiffer() {
    String password = GeneratedPassword.next(RANDOM);

    assertThat(password).hasSize(20).matches("[2-9A-HJ-NP-Za-km-z]+");
    assertThat(GeneratedPassword.next(RANDOM)).isNotEqualTo(password);
    assertThat(PasswordRules.check(password)).isEmpty();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String latin1(String hex) {
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
  }
}
