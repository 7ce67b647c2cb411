package io.portcullis.privilege.credential;

import static io.portcullis.privilege.credential.FastAuthCache.Outcome.ACCEPTED;
import static io.portcullis.privilege.credential.FastAuthCache.Outcome.REJECTED;
import static io.portcullis.privilege.credential.FastAuthCache.Outcome.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.model.Verifiers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FastAuthCacheTest {

  private static final UserId USER = new UserId(7);
  private static final Verifiers OLD = new Verifiers("old", "");
  private static final Verifiers NEW = new Verifiers("new", "");
  private static final byte[] NONCE = "abcdefghijklmnopqrst".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PASSWORD = "secret".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SCRAMBLE = PasswordVerifier.sha2Scramble(PASSWORD, NONCE);

  @Test
  void knowsNothingBeforeTheFirstFullAuthentication() {
    FastAuthCache cache = new FastAuthCache(10);

    assertThat(cache.check(USER, OLD, NONCE, SCRAMBLE)).isEqualTo(UNKNOWN);
  }

  @Test
  void acceptsTheRememberedPasswordOnly() {
    FastAuthCache cache = new FastAuthCache(10);
    cache.remember(USER, OLD, PASSWORD);

    assertThat(cache.check(USER, OLD, NONCE, SCRAMBLE)).isEqualTo(ACCEPTED);
    assertThat(cache.check(USER, OLD, NONCE, new byte[32])).isEqualTo(REJECTED);
  }

  @Test
  void passwordChangeForgetsTheOldPassword() {
    FastAuthCache cache = new FastAuthCache(10);
    cache.remember(USER, OLD, PASSWORD);

    assertThat(cache.check(USER, NEW, NONCE, SCRAMBLE)).isEqualTo(UNKNOWN);
  }

  @Test
  void passwordOfOneUserIsNotThatOfAnother() {
    FastAuthCache cache = new FastAuthCache(10);
    cache.remember(USER, OLD, PASSWORD);

    assertThat(cache.check(new UserId(8), OLD, NONCE, SCRAMBLE)).isEqualTo(UNKNOWN);
  }
}
