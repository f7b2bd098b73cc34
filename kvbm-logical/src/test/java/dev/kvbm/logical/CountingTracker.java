package dev.kvbm.logical;

import dev.kvbm.logical.frequency.FrequencyTracker;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts exactly, up to 15 a hash as a sketch would, and how often it was touched at all. */
public final class CountingTracker implements FrequencyTracker {
  private final Map<PositionalLineageHash, Integer> counts = new ConcurrentHashMap<>();
  private final AtomicInteger touches = new AtomicInteger();

  @Override
  public void touch(long hi, long lo) {
    touches.incrementAndGet();
    counts.merge(new PositionalLineageHash(hi, lo), 1, (a, b) -> Math.min(15, a + b));
  }

  @Override
  public int count(long hi, long lo) {
    return counts.getOrDefault(new PositionalLineageHash(hi, lo), 0);
  }

  public int count(PositionalLineageHash hash) {
    return count(hash.hi(), hash.lo());
  }

  /** All touches since the last call. */
  public int takeTouches() {
    return touches.getAndSet(0);
  }
}
