package dev.kvbm.logical.frequency;

import dev.kvbm.tokens.LineageHashes;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A {@link TinyLfuSketch} behind a lock, with lineage hashes for keys: exactly the counts of the
 * reference implementation.
 *
 * <p>Thread-safe. Every call takes the one lock, a batch takes it once. A decay is a pass over the
 * whole table while the lock is held.
 */
public final class TinyLfuTracker implements FrequencyTracker {
  private final ReentrantLock lock = new ReentrantLock();
  private final TinyLfuSketch sketch;

  /**
   * A tracker over a sketch.
   *
   * @param sketch owned by the tracker: nobody else may use it from now on
   */
  public TinyLfuTracker(TinyLfuSketch sketch) {
    this.sketch = sketch;
  }

  @Override
  public void touch(long hi, long lo) {
    lock.lock();
    try {
      sketch.increment(hi, lo);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int count(long hi, long lo) {
    lock.lock();
    try {
      return sketch.estimate(hi, lo);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void touchAll(LineageHashes hashes) {
    int size = hashes.size();
    lock.lock();
    try {
      for (int i = 0; i < size; i++) {
        sketch.increment(hashes.hi(i), hashes.lo(i));
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void touchAll(long[] words, int from, int n) {
    FrequencyTracker.checkWords(words, from, n);
    lock.lock();
    try {
      for (int i = from, end = from + 2 * n; i < end; i += 2) {
        sketch.increment(words[i], words[i + 1]);
      }
    } finally {
      lock.unlock();
    }
  }
}
