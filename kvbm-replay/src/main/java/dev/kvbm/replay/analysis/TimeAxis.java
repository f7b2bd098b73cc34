package dev.kvbm.replay.analysis;

/**
 * Equal stretches of a trace, for everything drawn over time.
 *
 * <p>Stretches are of time if every request has an arrival and they differ, otherwise of a number
 * of requests. A stretch is 1, 2 or 5 times a power of ten, or a usual part of a minute, an hour or
 * a day. A request goes to the stretch of its arrival even if arrivals are not in order.
 *
 * @param ofTime whether a stretch is of time
 * @param origin the earliest arrival in milliseconds, or request 0
 * @param width length of a stretch in milliseconds or requests
 * @param buckets how many stretches there are, at least 1
 */
public record TimeAxis(boolean ofTime, double origin, double width, int buckets) {

  private static final double[] SECONDS = {
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600,
    900, 1800, 3600, 7200, 14400, 21600, 43200, 86400
  };

  /**
   * {@return an axis over a whole trace}
   *
   * @param trace the trace
   * @param mostBuckets how many stretches at most
   * @throws IllegalArgumentException if {@code mostBuckets} is less than 1
   */
  public static TimeAxis of(PreparedTrace trace, int mostBuckets) {
    if (mostBuckets < 1) {
      throw new IllegalArgumentException("at most " + mostBuckets + " buckets; allow at least 1");
    }
    double first = Double.POSITIVE_INFINITY;
    double last = Double.NEGATIVE_INFINITY;
    boolean clock = true;
    for (double arrival : trace.arrivalMillis) {
      clock &= Double.isFinite(arrival);
      first = Math.min(first, arrival);
      last = Math.max(last, arrival);
    }
    if (clock && last > first) {
      double width = 0;
      for (int i = 0; i < SECONDS.length && width == 0; i++) {
        if (buckets(last - first, SECONDS[i] * 1000) <= mostBuckets) {
          width = SECONDS[i] * 1000;
        }
      }
      for (double days = 2; width == 0; days *= 2) {
        if (buckets(last - first, days * 86_400_000) <= mostBuckets) {
          width = days * 86_400_000;
        }
      }
      return new TimeAxis(true, first, width, (int) buckets(last - first, width));
    }
    double span = Math.max(0, trace.requests() - 1);
    double width = 1;
    for (double power = 1; buckets(span, width) > mostBuckets; power *= 10) {
      for (double step : new double[] {1, 2, 5}) {
        width = power * step;
        if (buckets(span, width) <= mostBuckets) {
          break;
        }
      }
    }
    return new TimeAxis(false, 0, width, (int) buckets(span, width));
  }

  private static double buckets(double span, double width) {
    return Math.floor(span / width) + 1;
  }

  /**
   * {@return the stretch of a request of the trace this axis was made for}
   *
   * @param trace the trace this axis was made for
   * @param request the number of a request
   */
  public int bucketOf(PreparedTrace trace, int request) {
    double at = ofTime ? trace.arrivalMillis[request] : request;
    return Math.clamp((long) ((at - origin) / width), 0, buckets - 1);
  }

  /**
   * {@return where a stretch starts, in seconds or requests after the first}
   *
   * @param bucket the number of a stretch, from 0
   */
  public double startOf(int bucket) {
    return ofTime ? bucket * width / 1000 : bucket * width;
  }
}
