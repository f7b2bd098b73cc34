package dev.kvbm.replay.analysis;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The bounds of one prepared trace at any number of cache sizes.
 *
 * <p>Immutable and thread-safe. One size costs one pass over the accesses with a few word
 * operations each, and one bit an access of memory; {@link #all} runs sizes on the available
 * processors.
 *
 * <p>With a warm-up, hits during it count for nothing, so the bounds do not hold on to blocks for
 * them.
 *
 * <p>Rules, beside those of {@link CacheRule}: the slots a request needs beyond its cached blocks
 * come first, so a request larger than the cache keeps its first {@code blocks - extra} blocks. A
 * block whose next access cannot count as a hit is as good as one never used again. Source of the
 * optimum: L. A. Belady, "A study of replacement algorithms for a virtual-storage computer", IBM
 * Systems Journal 5(2), 1966; keeping the block used soonest also maximises hits when a block may
 * be refused, because it is the greedy solution of interval packing.
 */
public final class Bounds {

  /** Receives the hits of every request, counted or not, in order. */
  @FunctionalInterface
  public interface HitSink {
    /**
     * Takes the hits of one request.
     *
     * @param request its number, from 0
     * @param hits how many of its blocks, from the first on, were hits
     */
    void request(int request, int hits);
  }

  private final PreparedTrace trace;

  /**
   * Bounds of that trace under its rule and warm-up.
   *
   * @param trace what is computed on; holds rule and warm-up
   */
  public Bounds(PreparedTrace trace) {
    this.trace = trace;
  }

  /**
   * {@return the result of a cache that never evicts} {@link CacheCounts#blocks()} is the number of
   * distinct blocks, which is all such a cache ever holds.
   */
  public CacheCounts infinite() {
    return run(Bound.INFINITE, 1, (request, hits) -> {});
  }

  /**
   * {@return one bound at one size}
   *
   * @param bound which bound
   * @param blocks cache size; ignored for {@link Bound#INFINITE} but checked
   * @throws IllegalArgumentException if {@code blocks} is less than 1
   */
  public CacheCounts at(Bound bound, int blocks) {
    return run(bound, blocks, (request, hits) -> {});
  }

  /**
   * {@return one bound at several sizes, in the given order, computed in parallel}
   *
   * @param bound which bound
   * @param blocks cache sizes
   * @throws IllegalArgumentException if one of {@code blocks} is less than 1
   */
  public List<CacheCounts> all(Bound bound, int... blocks) {
    int[] sizes = blocks.clone();
    for (int size : sizes) {
      requireSize(size);
    }
    return IntStream.range(0, sizes.length).parallel().mapToObj(i -> at(bound, sizes[i])).toList();
  }

  /**
   * {@return one bound at one size, telling every request's hits to a sink} For {@link
   * Bound#INFINITE} the size is ignored.
   *
   * @param bound which bound
   * @param blocks cache size
   * @param sink told of every request in order
   * @throws IllegalArgumentException if {@code blocks} is less than 1
   */
  public CacheCounts run(Bound bound, int blocks, HitSink sink) {
    requireSize(blocks);
    return switch (bound) {
      case INFINITE -> {
        Tally tally = new Tally(trace, trace.uniqueBlocks() + 1);
        pinned(tally, sink);
        yield tally.counts(trace.uniqueBlocks());
      }
      case MIN -> {
        Tally tally = new Tally(trace, blocks);
        pinned(tally, sink);
        yield tally.counts(blocks);
      }
      case MINB -> {
        Tally tally = new Tally(trace, blocks);
        bypassing(tally, sink);
        yield tally.counts(blocks);
      }
    };
  }

  /**
   * {@return the smallest size at which a bound reaches the hits of the infinite cache} For {@link
   * Bound#INFINITE} the number of distinct blocks.
   *
   * @param bound which bound
   */
  public int blocksForCeiling(Bound bound) {
    if (bound == Bound.INFINITE) {
      return trace.uniqueBlocks();
    }
    NextUses future = new NextUses(trace.accesses());
    int firstCounted = trace.start[trace.firstCounted()];
    int live = 0;
    int peak = 1;
    for (int r = 0; r < trace.requests(); r++) {
      int from = trace.start[r];
      int to = trace.start[r + 1];
      int extra = trace.extraSlots[r];
      if (bound == Bound.MIN) {
        live -= future.removeRange(from, to - from);
        peak = Math.max(peak, live + to - from + extra);
      }
      for (int i = from; i < to; i++) {
        if (bound == Bound.MINB) {
          live -= future.removeRange(i, 1);
        }
        int next = trace.nextUse[i];
        if (next != PreparedTrace.NEVER && next >= firstCounted) {
          future.add(next);
          live++;
        }
        if (bound == Bound.MINB) {
          peak = Math.max(peak, live);
        }
      }
      if (bound == Bound.MINB) {
        peak = Math.max(peak, live + extra);
      }
    }
    return peak;
  }

  private void pinned(Tally tally, HitSink sink) {
    PreparedTrace t = trace;
    Resident cache = new Resident(t);
    for (int r = 0; r < t.requests(); r++) {
      int from = t.start[r];
      int blocks = t.start[r + 1] - from;
      int extra = t.extraSlots[r];
      int kept = Math.min(blocks, tally.capacity - extra);
      int hits = cache.run(from, Math.min(kept, t.mostHits[r]));
      int present = cache.removeRange(from, kept);
      int evicted = Math.max(0, cache.size + kept + extra - tally.capacity);
      cache.evict(evicted);
      for (int i = from; i < from + kept; i++) {
        cache.add(t.nextUse[i]);
      }
      tally.request(r, hits, kept - present, evicted);
      sink.request(r, hits);
    }
  }

  private void bypassing(Tally tally, HitSink sink) {
    PreparedTrace t = trace;
    Resident cache = new Resident(t);
    for (int r = 0; r < t.requests(); r++) {
      int from = t.start[r];
      int blocks = t.start[r + 1] - from;
      int hits = 0;
      int evicted = 0;
      for (int i = from; i < from + blocks; i++) {
        hits += cache.removeRange(i, 1);
        cache.add(t.nextUse[i]);
        if (cache.size > tally.capacity) {
          cache.evict(1);
          evicted++;
        }
      }
      if (cache.size > tally.capacity - t.extraSlots[r]) {
        cache.evict(1);
        evicted++;
      }
      tally.request(r, hits, blocks - hits, evicted);
      sink.request(r, hits);
    }
  }

  private static void requireSize(int blocks) {
    if (blocks < 1) {
      throw new IllegalArgumentException("cache size is " + blocks + " blocks; give at least 1");
    }
  }

  /**
   * The resident blocks, each known by its next use only.
   *
   * <p>A next use before the first counted request is worth nothing: the block comes back for free
   * when it is requested. So victims are blocks never used again, then blocks used next during the
   * warm-up, then the block used farthest in the future.
   */
  private static final class Resident {
    private final int firstCounted;
    private final NextUses warming;
    private final NextUses counting;
    private int never;
    private int warmingSize;
    int size;

    Resident(PreparedTrace trace) {
      firstCounted = trace.start[trace.firstCounted()];
      warming = new NextUses(firstCounted);
      counting = new NextUses(trace.accesses());
    }

    void add(int next) {
      size++;
      if (next == PreparedTrace.NEVER) {
        never++;
      } else if (next < firstCounted) {
        warming.add(next);
        warmingSize++;
      } else {
        counting.add(next);
      }
    }

    /** How many blocks from that access on are resident without a gap. */
    int run(int from, int limit) {
      return (from < firstCounted ? warming : counting).run(from, limit);
    }

    /** Removes the blocks whose next use is one of these accesses, which are of one request. */
    int removeRange(int from, int count) {
      int removed;
      if (from < firstCounted) {
        removed = warming.removeRange(from, count);
        warmingSize -= removed;
      } else {
        removed = counting.removeRange(from, count);
      }
      size -= removed;
      return removed;
    }

    void evict(int count) {
      size -= count;
      int fromNever = Math.min(never, count);
      never -= fromNever;
      int fromWarming = Math.min(warmingSize, count - fromNever);
      warmingSize -= fromWarming;
      warming.removeLargest(fromWarming);
      counting.removeLargest(count - fromNever - fromWarming);
    }
  }

  /** Sums over the counted requests. */
  private static final class Tally {
    private final PreparedTrace trace;
    private final int firstCounted;
    final int capacity;
    private long hits;
    private long hitTokens;
    private long requestsWithHit;
    private long inserted;
    private long evicted;
    private long larger;

    Tally(PreparedTrace trace, int capacity) {
      this.trace = trace;
      this.firstCounted = trace.firstCounted();
      this.capacity = capacity;
    }

    void request(int request, int hits, int inserted, int evicted) {
      if (request < firstCounted) {
        return;
      }
      this.hits += hits;
      this.inserted += inserted;
      this.evicted += evicted;
      if (hits > 0) {
        requestsWithHit++;
        hitTokens += trace.tokensOf(request, hits);
      }
      if (trace.blocksOf(request) + trace.extraSlots[request] > capacity) {
        larger++;
      }
    }

    CacheCounts counts(int blocks) {
      return new CacheCounts(
          blocks,
          trace.requests() - firstCounted,
          trace.countedAccesses(),
          hits,
          trace.countedInputTokens(),
          hitTokens,
          requestsWithHit,
          inserted,
          evicted,
          larger);
    }
  }
}
