package dev.kvbm.logical.frequency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.Xxh3;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TinyLfuTest {

  @ParameterizedTest
  @CsvSource({
    "42, d5a6f8c838df27c8, 48bc5851e709ac3b, effabd351b61092f, 567e10798c1fc460",
    "99, 2a265f7ed597f223, 4d6e26d31c5b13bb, caf38d840a828da5, fe6820a94ecb94e2",
  })
  void hashesOf64BitKeysEqualTheReference(long key, String s0, String s1, String s2, String s3) {
    String[] expected = {s0, s1, s2, s3};
    for (int seed = 0; seed < 4; seed++) {
      assertThat(Xxh3.Secret.ofSeed(seed).hashLong(key))
          .isEqualTo(Long.parseUnsignedLong(expected[seed], 16));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0000000000000000,"
        + " d0a66a65c7528968, 429a28b194b931ae, f0174b31f14e1d0d, b7976af86a3153cb",
    "0123456789abcdef, 0123456789abcdef,"
        + " 28761a69e54c4229, eeedf6460fb2d1bb, 84c93d55fd2cd8d7, 1df2889a894e034b",
    "001946106a07c680, 61c0000000000000,"
        + " f9f8836c9fce5020, 435588ec4c7c1f72, 3faf96012bfa1702, cec41ea146c28a8b",
  })
  void hashesOf128BitKeysEqualTheReference(
      String hi, String lo, String s0, String s1, String s2, String s3) {
    String[] expected = {s0, s1, s2, s3};
    for (int seed = 0; seed < 4; seed++) {
      long hash =
          Xxh3.Secret.ofSeed(seed)
              .hashTwoLongs(Long.parseUnsignedLong(lo, 16), Long.parseUnsignedLong(hi, 16));
      assertThat(hash).isEqualTo(Long.parseUnsignedLong(expected[seed], 16));
    }
  }

  @Test
  void countersOfKey42AreWhereTheReferenceHasThem() {
    TinyLfuSketch sketch = new TinyLfuSketch(100);
    sketch.increment(42);
    assertThat(sketch.words()).hasSize(25);
    assertThat(sketch.words()[20]).isEqualTo((1L << 32) | (1L << 44));
    assertThat(sketch.words()[6]).isEqualTo(1L << 60);
    assertThat(sketch.words()[12]).isEqualTo(1L);
  }

  @Test
  void hundredKeysInTwoWordsFillTheUsedCounters() {
    TinyLfuSketch sketch = new TinyLfuSketch(10);
    for (long key = 0; key < 100; key++) {
      sketch.increment(key);
    }
    assertThat(sketch.size()).isEqualTo(78);
    assertThat(sketch.words()).containsExactly(0x0f0f0f0f0f0f0f0fL, 0xf0f0f0f0f0f0f0f0L);
    assertThat(sketch.estimate(5)).isEqualTo(15);
  }

  @Test
  void sixDecaysLeaveTheReferenceState() {
    int[] decays = {0};
    DecayPolicy eighty =
        increments -> {
          boolean decay = DecayPolicy.forCapacity(8).shouldDecay(increments);
          decays[0] += decay ? 1 : 0;
          return decay;
        };
    TinyLfuSketch sketch = new TinyLfuSketch(8, eighty);
    for (int i = 0; i < 400; i++) {
      sketch.increment(i % 7);
    }
    assertThat(decays[0]).isEqualTo(6);
    assertThat(sketch.size()).isEqualTo(67);
    assertThat(sketch.words()).containsExactly(0x0f0f0c0b0f0c000bL, 0xf0f0f0c000f0f0b0L);
    assertThat(IntStream.range(0, 7).map(key -> sketch.estimate(key)))
        .containsExactly(12, 11, 11, 15, 11, 15, 15);
  }

  @Test
  void saturatedIncrementsDoNotCount() {
    TinyLfuSketch sketch = new TinyLfuSketch(100);
    for (int i = 0; i < 20; i++) {
      sketch.increment(42);
    }
    assertThat(sketch.size()).isEqualTo(15);
    assertThat(sketch.estimate(42)).isEqualTo(15);
  }

  @Test
  void estimatesFollowIncrementsOfSmallCounts() {
    TinyLfuSketch sketch = new TinyLfuSketch(100);
    sketch.increment(42);
    assertThat(sketch.estimate(42)).isEqualTo(1);
    sketch.increment(42);
    sketch.increment(42);
    assertThat(sketch.estimate(42)).isEqualTo(3);
    assertThat(sketch.estimate(99)).isZero();
  }

  @Test
  void wideKeysUseBothHalves() {
    TinyLfuSketch sketch = new TinyLfuSketch(100);
    sketch.increment(0x0123456789abcdefL, 0x0123456789abcdefL);
    assertThat(sketch.estimate(0x0123456789abcdefL, 0x0123456789abcdefL)).isEqualTo(1);
    sketch.increment(0x0123456789abcdefL, 0x0123456789abcdefL);
    sketch.increment(0x0123456789abcdefL, 0x0123456789abcdefL);
    assertThat(sketch.estimate(0x0123456789abcdefL, 0x0123456789abcdefL)).isEqualTo(3);
    assertThat(sketch.estimate(0, 0)).isZero();
  }

  @Test
  void trackerCountsLikeItsSketch() {
    FrequencyTracker tracker = TinyLfuSettings.builder().capacity(100).build().createTracker();
    tracker.touch(1, 2);
    assertThat(tracker.count(1, 2)).isEqualTo(1);
    tracker.touchAll(new long[] {7, 1, 2, 1, 2, 7}, 1, 2);
    assertThat(tracker.count(1, 2)).isEqualTo(3);
    tracker.touchAll(LineageHashes.of(new PositionalLineageHash(1, 2)));
    assertThat(tracker.count(1, 2)).isEqualTo(4);
    assertThat(tracker.count(3, 4)).isZero();
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> tracker.touchAll(new long[] {3, 4, 3}, 0, 2));
    assertThat(tracker.count(3, 4)).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aNamedCapacityIsOneOfSoManyHashes(FrequencyCapacity capacity) {
    int words = TinyLfuSettings.builder().capacity(capacity).build().createSketch().words().length;
    assertThat(words).isEqualTo(new TinyLfuSketch(capacity.hashes()).words().length);
  }

  @Test
  void decaysOnceThePolicySaysSo() {
    AtomicBoolean armed = new AtomicBoolean();
    TinyLfuSketch sketch =
        TinyLfuSettings.builder()
            .capacity(100)
            .decayPolicy(_ -> armed.compareAndSet(true, false))
            .build()
            .createSketch();
    for (int i = 0; i < 4; i++) {
      sketch.increment(42);
    }
    assertThat(sketch.estimate(42)).isEqualTo(4);
    armed.set(true);
    sketch.increment(99);
    assertThat(sketch.estimate(42)).isEqualTo(2);
    assertThat(sketch.estimate(99)).isLessThanOrEqualTo(1);
  }

  @Test
  void fixedPolicyDecaysFromItsSampleOn() {
    DecayPolicy policy = DecayPolicy.fixed(100);
    assertThat(policy.shouldDecay(99)).isFalse();
    assertThat(policy.shouldDecay(100)).isTrue();
    assertThat(policy.shouldDecay(101)).isTrue();
  }

  @Test
  void capacityPolicyDecaysAfterTenIncrementsPerHash() {
    DecayPolicy policy = DecayPolicy.forCapacity(10);
    assertThat(policy.shouldDecay(99)).isFalse();
    assertThat(policy.shouldDecay(100)).isTrue();
    DecayPolicy largest = DecayPolicy.forCapacity(Integer.MAX_VALUE);
    assertThat(largest.shouldDecay(0xFFFF_FFFEL)).isFalse();
    assertThat(largest.shouldDecay(0xFFFF_FFFFL)).isTrue();
  }

  @Test
  void aCustomPolicyLeavesCountsAloneUntilItsSample() {
    TinyLfuSketch sketch =
        TinyLfuSettings.builder()
            .capacity(100)
            .decayPolicy(DecayPolicy.fixed(500))
            .build()
            .createSketch();
    assertThat(sketch.estimate(1)).isZero();
    for (int i = 0; i < 10; i++) {
      sketch.increment(1);
    }
    assertThat(sketch.estimate(1)).isGreaterThanOrEqualTo(5);
  }

  @Test
  void nonsenseSettingsAreRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> TinyLfuSettings.builder().build())
        .withMessageContaining("capacity is required");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TinyLfuSettings.builder().capacity(-1))
        .withMessageContaining("-1");
    assertThatIllegalArgumentException().isThrownBy(() -> new TinyLfuSketch(-5));
    DecayPolicy never = _ -> false;
    assertThatIllegalArgumentException().isThrownBy(() -> new TinyLfuSketch(-5, never));
    assertThatIllegalArgumentException().isThrownBy(() -> new TinyLfuSettings(-5, never));
    assertThatIllegalArgumentException().isThrownBy(() -> DecayPolicy.fixed(-1));
  }

  @Test
  void theTrackerThatCountsNothingAlwaysSaysZero() {
    FrequencyTracker tracker = NoOpTracker.INSTANCE;
    tracker.touch(1, 2);
    tracker.touchAll(new long[] {1, 2}, 0, 1);
    assertThat(tracker.count(1, 2)).isZero();
  }
}
