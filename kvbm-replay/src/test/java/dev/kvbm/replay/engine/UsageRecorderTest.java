package dev.kvbm.replay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageRecorderTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void meansAreWeightedByTimeAndThePointsAreFew(long seed) {
    Random random = new Random(seed);
    UsageRecorder recorder = new UsageRecorder();
    long at = 0;
    double pinnedNanos = 0;
    double waitingNanos = 0;
    int mostPinned = 0;
    int mostRunning = 0;
    for (int i = 0; i < 3_000; i++) {
      at += random.nextInt(3) == 0 ? random.nextInt(50_000_000) : 0; // idle
      long until = at + 1 + random.nextInt(30_000_000);
      int pinned = random.nextInt(1_000);
      int running = random.nextInt(50);
      int waiting = random.nextInt(9);
      recorder.add(at, until, pinned, running, waiting);
      pinnedNanos += (double) (until - at) * pinned;
      waitingNanos += (double) (until - at) * waiting;
      mostPinned = Math.max(mostPinned, pinned);
      mostRunning = Math.max(mostRunning, running);
      at = until;
    }

    Usage usage = recorder.usage();

    assertThat(usage.points()).hasSizeBetween(Usage.MOST_POINTS / 2, Usage.MOST_POINTS);
    assertThat(usage.widthNanos() * usage.points().size()).isGreaterThanOrEqualTo(at);
    assertThat(usage.meanPinnedBlocks()).as("seed %d", seed).isCloseTo(pinnedNanos / at, near());
    assertThat(usage.meanWaiting()).as("seed %d", seed).isCloseTo(waitingNanos / at, near());
    assertThat(usage.maxPinnedBlocks()).isEqualTo(mostPinned);
    assertThat(usage.maxRunning()).isEqualTo(mostRunning);
    double again = 0;
    for (int i = 0; i < usage.points().size(); i++) {
      long width = Math.min(usage.widthNanos(), at - i * usage.widthNanos());
      again += usage.points().get(i).meanPinnedBlocks() * width;
    }
    assertThat(again / at).isCloseTo(usage.meanPinnedBlocks(), near());
  }

  private static org.assertj.core.data.Offset<Double> near() {
    return offset(1e-6);
  }

  @Test
  void nothingGivesNothing() {
    Usage usage = new UsageRecorder().usage();

    assertThat(usage.points()).isEmpty();
    assertThat(usage.meanPinnedBlocks()).isZero();
  }
}
