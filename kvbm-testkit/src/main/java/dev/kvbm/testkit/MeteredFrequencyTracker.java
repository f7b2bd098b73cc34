package dev.kvbm.testkit;

import dev.kvbm.logical.frequency.FrequencyTracker;
import dev.kvbm.logical.frequency.TinyLfuSettings;
import dev.kvbm.tokens.LineageHashes;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts how often another tracker is asked: a test can see exactly which operation counts as an
 * access. Thread-safe if the other one is.
 */
public final class MeteredFrequencyTracker implements FrequencyTracker {
  private final FrequencyTracker inner;
  private final AtomicLong touches = new AtomicLong();
  private final AtomicLong countCalls = new AtomicLong();

  /**
   * Counts the calls of another tracker and passes them on.
   *
   * @param inner gives the answers
   */
  public MeteredFrequencyTracker(FrequencyTracker inner) {
    this.inner = Objects.requireNonNull(inner, "inner is null");
  }

  /**
   * Counts the calls of a new TinyLFU tracker.
   *
   * @param capacity how many hashes it tells apart well
   * @return the counting tracker
   */
  public static MeteredFrequencyTracker withTinyLfu(int capacity) {
    return new MeteredFrequencyTracker(
        TinyLfuSettings.builder().capacity(capacity).build().createTracker());
  }

  /** {@return touches since the last reset, each hash of a list counted} */
  public long touches() {
    return touches.get();
  }

  /** {@return calls of {@link #count} since the last reset} */
  public long countCalls() {
    return countCalls.get();
  }

  /** Forgets the calls counted so far; the other tracker keeps its counts. */
  public void reset() {
    touches.set(0);
    countCalls.set(0);
  }

  @Override
  public void touch(long hi, long lo) {
    touches.incrementAndGet();
    inner.touch(hi, lo);
  }

  @Override
  public int count(long hi, long lo) {
    countCalls.incrementAndGet();
    return inner.count(hi, lo);
  }

  @Override
  public void touchAll(LineageHashes hashes) {
    touches.addAndGet(hashes.size());
    inner.touchAll(hashes);
  }

  @Override
  public void touchAll(long[] words, int from, int n) {
    inner.touchAll(words, from, n);
    touches.addAndGet(n);
  }
}
