package dev.kvbm.bench.cases;

import dev.kvbm.logical.frequency.FrequencySketch;
import dev.kvbm.logical.frequency.FrequencyTracker;
import dev.kvbm.logical.frequency.TinyLfuSketch;
import dev.kvbm.logical.frequency.TinyLfuTracker;

/**
 * One touch or one estimate of keys in turn. The plain form uses the tracker that registries use by
 * default, {@code exact} the one that counts like the original to the last bit.
 */
final class TrackerCases {
  private TrackerCases() {}

  static BenchCase touch(CaseName name) {
    return new Touch(name);
  }

  static BenchCase count(CaseName name) {
    return new Count(name);
  }

  abstract static class Keys extends BenchCase {
    final FrequencyTracker tracker;
    private final long[] keys;
    private int next;

    Keys(CaseName name) {
      int capacity = name.number("cap");
      tracker =
          name.isForm("exact")
              ? new TinyLfuTracker(new TinyLfuSketch(capacity))
              : FrequencySketch.builder().capacity(capacity).build();
      SplitMix random = new SplitMix(3);
      keys = new long[2 * name.number("keys")];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = random.next();
      }
      tracker.touchAll(keys, 0, keys.length / 2);
    }

    /** Index of the high word of the key whose turn it is; the low word follows. */
    final int turn() {
      int now = next;
      next = now + 2 == keys.length ? 0 : now + 2;
      return now;
    }

    final long word(int i) {
      return keys[i];
    }

    @Override
    public long expected() {
      return 1;
    }
  }

  private static final class Touch extends Keys {
    Touch(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      int key = turn();
      tracker.touch(word(key), word(key + 1));
      return 1;
    }
  }

  private static final class Count extends Keys {
    Count(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      int key = turn();
      return tracker.count(word(key), word(key + 1)) > 0 ? 1 : 0;
    }
  }
}
