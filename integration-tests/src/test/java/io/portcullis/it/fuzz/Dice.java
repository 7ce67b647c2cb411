package io.portcullis.it.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/** Choices, all of them decided by a seed. */
final class Dice {

  private final SplittableRandom random;

  Dice(long seed) {
    random = new SplittableRandom(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** True in that many of a hundred cases. */
  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  String one(String... alternatives) {
    return alternatives[random.nextInt(alternatives.length)];
  }

  <T> T one(List<T> alternatives) {
    return alternatives.get(random.nextInt(alternatives.size()));
  }
}
