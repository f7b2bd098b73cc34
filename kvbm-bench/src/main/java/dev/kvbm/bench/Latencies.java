package dev.kvbm.bench;

/**
 * A histogram of durations with a relative error below two percent: 64 steps for each power of two.
 * Recording takes a few nanoseconds and allocates nothing. Not thread-safe.
 */
final class Latencies {
  private static final int STEP_BITS = 6;
  private static final int STEPS = 1 << STEP_BITS;

  private final long[] counts = new long[(Long.SIZE - STEP_BITS) * STEPS + STEPS];
  private long total;
  private long max;

  void record(long nanos) {
    counts[bucket(nanos)]++;
    total++;
    max = Math.max(max, nanos);
  }

  long total() {
    return total;
  }

  long max() {
    return max;
  }

  /** The duration that {@code percent} of all recorded ones do not exceed. */
  long percentile(double percent) {
    long rank = Math.max(1, (long) Math.ceil(total * percent / 100));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return Math.min(max, upperBound(i));
      }
    }
    return max;
  }

  private static int bucket(long nanos) {
    int shift = Math.max(0, Long.SIZE - STEP_BITS - 1 - Long.numberOfLeadingZeros(nanos | 1));
    return shift * STEPS + (int) (nanos >>> shift);
  }

  private static long upperBound(int bucket) {
    int shift = Math.max(0, bucket / STEPS - 1);
    return ((long) (bucket - shift * STEPS + 1) << shift) - 1;
  }
}
