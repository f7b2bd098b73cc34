package dev.kvbm.replay.engine;

import java.util.List;

/**
 * What was in use over time: at most {@link #MOST_POINTS} stretches of equal length, the first of
 * which begins at the first arrival.
 *
 * @param widthNanos the length of a stretch
 * @param meanPinnedBlocks blocks that running requests hold, weighted by time, over the whole run
 * @param maxPinnedBlocks the most at any moment
 * @param meanRunning running requests, weighted by time, over the whole run
 * @param maxRunning the most at any moment
 * @param meanWaiting waiting requests, weighted by time, over the whole run
 * @param maxWaiting the most at any moment
 * @param points the stretches
 */
public record Usage(
    long widthNanos,
    double meanPinnedBlocks,
    int maxPinnedBlocks,
    double meanRunning,
    int maxRunning,
    double meanWaiting,
    int maxWaiting,
    List<Point> points) {

  /** How many stretches there are at most. */
  public static final int MOST_POINTS = 240;

  /** Copies the points. */
  public Usage {
    points = List.copyOf(points);
  }

  /**
   * One stretch.
   *
   * @param meanPinnedBlocks blocks that running requests hold, weighted by time
   * @param maxPinnedBlocks the most at any moment
   * @param meanRunning running requests, weighted by time
   * @param meanWaiting waiting requests, weighted by time
   */
  public record Point(
      double meanPinnedBlocks, int maxPinnedBlocks, double meanRunning, double meanWaiting) {}
}
