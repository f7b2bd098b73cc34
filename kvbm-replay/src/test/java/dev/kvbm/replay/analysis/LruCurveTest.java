package dev.kvbm.replay.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LruCurveTest {

  @ParameterizedTest
  @EnumSource
  void everySizeEqualsASimulationOfThatSizeEvenForRequestsLargerThanTheCache(CacheRule rule) {
    for (int seed = 0; seed < 36; seed++) {
      Random random = new Random(seed);
      ListTrace list = ListTrace.random(random, 50, 2 + seed % 20, 2 + seed % 3);
      PreparedTrace trace = PreparedTrace.of(list, rule, seed % 4 * 0.25);
      LruCurve curve = LruCurve.of(trace);
      for (int blocks = 1; blocks <= trace.uniqueBlocks() + 3; blocks++) {
        assertThat(curve.at(blocks))
            .as("seed %d, %d blocks", seed, blocks)
            .isEqualTo(NaiveCaches.lru(trace, blocks));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBrokenPrefixIsNoHitThoughItsBlocksAreResident(CacheRule rule) {
    // The same block after different blocks: no sound trace has this, but files do.
    for (int seed = 0; seed < 80; seed++) {
      Random random = new Random(seed);
      ListTrace list = new ListTrace("mixed", 4);
      for (int r = 0; r < 40; r++) {
        int[] ids = random.ints(0, 14).distinct().limit(1 + random.nextInt(9)).toArray();
        list.addAt(r, -1, ids.length * 4L - random.nextInt(4), ids);
      }
      PreparedTrace trace = PreparedTrace.of(list, rule, 0);
      LruCurve curve = LruCurve.of(trace);
      for (int blocks = 1; blocks <= 17; blocks++) {
        assertThat(curve.at(blocks))
            .as("seed %d, %d blocks", seed, blocks)
            .isEqualTo(NaiveCaches.lru(trace, blocks));
      }
    }
  }

  @Test
  void ranksStayRightWhenTheRowOfPlacesIsClosedUp() {
    Random random = new Random(7);
    RecencyStack stack = new RecencyStack(200);
    List<Integer> order = new ArrayList<>();
    for (int step = 0; step < 2_000; step++) {
      int[] ids = random.ints(0, 200).distinct().limit(1 + random.nextInt(40)).toArray();
      stack.touchDeepestFirst(ids, 0, ids.length);
      for (int i = ids.length - 1; i >= 0; i--) {
        order.remove(/* element */ (Integer) ids[i]);
        order.addFirst(ids[i]);
      }
      int probe = order.get(random.nextInt(order.size()));
      assertThat(stack.rankOfPlace(stack.place(probe)))
          .as("step %d", step)
          .isEqualTo(order.indexOf(probe) + 1);
      assertThat(stack.size()).isEqualTo(order.size());
    }
  }

  @Test
  void theSmallestSizeForAnyNumberOfHitsIsFound() {
    PreparedTrace trace =
        PreparedTrace.of(ListTrace.random(new Random(3), 200, 12, 3), CacheRule.TRACE, 0);
    LruCurve curve = LruCurve.of(trace);
    long ceiling = new Bounds(trace).infinite().hits();

    assertThat(curve.blocksForHits(ceiling + 1)).isEqualTo(-1);
    for (long wanted : new long[] {1, ceiling / 3, ceiling / 2, ceiling}) {
      int size = curve.blocksForHits(wanted);
      assertThat((long) curve.hitsAt(size)).isGreaterThanOrEqualTo(wanted);
      assertThat((long) curve.hitsAt(size - 1)).isLessThan(wanted);
    }
    assertThat(curve.blocksForCeiling()).isEqualTo(curve.blocksForHits(ceiling));
  }

  @Test
  void drawingSizesGrowAndIncludeBothEnds() {
    int[] sizes = LruCurve.logarithmicSizes(3, 40_000, 50);

    assertThat(sizes).isSorted().doesNotHaveDuplicates().startsWith(3).endsWith(40_000);
    assertThat(sizes.length).isLessThanOrEqualTo(50);
    assertThat(LruCurve.logarithmicSizes(5, 5, 9)).containsExactly(5);
    assertThatThrownBy(() -> LruCurve.logarithmicSizes(0, 5, 9))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
