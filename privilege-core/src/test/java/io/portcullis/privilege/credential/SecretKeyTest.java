package io.portcullis.privilege.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sealed is opened by the same key for the same purpose only. */
final class SecretKeyTest {

  private static final String PURPOSE = "backend login a";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String text = SecretKey.generate(RANDOM);
  private final SecretKey key = SecretKey.of(text, RANDOM);

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "a secret", "\u00e4\u20ac\ud83d\ude00", "\0"})
  void sameKeyAndPurposeOpen(String secret) {
    String sealed = key.seal(secret, PURPOSE);

    assertThat(key.open(sealed, PURPOSE)).contains(secret);
    assertThat(SecretKey.of(text, RANDOM).open(sealed, PURPOSE)).contains(secret);
  }

  @Test
  void sealedTextDoesNotShowTheSecretAndIsNeverTheSame() {
    String sealed = key.seal("a secret", PURPOSE);
    String again = key.seal("a secret", PURPOSE);

    assertThat(
            new String(
                Base64.getDecoder().decode(sealed), java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain("secret");
    assertThat(again).isNotEqualTo(sealed);
    assertThat(key.open(again, PURPOSE)).contains("a secret");
  }

  @Test
  void anotherKeyOpensNothing() {
    String sealed = key.seal("a secret", PURPOSE);

    assertThat(SecretKey.of(SecretKey.generate(RANDOM), RANDOM).open(sealed, PURPOSE)).isEmpty();
    assertThat(key.open(sealed, PURPOSE)).isPresent();
  }

  /** So that no row of the catalog can take the place of another. */
  @Test
  void anotherPurposeOpensNothing() {
    String sealed = key.seal("a secret", PURPOSE);

    assertThat(key.open(sealed, "backend login b")).isEmpty();
    assertThat(key.open(sealed, "")).isEmpty();
    assertThat(key.open(sealed, PURPOSE)).isPresent();
  }

  @Test
  void everyDamageIsNoticed() {
    String sealed = key.seal("a secret", PURPOSE);
    byte[] bytes = Base64.getDecoder().decode(sealed);
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 1;
      assertThat(key.open(Base64.getEncoder().encodeToString(damaged), PURPOSE))
          .as("byte %d", i)
          .isEmpty();
      byte[] cut = java.util.Arrays.copyOf(bytes, i);
      assertThat(key.open(Base64.getEncoder().encodeToString(cut), PURPOSE))
          .as("first %d bytes", i)
          .isEmpty();
    }
    assertThat(key.open("not Base64 at all!", PURPOSE)).isEmpty();
    assertThat(key.open(sealed, PURPOSE)).isPresent();
  }

  @Test
  void blanksAroundAKeyDoNotCount() {
    assertThat(SecretKey.of("  " + text + "\n", RANDOM).open(key.seal("x", PURPOSE), PURPOSE))
        .contains("x");
  }

  @Test
  void keyThatIsNoneIsRefusedWithoutSayingIt() {
    String shorter = Base64.getEncoder().encodeToString(new byte[31]);
    String longer = Base64.getEncoder().encodeToString(new byte[33]);
    for (String wrong : new String[] {"", "hunter2hunter2", "%%%%", shorter, longer}) {
      assertThatThrownBy(() -> SecretKey.of(wrong, RANDOM))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("32 bytes in Base64")
          .satisfies(
              e -> {
                if (!wrong.isEmpty()) {
                  assertThat(e.toString()).doesNotContain(wrong);
                }
              });
    }
    assertThat(key.toString()).doesNotContain(text);
  }
}
