package io.portcullis.privilege.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Gathers bits per key as a map would. */
final class LongMapPropertyTest {

  @Test
  void isLikeAHashMap() {
    Random random = new Random(1);
    LongMap map = new LongMap();
    Map<Long, Long> expected = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      long key = random.nextBoolean() ? random.nextInt(3_000) : random.nextLong();
      long bits = 1L << random.nextInt(64);
      map.or(key, bits);
      expected.merge(key, bits, (a, b) -> a | b);
    }
    assertThat(map.size()).isEqualTo(expected.size());
    expected.forEach((key, bits) -> assertThat(map.get(key)).isEqualTo(bits));
    assertThat(map.get(-5)).isEqualTo(expected.getOrDefault(-5L, 0L));
    assertThat(new LongMap().get(0)).isZero();
  }
}
