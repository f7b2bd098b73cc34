package dev.kvbm.replay.engine;

/**
 * Durations in nanoseconds, counted in bins that grow with the value: below 256 ns exact, above
 * that 128 bins for each power of two, so a value is off by less than 1 in 128. Fixed size.
 */
final class LatencyHistogram {
  private static final int BITS = 7;
  private static final int HALF = 1 << BITS;

  private final long[] counts = new long[(64 - BITS) * HALF];
  private long count;
  private double sum;
  private long max;

  void add(long nanos) {
    add(nanos, 1);
  }

  /** {@code times} equal durations. */
  void add(long nanos, long times) {
    if (times > 0) {
      counts[binOf(nanos)] += times;
      count += times;
      sum += (double) nanos * times;
      max = Math.max(max, nanos);
    }
  }

  private static int binOf(long nanos) {
    int shift = Math.max(0, 63 - BITS - Long.numberOfLeadingZeros(nanos | 1));
    return (shift << BITS) + (int) (nanos >>> shift);
  }

  /** The largest value of a bin. */
  private static long valueOf(int bin) {
    int shift = Math.max(0, (bin >>> BITS) - 1);
    long top = bin - ((long) shift << BITS);
    return ((top + 1) << shift) - 1;
  }

  Latency summary() {
    return count == 0
        ? new Latency(0, 0, 0, 0, 0, 0, 0, 0)
        : new Latency(
            count,
            sum / count,
            quantile(0.10),
            quantile(0.50),
            quantile(0.90),
            quantile(0.95),
            quantile(0.99),
            max);
  }

  private long quantile(double level) {
    long rank = Math.min(count - 1, (long) (level * count));
    long seen = 0;
    for (int bin = 0; bin < counts.length; bin++) {
      seen += counts[bin];
      if (seen > rank) {
        return Math.min(max, valueOf(bin));
      }
    }
    throw new AssertionError("rank " + rank + " of " + count);
  }
}
