package dev.kvbm.replay;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.frequency.FrequencyCapacity;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.replay.analysis.BlockTrace;
import dev.kvbm.replay.analysis.CacheCounts;
import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.analysis.RunCollector;
import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Drives a trace through a block manager, one request after the other.
 *
 * <p>A request is one atomic step. Of its blocks, those that fit the pool are looked up together (a
 * scattered match pins what is resident behind a gap as well; the hits are the ones before the
 * first gap), the missing ones are allocated, which may evict, and registered, and then all are
 * given back, from the last to the first unless the policy says otherwise. Nothing else is
 * simulated: requests do not overlap and generate nothing.
 *
 * <p>The manager is the one that applications embed. A block of the trace becomes a lineage hash
 * whose sequence hash is the block's number plus one, with its predecessor in the request as
 * parent, so prefix-aware policies see the real prefix tree.
 *
 * <p>Not thread-safe; one replayer per run. Runs over one trace may go in parallel, each with a
 * cursor of its own.
 */
public final class Replayer {
  /** How often {@code goOn} is asked; a power of two. */
  static final int REQUESTS_PER_QUESTION = 256;

  private final BlockManager<G1> manager;
  private final boolean tailFirst;
  private final CacheRule rule;
  private final int capacity;
  private final LineageHashBuffer wanted = new LineageHashBuffer();
  private final LineageHashBuffer missing = new LineageHashBuffer();
  private final ImmutableBlocks<G1> held;
  private final ImmutableBlocks<G1> computed;
  private final MutableBlocks<G1> fresh;
  private final MutableBlocks<G1> partial;

  /**
   * A replayer with an empty pool of {@code capacity} blocks.
   *
   * @param policy what is evicted first
   * @param capacity blocks of the pool
   * @param rule which blocks are cached and counted
   * @throws IllegalArgumentException if the capacity is less than 1
   */
  public Replayer(ReplayPolicy policy, int capacity, CacheRule rule) {
    BlockRegistry.Builder registry = BlockRegistry.builder();
    if (policy.factory().needsFrequency()) {
      registry.frequencyTracker(FrequencyCapacity.MEDIUM.createTracker());
    }
    this.manager =
        BlockManager.builder(G1.TIER)
            .blocks(capacity)
            .registry(registry.build())
            .eviction(policy.factory())
            .name(policy.label())
            .build();
    this.tailFirst = policy.tailFirst();
    this.rule = rule;
    this.capacity = capacity;
    this.held = manager.newImmutableBlocks();
    this.computed = manager.newImmutableBlocks();
    this.fresh = manager.newMutableBlocks();
    this.partial = manager.newMutableBlocks();
  }

  /** {@return the manager that the trace is driven through} */
  public BlockManager<G1> manager() {
    return manager;
  }

  /**
   * Replays a whole trace.
   *
   * @param trace read once, from its start
   * @param warmup the fraction of requests, from the first on, that fill the cache uncounted
   * @param collector told of every request and eviction; null if nobody wants to know
   * @param goOn asked now and then; when it says no, the counts so far are returned
   * @return what happened in the counted requests
   */
  public CacheCounts replay(
      BlockTrace trace, double warmup, @Nullable RunCollector collector, BooleanSupplier goOn) {
    int firstCounted = (int) Math.floor(warmup * trace.requestCount());
    Tally tally = new Tally();
    MetricsSnapshot before = manager.metrics();
    BlockTrace.Cursor cursor = trace.cursor();
    int request = 0;
    while (cursor.next()) {
      if (request == firstCounted) {
        before = manager.metrics();
        tally = new Tally();
      }
      if (collector != null) {
        collector.startRequest(request);
      }
      int hits = step(cursor, tally, collector);
      if (collector != null) {
        collector.endRequest(hits);
      }
      request++;
      if ((request & (REQUESTS_PER_QUESTION - 1)) == 0 && !goOn.getAsBoolean()) {
        break;
      }
    }
    MetricsSnapshot after = manager.metrics();
    return tally.counts(capacity, after.evictions() - before.evictions());
  }

  /** One request; returns its hits. */
  private int step(BlockTrace.Cursor request, Tally tally, @Nullable RunCollector collector) {
    int blockSize = request.blockSizeTokens();
    long inputTokens = request.inputTokens();
    int cached = rule.cachedBlocks(request.count(), inputTokens, blockSize);
    int extra = rule.extraSlots(inputTokens, blockSize);
    int kept = Math.max(0, Math.min(cached, capacity - extra));
    nameBlocks(request.ids(), request.from(), kept);
    manager.matchScattered(wanted, held);
    int hits = Math.min(held.leadingHits(), rule.mostHits(cached, inputTokens, blockSize));
    int misses = kept - held.hits();
    if (misses > 0) {
      allocate(misses, fresh, collector);
      nameMissing();
      fresh.register(missing, computed);
      held.fillGaps(computed);
    }
    if (extra > 0) {
      allocate(Math.min(extra, capacity), partial, collector);
      partial.close();
    }
    if (tailFirst) {
      held.closeTailFirst();
    } else {
      held.close();
    }
    tally.request(cached, hits, misses, inputTokens, blockSize, cached + extra > capacity);
    return hits;
  }

  private void nameBlocks(int[] ids, int from, int count) {
    wanted.clear();
    long parent = 0;
    for (int i = 0; i < count; i++) {
      long current = ids[from + i] + 1L;
      wanted.add(
          PositionalLineageHash.packHi(current, parent, i),
          PositionalLineageHash.packLo(current, parent, i));
      parent = current;
    }
  }

  private void nameMissing() {
    missing.clear();
    for (int i = 0; i < held.size(); i++) {
      if (held.id(i) < 0) {
        missing.add(wanted.hi(i), wanted.lo(i));
      }
    }
  }

  /** The number of the trace's block that a hash stands for. */
  private static int blockOf(LineageHashes hashes, int i) {
    return (int) (PositionalLineageHash.currentOf(hashes.hi(i), hashes.lo(i)) - 1);
  }

  private void allocate(int blocks, MutableBlocks<G1> into, @Nullable RunCollector collector) {
    if (!manager.allocate(blocks, into)) {
      throw new IllegalStateException(
          "no room for "
              + blocks
              + " of "
              + capacity
              + " blocks; policy "
              + manager.evictionPolicy()
              + " gave no victim");
    }
    if (collector != null) {
      LineageHashes evicted = into.evicted();
      for (int i = 0; i < evicted.size(); i++) {
        collector.evicted(blockOf(evicted, i));
      }
    }
  }

  /** Sums over the counted requests. */
  private static final class Tally {
    private long requests;
    private long accesses;
    private long hits;
    private long inputTokens;
    private long hitTokens;
    private long requestsWithHit;
    private long inserted;
    private long larger;

    void request(
        int blocks, int hitBlocks, int misses, long tokens, int blockSize, boolean tooLarge) {
      requests++;
      accesses += blocks;
      hits += hitBlocks;
      inputTokens += tokens;
      hitTokens += Math.min((long) hitBlocks * blockSize, tokens);
      requestsWithHit += hitBlocks > 0 ? 1 : 0;
      inserted += misses;
      larger += tooLarge ? 1 : 0;
    }

    CacheCounts counts(int capacity, long evictions) {
      return new CacheCounts(
          capacity,
          requests,
          accesses,
          hits,
          inputTokens,
          hitTokens,
          requestsWithHit,
          inserted,
          evictions,
          larger);
    }
  }
}
