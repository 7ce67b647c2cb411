package io.portcullis.privilege.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Behaves as a {@link HashMap}, also when hashes collide, and never changes what was. */
final class PersistentMapPropertyTest {

  /** Few different hashes, so that many keys share one. */
  private record Colliding(int value) {
    @Override
    public int hashCode() {
      return value % 7;
    }
  }

  @TestFactory
  Stream<DynamicTest> isLikeAHashMap() {
    return LongStream.range(0, 20)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> check(seed)));
  }

  private static void check(long seed) {
    Random random = new Random(seed);
    int range = 1 + random.nextInt(400);
    boolean collide = seed % 2 == 0;
    Map<Object, Integer> expected = new HashMap<>();
    PersistentMap<Object, Integer> map = PersistentMap.empty();
    for (int i = 0; i < 2_000; i++) {
      int number = random.nextInt(range);
      Object key = collide ? new Colliding(number) : Integer.valueOf(number * 31);
      PersistentMap<Object, Integer> before = map;
      Integer held = before.get(key);
      int size = before.size();
      if (random.nextInt(5) < 2) {
        expected.remove(key);
        map = map.without(key);
      } else {
        expected.put(key, i);
        map = map.with(key, i);
      }
      assertThat(before.get(key)).isEqualTo(held);
      assertThat(before.size()).isEqualTo(size);
      assertThat(map.get(key)).isEqualTo(expected.get(key));
      assertThat(map.size()).isEqualTo(expected.size());
      if (i % 50 == 0) {
        assertThat(map.values()).containsExactlyInAnyOrderElementsOf(expected.values());
        assertThat(map.keys()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        PersistentMap<Object, Integer> now = map;
        assertThat(expected).allSatisfy((k, v) -> assertThat(now.get(k)).isEqualTo(v));
      }
    }
    for (Object key : expected.keySet().toArray()) {
      map = map.without(key);
    }
    assertThat(map.isEmpty()).isTrue();
    assertThat(map.values()).isEmpty();
  }
}
