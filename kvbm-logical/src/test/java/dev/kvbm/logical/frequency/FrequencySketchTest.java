package dev.kvbm.logical.frequency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrequencySketchTest {
  private static final long SEED = 20_261_121;
  private static final long NEVER = Long.MAX_VALUE;

  @Test
  void touchesAreCountedUpToFifteen() {
    FrequencySketch sketch = FrequencySketch.builder().capacity(1024).build();
    assertThat(sketch.count(1, 2)).isZero();
    for (int touches = 1; touches <= 40; touches++) {
      sketch.touch(1, 2);
      assertThat(sketch.count(1, 2)).isEqualTo(Math.min(touches, 15));
    }
    assertThat(sketch.count(2, 1)).isZero();
  }

  @Test
  void batchesCountLikeSingleTouches() {
    // Small and large tables fetch differently; agings fall into the batches.
    for (int capacity : new int[] {8, 1 << 20}) {
      var builder = FrequencySketch.builder().capacity(capacity).sampleTouches(1000);
      FrequencySketch single = builder.build();
      FrequencySketch words = builder.build();
      FrequencySketch list = builder.build();
      SplittableRandom random = new SplittableRandom(SEED);
      for (int round = 0; round < 30; round++) {
        PositionalLineageHash[] hashes = new PositionalLineageHash[random.nextInt(150)];
        int from = round % 2 == 0 ? 3 : 0;
        long[] flat = new long[2 * hashes.length + from];
        for (int i = 0; i < hashes.length; i++) {
          hashes[i] = PositionalLineageHash.of(random.nextInt(40), 0, 0);
          flat[from + 2 * i] = hashes[i].hi();
          flat[from + 1 + 2 * i] = hashes[i].lo();
          single.touch(hashes[i].hi(), hashes[i].lo());
        }
        words.touchAll(flat, from, hashes.length);
        list.touchAll(LineageHashes.of(hashes));
        for (int current = 0; current < 40; current++) {
          PositionalLineageHash hash = PositionalLineageHash.of(current, 0, 0);
          int expected = single.count(hash.hi(), hash.lo());
          assertThat(words.count(hash.hi(), hash.lo())).isEqualTo(expected);
          assertThat(list.count(hash.hi(), hash.lo())).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void aBatchThatDoesNotFitItsArrayCountsNothing() {
    FrequencySketch sketch = FrequencySketch.builder().capacity(64).build();
    long[] words = {1, 2, 3, 4};
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> sketch.touchAll(words, 1, 2));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> sketch.touchAll(words, 0, Integer.MAX_VALUE));
    assertThat(sketch.count(2, 3)).isZero();
    assertThat(sketch.count(1, 2)).isZero();
  }

  @Test
  void everyCounterIsHalvedOnceInASample() {
    FrequencySketch sketch = FrequencySketch.builder().capacity(1024).sampleTouches(5000).build();
    for (int key = 0; key < 50; key++) {
      for (int i = 0; i < 12; i++) {
        sketch.touch(key, ~key);
      }
    }
    int[] before = counts(sketch, 50);
    // The rest of this sample and the first part of the next: 5000 touches in all. They go to one
    // other key, which can share counters with few of the 50.
    for (int i = 0; i < 5000; i++) {
      sketch.touch(1 << 20, 77);
    }
    int[] after = counts(sketch, 50);
    int halved = 0;
    for (int key = 0; key < 50; key++) {
      halved += after[key] == before[key] / 2 ? 1 : 0;
    }
    for (int count : before) {
      assertThat(count).isBetween(6, 12);
    }
    assertThat(halved).isGreaterThanOrEqualTo(48);
  }

  @Test
  void theTouchThatCompletesASampleHalvesWhatItFinds() {
    FrequencySketch sketch = FrequencySketch.builder().capacity(8).sampleTouches(4).build();
    int[] expected = {1, 2, 3, 2, 3, 4, 5, 3};
    for (int count : expected) {
      sketch.touch(1, 2);
      assertThat(sketch.count(1, 2)).isEqualTo(count);
    }
  }

  private static int[] counts(FrequencySketch sketch, int keys) {
    int[] counts = new int[keys];
    for (int key = 0; key < keys; key++) {
      counts[key] = sketch.count(key, ~key);
    }
    return counts;
  }

  @Test
  void whatIsNoLongerTouchedFadesAway() {
    FrequencySketch sketch = FrequencySketch.builder().capacity(4096).build();
    for (int i = 0; i < 15; i++) {
      sketch.touch(1, 1);
    }
    SplittableRandom random = new SplittableRandom(SEED);
    for (long i = 0; i < 5 * sketch.sampleTouches(); i++) {
      sketch.touch(0, random.nextInt(200));
    }
    assertThat(sketch.count(1, 1)).isZero();
    assertThat(sketch.count(0, 5)).isGreaterThan(10);
  }

  @Test
  void aSampleSmallerThanTheTableStillHalvesEverythingOnce() {
    FrequencySketch sketch = FrequencySketch.builder().capacity(1024).sampleTouches(4).build();
    sketch.touch(1, 1);
    for (int i = 0; i < 4; i++) {
      sketch.touch(2, 2);
    }
    assertThat(sketch.count(1, 1)).isZero();
  }

  /** The reference's sketch of equal memory, on the same stream. */
  @ParameterizedTest
  @ValueSource(doubles = {0.7, 0.9, 1.1})
  void countsAreFarCloserToTheTruthThanTheReferences(double skew) {
    int capacity = 1 << 13;
    FrequencySketch sketch =
        FrequencySketch.builder().capacity(capacity).sampleTouches(NEVER).build();
    FrequencyTracker reference =
        TinyLfuSettings.builder()
            .capacity(capacity)
            .decayPolicy(_ -> false)
            .build()
            .createTracker();
    int keys = 16 * capacity;
    int[] exact = new int[keys];
    for (int key : zipf(keys, 3 * capacity, skew)) {
      exact[key]++;
      sketch.touch(hi(key), lo(key));
      reference.touch(hi(key), lo(key));
    }
    double sketchError = meanError(sketch, exact);
    double referenceError = meanError(reference, exact);
    assertThat(sketchError).as("seed %d", SEED).isLessThan(0.4).isLessThan(referenceError / 20);
  }

  @Test
  void hotBlocksStandOutInAnEndlessStream() {
    int capacity = 1 << 12;
    FrequencySketch sketch = FrequencySketch.builder().capacity(capacity).build();
    int keys = 16 * capacity;
    for (int key : zipf(keys, 100 * capacity, 0.9)) {
      sketch.touch(hi(key), lo(key));
    }
    double hot = 0;
    double cold = 0;
    for (int i = 0; i < 100; i++) {
      hot += sketch.count(hi(i), lo(i)) / 100.0;
      cold += sketch.count(hi(keys - 1 - i), lo(keys - 1 - i)) / 100.0;
    }
    assertThat(hot).as("seed %d", SEED).isGreaterThan(14);
    assertThat(cold).as("seed %d", SEED).isLessThan(2.5);
  }

  private static double meanError(FrequencyTracker tracker, int[] exact) {
    long error = 0;
    int seen = 0;
    for (int key = 0; key < exact.length; key++) {
      if (exact[key] > 0) {
        error += Math.abs(tracker.count(hi(key), lo(key)) - Math.min(15, exact[key]));
        seen++;
      }
    }
    return (double) error / seen;
  }

  /** Keys as lineage hashes have them: a position, then bits of a hash. */
  private static long hi(int key) {
    return PositionalLineageHash.packHi(key * 0x9E3779B97F4A7C15L, 0, key % 50);
  }

  private static long lo(int key) {
    return PositionalLineageHash.packLo(key * 0x9E3779B97F4A7C15L, 0, key % 50);
  }

  /** Key ranks, 0 the most frequent. */
  private static int[] zipf(int keys, int touches, double skew) {
    double[] upTo = new double[keys];
    double sum = 0;
    for (int i = 0; i < keys; i++) {
      sum += Math.pow(i + 1, -skew);
      upTo[i] = sum;
    }
    SplittableRandom random = new SplittableRandom(SEED);
    int[] stream = new int[touches];
    for (int i = 0; i < touches; i++) {
      int found = Arrays.binarySearch(upTo, random.nextDouble() * sum);
      stream[i] = Math.min(keys - 1, found < 0 ? -found - 1 : found);
    }
    return stream;
  }

  /** Uses more than 15 of 16 counters where the reference's sketch uses one in sixteen. */
  @Test
  void estimatesOfUnseenHashesStayLowWhenTheSketchIsFull() {
    int capacity = 1 << 12;
    FrequencySketch sketch =
        FrequencySketch.builder().capacity(capacity).sampleTouches(NEVER).build();
    for (int key = 0; key < capacity; key++) {
      sketch.touch(hi(key), lo(key));
    }
    int wrong = 0;
    for (int key = capacity; key < 2 * capacity; key++) {
      wrong += sketch.count(hi(key), lo(key)) == 0 ? 0 : 1;
    }
    assertThat(wrong).isLessThan(capacity / 4);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void concurrentTouchesAreNotLost(boolean reference) throws Exception {
    FrequencyTracker tracker =
        reference
            ? TinyLfuSettings.builder().capacity(1 << 14).build().createTracker()
            : FrequencySketch.builder().capacity(1 << 14).sampleTouches(NEVER).build();
    int threads = 4;
    int keys = 64;
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      long[] words = new long[2 * keys];
      LineageHashBuffer hashes = new LineageHashBuffer();
      for (int key = 0; key < keys; key++) {
        words[2 * key] = hi(key);
        words[2 * key + 1] = lo(key);
        hashes.add(hi(key), lo(key));
      }
      tasks.add(
          () -> {
            int outside = 0;
            for (int round = 0; round < 3; round++) {
              switch (round) {
                case 0 -> tracker.touchAll(words, 0, keys);
                case 1 -> tracker.touchAll(hashes);
                default -> hashes.forEach(hash -> tracker.touch(hash.hi(), hash.lo()));
              }
              for (int key = 0; key < keys; key++) {
                int count = tracker.count(hi(key), lo(key));
                outside += count < 0 || count > 15 ? 1 : 0;
              }
            }
            return outside;
          });
    }
    assertThat(runAll(threads, tasks)).containsOnly(0);
    for (int key = 0; key < keys; key++) {
      int count = tracker.count(hi(key), lo(key));
      assertThat(count).isGreaterThanOrEqualTo(12);
      // 64 hashes in 16,384 share no counters here, so exactly the touches show.
      assertThat(reference || count == 12).as("count %d of key %d", count, key).isTrue();
    }
  }

  @Test
  void countsStayInRangeWhileTouchesAndAgingRace() throws Exception {
    FrequencySketch sketch = FrequencySketch.builder().capacity(64).sampleTouches(50).build();
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      boolean reader = t % 2 == 0;
      tasks.add(
          () -> {
            int outside = 0;
            for (int i = 0; i < 50_000; i++) {
              if (reader) {
                int count = sketch.count(0, i % 100);
                outside += count < 0 || count > 15 ? 1 : 0;
              } else {
                sketch.touch(0, i % 100);
              }
            }
            return outside;
          });
    }
    assertThat(runAll(4, tasks)).containsOnly(0);
  }

  private static List<Integer> runAll(int threads, List<Callable<Integer>> tasks) throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Integer> results = new ArrayList<>();
      for (Future<Integer> future : executor.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    }
  }

  @Test
  void capacityIsRoundedUpToAPowerOfTwo() {
    assertThat(FrequencySketch.builder().capacity(1).build().capacity()).isEqualTo(8);
    assertThat(FrequencySketch.builder().capacity(1000).build().capacity()).isEqualTo(1024);
    assertThat(FrequencySketch.builder().capacity(1024).build().capacity()).isEqualTo(1024);
    assertThat(FrequencySketch.builder().capacity(1000).build().sampleTouches()).isEqualTo(10_240);
  }

  @ParameterizedTest
  @EnumSource(FrequencyCapacity.class)
  void namedCapacitiesMakeTrackers(FrequencyCapacity capacity) {
    FrequencyTracker tracker = capacity.createTracker();
    tracker.touch(3, 4);
    assertThat(tracker.count(3, 4)).isEqualTo(1);
    assertThat(Integer.bitCount(capacity.hashes())).isEqualTo(1);
  }

  @Test
  void aSketchTellsItsSizeAndHowLongItRemembers() {
    assertThat(FrequencySketch.builder().capacity(1_000).sampleTouches(77).build())
        .hasToString("FrequencySketch[capacity=1024, sampleTouches=77]");
  }

  @Test
  void nonsenseSettingsAreRefused() {
    var builder = FrequencySketch.builder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.capacity(0))
        .withMessageContaining("capacity of 0");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.capacity((1 << 30) + 1));
    assertThat(builder.capacity(1 << 30).sampleTouches(1)).as("the limits").isSameAs(builder);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.sampleTouches(0))
        .withMessageContaining("every 0 touches");
  }
}
