package dev.kvbm.replay.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many blocks a trace works with, by stretch of the trace.
 *
 * @param axis the stretches
 * @param points one a stretch, in order
 */
public record WorkingSet(TimeAxis axis, List<Point> points) {

  /** Copies the points. */
  public WorkingSet {
    points = List.copyOf(points);
  }

  /**
   * One stretch.
   *
   * @param requests requests in it
   * @param accesses their blocks
   * @param distinct different blocks among them
   * @param firstSeen blocks that no earlier request had
   * @param live the most blocks, at any moment in it, that had been seen and were to be requested
   *     again; a perfect cache needs about this size and no more
   */
  public record Point(long requests, long accesses, long distinct, long firstSeen, long live) {}

  /** The whole trace, warm-up included; linear in the accesses, 8 bytes a distinct block. */
  static WorkingSet of(PreparedTrace trace, TimeAxis axis) {
    int buckets = axis.buckets();
    long[] requests = new long[buckets];
    long[] accesses = new long[buckets];
    long[] distinct = new long[buckets];
    long[] firstSeen = new long[buckets];
    long[] liveMost = new long[buckets];
    Arrays.fill(liveMost, -1);
    int[] lastBucket = new int[trace.uniqueBlocks()];
    boolean[] waiting = new boolean[trace.uniqueBlocks()];
    Arrays.fill(lastBucket, -1);
    long live = 0;
    for (int r = 0; r < trace.requests(); r++) {
      int bucket = axis.bucketOf(trace, r);
      requests[bucket]++;
      accesses[bucket] += trace.blocksOf(r);
      for (int i = trace.start[r]; i < trace.start[r + 1]; i++) {
        int id = trace.ids[i];
        if (lastBucket[id] < 0) {
          firstSeen[bucket]++;
        }
        if (lastBucket[id] != bucket) {
          distinct[bucket]++;
          lastBucket[id] = bucket;
        }
        boolean again = trace.nextUse[i] != PreparedTrace.NEVER;
        if (waiting[id] != again) {
          live += again ? 1 : -1;
          waiting[id] = again;
        }
      }
      liveMost[bucket] = Math.max(liveMost[bucket], live);
    }
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < buckets; i++) {
      if (liveMost[i] < 0) {
        liveMost[i] = i == 0 ? 0 : liveMost[i - 1];
      }
      points.add(new Point(requests[i], accesses[i], distinct[i], firstSeen[i], liveMost[i]));
    }
    return new WorkingSet(axis, points);
  }
}
