package io.portcullis.sql.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LikePatternTest {

  @Test
  void percentStandsForAnyText() {
    assertThat(LikePattern.matches("sh%", "shop")).isTrue();
    assertThat(LikePattern.matches("%o%", "shop")).isTrue();
    assertThat(LikePattern.matches("%", "")).isTrue();
    assertThat(LikePattern.matches("sh%x", "shop")).isFalse();
  }

  @Test
  void underscoreStandsForOneCharacter() {
    assertThat(LikePattern.matches("sh_p", "shop")).isTrue();
    assertThat(LikePattern.matches("sh_", "shop")).isFalse();
    assertThat(LikePattern.matches("_", "")).isFalse();
  }

  @Test
  void backslashTakesThemLiterally() {
    assertThat(LikePattern.matches("a\\_b", "a_b")).isTrue();
    assertThat(LikePattern.matches("a\\_b", "axb")).isFalse();
    assertThat(LikePattern.matches("100\\%", "100%")).isTrue();
    assertThat(LikePattern.matches("100\\%", "1000")).isFalse();
  }

  @Test
  void caseDoesNotMatter() {
    assertThat(LikePattern.matches("SHOP", "shop")).isTrue();
    assertThat(LikePattern.matches("shop", "shops")).isFalse();
  }

  @Test
  void manyPercentSignsTakeBoundedTime() {
    assertThat(LikePattern.matches("%a".repeat(200), "a".repeat(199))).isFalse();
    assertThat(LikePattern.matches("%a".repeat(200), "a".repeat(200))).isTrue();
  }
}
