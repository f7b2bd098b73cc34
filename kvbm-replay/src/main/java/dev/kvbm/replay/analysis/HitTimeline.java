package dev.kvbm.replay.analysis;

import java.util.List;

/**
 * Requests, accesses and hits by stretch of the trace. Counts every request, those of the warm-up
 * included.
 *
 * @param axis the stretches
 * @param points one a stretch, in order
 */
public record HitTimeline(TimeAxis axis, List<Point> points) {

  /** Copies the points. */
  public HitTimeline {
    points = List.copyOf(points);
  }

  /**
   * One stretch.
   *
   * @param requests requests that arrived in it
   * @param accesses their blocks under the rule
   * @param hits how many of the blocks were hits
   * @param inputTokens prompt tokens of the requests
   * @param hitTokens how many of the tokens the hits cover
   */
  public record Point(long requests, long accesses, long hits, long inputTokens, long hitTokens) {

    /** {@return hits as a fraction of accesses; NaN without accesses} */
    public double hitRate() {
      return accesses == 0 ? Double.NaN : (double) hits / accesses;
    }
  }
}
