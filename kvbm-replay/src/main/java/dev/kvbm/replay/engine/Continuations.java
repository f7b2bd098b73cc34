package dev.kvbm.replay.engine;

import dev.kvbm.replay.trace.CompactTrace;
import java.util.Arrays;

/**
 * Which later request goes on where an earlier one ended: the next turn of a chat, whose prompt
 * holds the earlier prompt and, behind it, what was generated.
 *
 * <p>A request goes on from the latest earlier one of its conversation whose full blocks all are
 * the beginning of its own, the longest beginning first. Where the trace names no conversations,
 * blocks alone decide.
 */
final class Continuations {
  private Continuations() {}

  /** The number of the request that goes on from each, or -1. */
  static int[] of(CompactTrace trace) {
    int[] next = new int[trace.requestCount()];
    Arrays.fill(next, -1);
    int[] endsAt = new int[trace.uniqueBlocks()];
    Arrays.fill(endsAt, -1);
    CompactTrace.Cursor cursor = trace.cursor();
    while (cursor.next()) {
      int request = cursor.request();
      int full = trace.fullBlockCount(request);
      int[] ids = cursor.ids();
      int from = cursor.from();
      for (int k = full - 2; k >= 0; k--) {
        int earlier = endsAt[ids[from + k]];
        if (earlier >= 0 && trace.conversation(earlier) == trace.conversation(request)) {
          if (next[earlier] < 0) {
            next[earlier] = request;
          }
          break;
        }
      }
      if (full > 0) {
        endsAt[ids[from + full - 1]] = request;
      }
    }
    return next;
  }
}
