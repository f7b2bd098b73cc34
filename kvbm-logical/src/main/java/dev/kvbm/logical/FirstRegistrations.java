package dev.kvbm.logical;

import dev.kvbm.logical.frequency.FrequencyTracker;
import dev.kvbm.tokens.LineageHashBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The hashes of one registration call that its manager did not hold before: each that nobody else
 * knew either counts as an access once.
 *
 * <p>Filled under the store's lock, counted after it, because other managers have to be asked.
 */
abstract sealed class FirstRegistrations {
  private static final FirstRegistrations IGNORED = new Ignored();

  static FirstRegistrations of(BlockStore<?> store, @Nullable FrequencyTracker tracker) {
    return tracker == null ? IGNORED : new Counted(store, tracker);
  }

  abstract void add(long hi, long lo);

  abstract void touch();

  private static final class Ignored extends FirstRegistrations {
    @Override
    void add(long hi, long lo) {}

    @Override
    void touch() {}
  }

  private static final class Counted extends FirstRegistrations {
    private final BlockStore<?> store;
    private final FrequencyTracker tracker;
    private @Nullable LineageHashBuffer hashes;

    Counted(BlockStore<?> store, FrequencyTracker tracker) {
      this.store = store;
      this.tracker = tracker;
    }

    @Override
    void add(long hi, long lo) {
      if (hashes == null) {
        hashes = new LineageHashBuffer();
      }
      hashes.add(hi, lo);
    }

    @Override
    void touch() {
      if (hashes == null) {
        return;
      }
      if (!store.registry.isShared(store)) {
        tracker.touchAll(hashes);
        return;
      }
      boolean[] known = new boolean[hashes.size()];
      store.registry.markRegisteredElsewhere(store, hashes, known);
      for (int i = 0; i < known.length; i++) {
        if (!known[i]) {
          tracker.touch(hashes.hi(i), hashes.lo(i));
        }
      }
    }
  }
}
