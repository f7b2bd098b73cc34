package dev.kvbm.replay.analysis;

import java.util.Arrays;

/**
 * Follows evicted blocks until somebody asks for them again.
 *
 * <p>For every request, first tell {@link #requested} its blocks, then {@link #evicted} every block
 * evicted on its behalf. One eviction is answered at most once, by the first later request that
 * lists the block. Takes 4 bytes a distinct block and 4 bytes a request. Not thread-safe.
 */
public final class EvictionRegret {

  private final int[] evictedAt;
  private final int[] gaps;
  private long evictions;
  private long foreign;

  /**
   * For a trace of that many distinct blocks and requests.
   *
   * @param uniqueBlocks how many distinct blocks
   * @param requests how many requests
   */
  public EvictionRegret(int uniqueBlocks, int requests) {
    evictedAt = new int[uniqueBlocks];
    Arrays.fill(evictedAt, -1);
    gaps = new int[requests + 1];
  }

  /**
   * A block was evicted while request number {@code request} ran. A negative {@code block} is one
   * the trace does not list, a generated one for instance: it is counted and nobody asks for it
   * again.
   *
   * @param block its number in the trace, or a negative number
   * @param request the number of the request it was evicted for
   */
  public void evicted(int block, int request) {
    evictions++;
    if (block < 0) {
      foreign++;
    } else {
      evictedAt[block] = request;
    }
  }

  /**
   * Request number {@code request} lists {@code ids[from..from+count)}.
   *
   * @param request its number
   * @param ids block numbers
   * @param from index of the first
   * @param count how many
   */
  public void requested(int request, int[] ids, int from, int count) {
    for (int i = from; i < from + count; i++) {
      int at = evictedAt[ids[i]];
      if (at >= 0) {
        gaps[request - at]++;
        evictedAt[ids[i]] = -1;
      }
    }
  }

  /** {@return what was seen so far} */
  public Result result() {
    long soon = 0;
    long[] upTo = new long[3];
    for (int gap = 0; gap < gaps.length; gap++) {
      soon += gaps[gap];
      upTo[0] += gap <= 10 ? gaps[gap] : 0;
      upTo[1] += gap > 10 && gap <= 100 ? gaps[gap] : 0;
      upTo[2] += gap > 100 && gap <= 1000 ? gaps[gap] : 0;
    }
    return new Result(
        evictions,
        foreign,
        upTo[0],
        upTo[1],
        upTo[2],
        soon - upTo[0] - upTo[1] - upTo[2],
        Distribution.ofCounts(gaps));
  }

  /**
   * What became of evicted blocks.
   *
   * @param evictions all evictions
   * @param foreign of these, blocks that the trace does not list
   * @param within10 evictions whose block was listed again within 10 requests
   * @param within100 the same for 11 to 100 requests
   * @param within1000 the same for 101 to 1,000 requests
   * @param later the same for more than 1,000 requests
   * @param gapRequests after how many requests, over all that were listed again
   */
  public record Result(
      long evictions,
      long foreign,
      long within10,
      long within100,
      long within1000,
      long later,
      Distribution gapRequests) {

    /** {@return evictions whose block was listed again at any time} */
    public long neededAgain() {
      return within10 + within100 + within1000 + later;
    }

    /** {@return evictions whose block was not listed again before the trace ended} */
    public long neverNeeded() {
      return evictions - neededAgain();
    }
  }
}
