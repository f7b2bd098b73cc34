package dev.kvbm.replay.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BoundsTest {

  @ParameterizedTest
  @EnumSource
  void noChoiceOfVictimsBeatsTheBoundsAndSomeChoiceReachesThem(CacheRule rule) {
    for (int seed = 0; seed < 150; seed++) {
      ListTrace list = ListTrace.random(new Random(seed), 8, 4, 2);
      PreparedTrace trace = PreparedTrace.of(list, rule, seed % 2 * 0.4);
      Bounds bounds = new Bounds(trace);
      for (int blocks = 1; blocks <= 6; blocks++) {
        assertThat(bounds.at(Bound.MIN, blocks).hits())
            .as("min, seed %d, %d blocks", seed, blocks)
            .isEqualTo(NaiveCaches.best(trace, blocks, false));
        assertThat(bounds.at(Bound.MINB, blocks).hits())
            .as("minb, seed %d, %d blocks", seed, blocks)
            .isEqualTo(NaiveCaches.best(trace, blocks, true));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void boundsEncloseLruAndReachTheCeilingExactlyAtTheSizeTheyName(CacheRule rule) {
    for (int seed = 0; seed < 60; seed++) {
      PreparedTrace trace =
          PreparedTrace.of(ListTrace.random(new Random(seed), 60, 12, 3), rule, seed % 3 * 0.3);
      Bounds bounds = new Bounds(trace);
      LruCurve lru = LruCurve.of(trace);
      long ceiling = bounds.infinite().hits();
      for (int blocks = 1; blocks <= trace.uniqueBlocks() + 2; blocks++) {
        long min = bounds.at(Bound.MIN, blocks).hits();
        long minb = bounds.at(Bound.MINB, blocks).hits();
        String where = "seed " + seed + ", " + blocks + " blocks";
        assertThat(min).as(where).isBetween((long) lru.hitsAt(blocks), minb);
        assertThat(minb).as(where).isLessThanOrEqualTo(ceiling);
        assertThat(min == ceiling)
            .as(where)
            .isEqualTo(blocks >= bounds.blocksForCeiling(Bound.MIN));
        assertThat(minb == ceiling)
            .as(where)
            .isEqualTo(blocks >= bounds.blocksForCeiling(Bound.MINB));
      }
    }
  }

  @Test
  void warmUpFillsTheCacheButIsNotCounted() {
    ListTrace list = new ListTrace("t", 4).add(0, 1).add(2).add(0, 1).add(2).add(0, 1);
    PreparedTrace trace = PreparedTrace.of(list, CacheRule.TRACE, 0.5);

    CacheCounts counts = new Bounds(trace).infinite();

    assertThat(trace.firstCounted()).isEqualTo(2);
    assertThat(counts.requests()).isEqualTo(3);
    assertThat(counts.accesses()).isEqualTo(5);
    assertThat(counts.hits()).isEqualTo(5);
    assertThat(counts.inserted()).isZero();
    assertThat(counts.hitTokens()).isEqualTo(counts.inputTokens()).isEqualTo(20);
  }

  @Test
  void anEngineNeverHitsTheBlockOfTheLastToken() {
    ListTrace list = new ListTrace("t", 4);
    list.addAt(0, -1, 8, 0, 1)
        .addAt(1, -1, 8, 0, 1)
        .addAt(2, -1, 9, 0, 1, 2)
        .addAt(3, -1, 9, 0, 1, 2);

    List<Integer> trace = hitsPerRequest(PreparedTrace.of(list, CacheRule.TRACE, 0));
    List<Integer> engine = hitsPerRequest(PreparedTrace.of(list, CacheRule.ENGINE, 0));

    assertThat(trace).containsExactly(0, 2, 2, 3);
    assertThat(engine).containsExactly(0, 1, 2, 2);
  }

  private static List<Integer> hitsPerRequest(PreparedTrace trace) {
    List<Integer> hits = new ArrayList<>();
    new Bounds(trace).run(Bound.INFINITE, 1, (_, count) -> hits.add(count));
    return hits;
  }

  @Test
  void resultsComeInTheOrderOfTheSizesAsked() {
    PreparedTrace trace =
        PreparedTrace.of(ListTrace.random(new Random(1), 50, 8, 2), CacheRule.TRACE, 0);

    assertThat(new Bounds(trace).all(Bound.MINB, 9, 2, 5))
        .extracting(CacheCounts::blocks)
        .containsExactly(9, 2, 5);
  }

  @Test
  void badInputIsRefusedWithItsValue() {
    ListTrace list = new ListTrace("t", 4).add(0, 1);
    PreparedTrace trace = PreparedTrace.of(list, CacheRule.TRACE, 0);

    assertThatThrownBy(() -> new Bounds(trace).all(Bound.MIN, 4, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 blocks");
    assertThatThrownBy(() -> PreparedTrace.of(list, CacheRule.TRACE, 1.0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1.0");
    assertThatThrownBy(() -> PreparedTrace.of(list, CacheRule.TRACE, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> PreparedTrace.of(new ListTrace("t", 4).add(0, 1, 0), CacheRule.TRACE, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("request 0 lists block 0 twice");
    assertThatThrownBy(() -> CacheRule.ofLabel("exact"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'exact'");
  }

  @Test
  void anEmptyTraceHasEmptyResults() {
    PreparedTrace trace = PreparedTrace.of(new ListTrace("t", 4), CacheRule.ENGINE, 0.3);

    assertThat(new Bounds(trace).infinite().hitRate()).isZero();
    assertThat(new Bounds(trace).at(Bound.MINB, 3).tokenHitRate()).isZero();
    assertThat(new Bounds(trace).blocksForCeiling(Bound.MIN)).isEqualTo(1);
    assertThat(LruCurve.of(trace).at(5).hits()).isZero();
  }
}
