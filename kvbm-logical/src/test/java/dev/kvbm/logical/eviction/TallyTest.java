package dev.kvbm.logical.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TallyTest {
  @Test
  void everyKeyHasItsOwnCountAndTheTableGrows() {
    SplittableRandom random = new SplittableRandom(11);
    Tally tally = new Tally(0);
    Map<Integer, Integer> expected = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      int key = random.nextInt(-900, 900);
      assertThat(tally.increment(key)).isEqualTo(expected.merge(key, 1, Integer::sum));
    }
  }
}
