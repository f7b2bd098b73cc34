package dev.kvbm.logical.frequency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a tracker gets for nothing that implements single touches only. */
class FrequencyTrackerTest {

  private static final class Recorder implements FrequencyTracker {
    final List<String> touches = new ArrayList<>();

    @Override
    public void touch(long hi, long lo) {
      touches.add(hi + "/" + lo);
    }

    @Override
    public int count(long hi, long lo) {
      return 0;
    }
  }

  private final Recorder tracker = new Recorder();

  @Test
  void aBatchTouchesEachHashInItsOrder() {
    tracker.touchAll(
        LineageHashes.of(
            new PositionalLineageHash(5, 6),
            new PositionalLineageHash(1, 2),
            new PositionalLineageHash(5, 6)));
    assertThat(tracker.touches).containsExactly("5/6", "1/2", "5/6");
    tracker.touchAll(LineageHashes.empty());
    assertThat(tracker.touches).hasSize(3);
  }

  @Test
  void aBatchOfWordsTouchesWhatItsRangeHolds() {
    tracker.touchAll(new long[] {9, 1, 2, 3, 4, 9}, 1, 2);
    assertThat(tracker.touches).containsExactly("1/2", "3/4");
    tracker.touchAll(new long[] {9}, 1, 0);
    assertThat(tracker.touches).hasSize(2);
  }

  @Test
  void aRangeThatDoesNotFitTouchesNothing() {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> tracker.touchAll(new long[] {1, 2, 3}, 0, 2));
    assertThat(tracker.touches).isEmpty();
  }
}
