package dev.kvbm.replay.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Adds up what is in use, stretch by stretch. When the run outgrows the stretches they are joined
 * in pairs, so the memory is fixed however long it is.
 */
final class UsageRecorder {
  private static final int POINTS = Usage.MOST_POINTS;
  private static final long FIRST_WIDTH_NANOS = 1_000_000;

  private final double[] pinned = new double[POINTS];
  private final double[] running = new double[POINTS];
  private final double[] waiting = new double[POINTS];
  private final int[] most = new int[POINTS];
  private long widthNanos = FIRST_WIDTH_NANOS;
  private long endNanos;
  private int mostRunning;
  private int mostWaiting;

  /**
   * What holds from the end of the last call's interval to {@code toNanos}. What lies between them
   * and nobody reported was idle.
   */
  void add(long fromNanos, long toNanos, int pinnedBlocks, int runningNow, int waitingNow) {
    mostRunning = Math.max(mostRunning, runningNow);
    mostWaiting = Math.max(mostWaiting, waitingNow);
    while (toNanos > widthNanos * POINTS) {
      join();
    }
    long at = fromNanos;
    while (at < toNanos) {
      int point = (int) (at / widthNanos);
      long until = Math.min(toNanos, (point + 1) * widthNanos);
      double nanos = until - at;
      pinned[point] += nanos * pinnedBlocks;
      running[point] += nanos * runningNow;
      waiting[point] += nanos * waitingNow;
      most[point] = Math.max(most[point], pinnedBlocks);
      at = until;
    }
    endNanos = Math.max(endNanos, toNanos);
  }

  private void join() {
    for (int i = 0; i < POINTS; i++) {
      int left = 2 * i;
      boolean inside = left + 1 < POINTS;
      pinned[i] = inside ? pinned[left] + pinned[left + 1] : 0;
      running[i] = inside ? running[left] + running[left + 1] : 0;
      waiting[i] = inside ? waiting[left] + waiting[left + 1] : 0;
      most[i] = inside ? Math.max(most[left], most[left + 1]) : 0;
    }
    widthNanos *= 2;
  }

  Usage usage() {
    List<Usage.Point> points = new ArrayList<>();
    double allPinned = 0;
    double allRunning = 0;
    double allWaiting = 0;
    int mostPinned = 0;
    for (int i = 0; (long) i * widthNanos < endNanos; i++) {
      double nanos = Math.min(widthNanos, endNanos - i * widthNanos);
      points.add(
          new Usage.Point(pinned[i] / nanos, most[i], running[i] / nanos, waiting[i] / nanos));
      allPinned += pinned[i];
      allRunning += running[i];
      allWaiting += waiting[i];
      mostPinned = Math.max(mostPinned, most[i]);
    }
    double nanos = Math.max(1, endNanos);
    return new Usage(
        widthNanos,
        allPinned / nanos,
        mostPinned,
        allRunning / nanos,
        mostRunning,
        allWaiting / nanos,
        mostWaiting,
        points);
  }
}
