package dev.kvbm.replay.engine;

import dev.kvbm.replay.trace.CompactTrace;
import java.util.SplittableRandom;

/** The moments of arrival, one request after the other. */
final class ArrivalSchedule {
  /** {@link #nextNanos} when the next request waits for all before it to be finished. */
  static final long WHEN_IDLE = Long.MAX_VALUE - 1;

  /** {@link #nextNanos} when there is no next request. */
  static final long NEVER = Long.MAX_VALUE;

  private final CompactTrace trace;
  private final Arrivals arrivals;
  private final double meanGapNanos;
  private final SplittableRandom random;
  private int next;
  private long nextNanos;

  /**
   * A schedule before the first arrival.
   *
   * @throws IllegalArgumentException if recorded arrivals are wanted and there are none
   */
  ArrivalSchedule(CompactTrace trace, EngineOptions options) {
    this.trace = trace;
    this.arrivals = options.arrivals();
    this.meanGapNanos = 1e9 / Math.max(1e-6, options.ratePerSecond());
    this.random = new SplittableRandom(options.seed());
    if (arrivals == Arrivals.TRACE && trace.requestCount() > 1 && trace.spanNanos() == 0) {
      throw new IllegalArgumentException(
          "the trace "
              + trace.name()
              + " has no clock: all its requests arrive at once; choose arrivals apart or poisson");
    }
    compute();
  }

  /** The request that arrives next. */
  int next() {
    return next;
  }

  /** How many have not arrived yet. */
  int remaining() {
    return trace.requestCount() - next;
  }

  /** When it arrives, {@link #WHEN_IDLE} or {@link #NEVER}. */
  long nextNanos() {
    return nextNanos;
  }

  /** The next one has arrived. */
  void advance() {
    next++;
    compute();
  }

  private void compute() {
    if (next == trace.requestCount()) {
      nextNanos = NEVER;
      return;
    }
    nextNanos =
        switch (arrivals) {
          case TRACE -> trace.arrivalNanos(next);
          case APART -> WHEN_IDLE;
          case POISSON -> nextNanos + gapNanos();
        };
  }

  /** The strict logarithm gives the same bits on every machine. */
  private long gapNanos() {
    return Math.round(-StrictMath.log(1 - random.nextDouble()) * meanGapNanos);
  }
}
