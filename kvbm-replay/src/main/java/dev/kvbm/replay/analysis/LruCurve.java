package dev.kvbm.replay.analysis;

import java.util.ArrayList;
import java.util.List;

/**
 * The exact results of LRU at every cache size, from one pass over the trace.
 *
 * <p>Immutable and thread-safe. Building costs a few operations an access and about 50 bytes a
 * distinct block; a question costs a few array reads.
 *
 * <p><b>Why one pass suffices.</b> Requests touch their blocks deepest first, so after a request
 * its blocks b0, b1, ... are the most recent ones, in this order. A cache of C blocks then holds
 * exactly the C most recent blocks: what was pinned is on top, what was evicted came from the
 * bottom, and a request of more than C blocks leaves its first C, which are again the most recent
 * C. (With the naive order, root first, the last sentence is false.) Hence a block is resident on
 * arrival in every cache at least as large as its rank, and a prefix in every cache at least as
 * large as the greatest rank in it. See R. L. Mattson et al., "Evaluation techniques for storage
 * hierarchies", IBM Systems Journal 9(2), 1970.
 *
 * <p><b>The engine's rule.</b> A partial last block takes a slot and gives it back, so a full cache
 * of C blocks is left with C-1. A later request that computes at least one block and has no partial
 * one fills the gap. A request whose greatest rank is M computes a block in exactly the caches of
 * at most M blocks, the larger ones keep their gap; so at any time the caches with a gap are those
 * from one size on, and this one number is carried along.
 */
public final class LruCurve {

  private static final int NONE = Integer.MAX_VALUE;

  private final PreparedTrace trace;

  /**
   * Running sums: entry C is about the cache of C blocks; the last entry is about all larger ones.
   */
  private final int[] hits;

  private final long[] hitTokens;
  private final int[] requestsWithHit;
  private final int[] found;
  private final long[] room;
  private final int[] larger;
  private final int largest;
  private final Fill warm;
  private final Fill end;

  /** Distinct blocks seen so far and the smallest cache with a gap. */
  private record Fill(int seen, int gapFrom) {
    int resident(int blocks) {
      return Math.min(seen, blocks >= gapFrom ? blocks - 1 : blocks);
    }
  }

  private LruCurve(PreparedTrace trace) {
    this.trace = trace;
    int unique = trace.uniqueBlocks();
    largest = unique + 1;
    hits = new int[largest + 1];
    hitTokens = new long[largest + 1];
    requestsWithHit = new int[largest + 1];
    found = new int[largest + 1];
    room = new long[largest + 1];
    larger = new int[largest + 1];
    RecencyStack stack = new RecencyStack(unique);
    int gapFrom = NONE;
    int first = trace.firstCounted();
    Fill warmed = new Fill(0, NONE);
    for (int r = 0; r < trace.requests(); r++) {
      if (r == first) {
        warmed = new Fill(stack.size(), gapFrom);
      }
      int extra = trace.extraSlots[r];
      int greatest = request(stack, r, gapFrom, r >= first);
      if (extra > 0) {
        gapFrom = 0;
      } else if (gapFrom != NONE) {
        gapFrom = greatest == NONE ? NONE : Math.max(gapFrom, greatest + 1);
      }
      int from = trace.start[r];
      stack.touchDeepestFirst(trace.ids, from, trace.start[r + 1] - from);
    }
    warm = warmed;
    end = new Fill(stack.size(), gapFrom);
    for (int c = 1; c <= largest; c++) {
      hits[c] += hits[c - 1];
      hitTokens[c] += hitTokens[c - 1];
      requestsWithHit[c] += requestsWithHit[c - 1];
      found[c] += found[c - 1];
      larger[c] += larger[c - 1];
      room[c] += room[c - 1];
    }
    for (int c = 1; c <= largest; c++) {
      room[c] += room[c - 1];
    }
  }

  /**
   * Computes the curve of a trace under its rule and warm-up.
   *
   * @param trace the trace
   * @return the curve
   */
  public static LruCurve of(PreparedTrace trace) {
    return new LruCurve(trace);
  }

  /**
   * Accounts for one request before it touches anything.
   *
   * @return the greatest rank of its blocks, {@link #NONE} if one is new
   */
  private int request(RecencyStack stack, int r, int gapFrom, boolean counted) {
    int from = trace.start[r];
    int blocks = trace.start[r + 1] - from;
    int extra = trace.extraSlots[r];
    int mostHits = trace.mostHits[r];
    int greatest = 0;
    int prefix = 0;
    int lastPlace = -1;
    int rank = 0;
    long tokensBefore = 0;
    for (int i = 0; i < blocks; i++) {
      int place = stack.place(trace.ids[from + i]);
      if (place < 0) {
        greatest = NONE;
        prefix = NONE;
        lastPlace = -1;
        continue;
      }
      rank = lastPlace > 0 && place == lastPlace - 1 ? rank + 1 : stack.rankOfPlace(place);
      lastPlace = place;
      greatest = Math.max(greatest, rank);
      if (!counted || i >= mostHits) {
        continue;
      }
      int size = Math.max(rank >= gapFrom ? rank + 1 : rank, i + 1 + extra);
      found[size]++;
      prefix = Math.max(prefix, size);
      if (prefix != NONE) {
        long tokens = trace.tokensOf(r, i + 1);
        hits[prefix]++;
        hitTokens[prefix] += tokens - tokensBefore;
        tokensBefore = tokens;
        if (i == 0) {
          requestsWithHit[prefix]++;
        }
      }
    }
    if (counted) {
      // The slots that the request's cached blocks take grow by one a size, from extra + 1 on.
      if (blocks > 0) {
        room[1 + extra]++;
        if (blocks + extra < largest) {
          room[blocks + extra + 1]--;
        }
      }
      larger[Math.min(blocks + extra, largest)]++;
    }
    return greatest;
  }

  /** {@return the trace this curve is about} */
  public PreparedTrace trace() {
    return trace;
  }

  /**
   * {@return all counts at one size}
   *
   * @param blocks cache size
   * @throws IllegalArgumentException if {@code blocks} is less than 1
   */
  public CacheCounts at(int blocks) {
    if (blocks < 1) {
      throw new IllegalArgumentException("cache size is " + blocks + " blocks; give at least 1");
    }
    int c = Math.min(blocks, largest);
    long inserted = room[c] - found[c];
    return new CacheCounts(
        blocks,
        trace.requests() - trace.firstCounted(),
        trace.countedAccesses(),
        hits[c],
        trace.countedInputTokens(),
        hitTokens[c],
        requestsWithHit[c],
        inserted,
        inserted + warm.resident(blocks) - end.resident(blocks),
        larger[largest] - larger[c]);
  }

  /**
   * {@return hits at one size; 0 for size 0}
   *
   * @param blocks cache size
   */
  public int hitsAt(int blocks) {
    return hits[Math.clamp(blocks, 0, largest)];
  }

  /**
   * {@return hit tokens at one size; 0 for size 0}
   *
   * @param blocks cache size
   */
  public long hitTokensAt(int blocks) {
    return hitTokens[Math.clamp(blocks, 0, largest)];
  }

  /**
   * {@return the smallest size with the hits of the infinite cache; 1 if there are no hits at all}
   */
  public int blocksForCeiling() {
    return blocksForHits(hits[largest]);
  }

  /**
   * {@return the smallest size with at least that many hits, or -1 if no size has}
   *
   * @param wanted how many hits
   * @throws IllegalArgumentException if {@code wanted} is negative
   */
  public int blocksForHits(long wanted) {
    if (wanted < 0) {
      throw new IllegalArgumentException("wanted hits are " + wanted + "; give 0 or more");
    }
    if (wanted > hits[largest]) {
      return -1;
    }
    int low = 1;
    int high = largest;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (hits[middle] >= wanted) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** How many more hits the size has than the next smaller one: reuses at exactly this distance. */
  int hitsGainedAt(int blocks) {
    return hits[blocks] - hits[blocks - 1];
  }

  /** The largest size at which anything can still change. */
  int largestSize() {
    return largest;
  }

  /**
   * {@return sizes for drawing: at most {@code count}, increasing, evenly spaced on a logarithmic
   * axis, from {@code low} to {@code high} inclusive}
   *
   * @param low the smallest size
   * @param high the largest size
   * @param count how many sizes at most
   * @throws IllegalArgumentException if {@code count} is less than 2 or the range is empty or
   *     starts below 1
   */
  public static int[] logarithmicSizes(int low, int high, int count) {
    if (count < 2 || low < 1 || high < low) {
      throw new IllegalArgumentException(
          count + " sizes from " + low + " to " + high + "; give at least 2 and 1 <= low <= high");
    }
    List<Integer> sizes = new ArrayList<>();
    double step = Math.log((double) high / low) / (count - 1);
    for (int i = 0; i < count; i++) {
      int size = i == count - 1 ? high : (int) Math.round(low * Math.exp(i * step));
      if (sizes.isEmpty() || size > sizes.getLast()) {
        sizes.add(size);
      }
    }
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }
}
