package dev.kvbm.logical.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdIndexTest {

  @ParameterizedTest
  @ValueSource(ints = {8, 60, 100_000, Integer.MAX_VALUE})
  void itHoldsWhatASetHolds(int bound) {
    long seed = 17;
    Random random = new Random(seed);
    IdIndex index = new IdIndex();
    Set<Integer> expected = new HashSet<>();
    for (int step = 0; step < 20_000; step++) {
      int id = random.nextInt(bound);
      if (random.nextInt(3) > 0) {
        assertThat(index.add(id)).as("seed %s, step %s", seed, step).isEqualTo(expected.add(id));
      } else {
        index.remove(id);
        expected.remove(id);
      }
      int other = random.nextInt(bound);
      assertThat(index.contains(other))
          .as("seed %s, step %s", seed, step)
          .isEqualTo(expected.contains(other));
      assertThat(index.size()).isEqualTo(expected.size());
    }
    assertThat(expected).allMatch(index::contains);
  }

  @Test
  void itIsEmptyAfterItWasCleared() {
    IdIndex index = new IdIndex();
    for (int id = 0; id < 100; id++) {
      index.add(id);
    }

    index.clear();

    assertThat(index.size()).isZero();
    for (int id = 0; id < 100; id++) {
      assertThat(index.contains(id)).isFalse();
    }
    assertThat(index.add(0)).isTrue();
  }
}
