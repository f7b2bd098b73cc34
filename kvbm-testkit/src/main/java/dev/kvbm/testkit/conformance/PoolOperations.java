package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.MutableBlock;
import dev.kvbm.logical.PoolReset;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.tokens.LineageHashes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Operations on a pool as a whole. */
final class PoolOperations {

  private PoolOperations() {}

  static void addTo(OperationTable table) {
    table.add("rip", PoolOperations::resetInactivePool);
    table.add("norm", PoolOperations::normalise);
    table.add("drain", PoolOperations::drain);
    table.add("avail", PoolOperations::sizes);
    table.add("snap", PoolOperations::snapshot);
  }

  private static <T> Json resetInactivePool(Pool<T> pool, Arguments arguments) {
    PoolReset reset = pool.manager.resetInactivePool();
    if (pool.unorderedReset) {
      pool.world.eventOrderIsUnspecified();
    }
    return reset.isComplete()
        ? Json.OK
        : Json.error("BlockCountMismatch")
            .with("expected", Json.of(reset.totalBlocks()))
            .with("actual", Json.of(reset.freeBlocks()));
  }

  /** Brings the free list into ascending order: allocates everything and releases it so. */
  private static <T> Json normalise(Pool<T> pool, Arguments arguments) {
    List<MutableBlock<T>> blocks =
        new ArrayList<>(
            pool.manager.allocate(pool.manager.availableBlocks()).orElseThrow().split());
    blocks.sort(Comparator.comparingInt(MutableBlock::blockId));
    List<Json> ids = new ArrayList<>(blocks.size());
    for (MutableBlock<T> block : blocks) {
      ids.add(Json.of(block.blockId()));
      block.close();
    }
    return Json.array(ids);
  }

  /** Allocates block after block, which shows the free list and the order of eviction. */
  private static <T> Json drain(Pool<T> pool, Arguments arguments) {
    List<MutableBlock<T>> blocks = new ArrayList<>();
    List<Json> result = new ArrayList<>();
    Pool.Allocated<T> next;
    while ((next = pool.allocate(1)) != null) {
      MutableBlock<T> block = next.blocks().getFirst();
      LineageHashes evicted = next.evicted();
      blocks.add(block);
      result.add(
          Json.array(
              Json.of(block.blockId()),
              evicted.isEmpty() ? Json.NULL : pool.world.nodes.reference(evicted.get(0))));
    }
    for (MutableBlock<T> block : blocks) {
      block.close();
    }
    return Json.array(result);
  }

  private static <T> Json sizes(Pool<T> pool, Arguments arguments) {
    return Json.array(
        Json.of(pool.manager.availableBlocks()),
        Json.of(pool.manager.totalBlocks()),
        Json.of(pool.manager.blockSize()));
  }

  private static <T> Json snapshot(Pool<T> pool, Arguments arguments) {
    MetricsSnapshot now = pool.manager.metrics();
    Map<String, Json> series = new LinkedHashMap<>();
    series.put("allocations", Json.of(now.allocations()));
    series.put("allocations_from_reset", Json.of(now.allocationsFromReset()));
    series.put("evictions", Json.of(now.evictions()));
    series.put("registrations", Json.of(now.registrations()));
    series.put("duplicate_blocks", Json.of(now.duplicateBlocks()));
    series.put("registration_dedup", Json.of(now.registrationDedup()));
    series.put("stagings", Json.of(now.stagings()));
    series.put("match_hashes_requested", Json.of(now.matchHashesRequested()));
    series.put("match_blocks_returned", Json.of(now.matchBlocksReturned()));
    series.put("scan_hashes_requested", Json.of(now.scanHashesRequested()));
    series.put("scan_blocks_returned", Json.of(now.scanBlocksReturned()));
    series.put("eager_primary_to_inactive_total", Json.of(now.eagerPrimaryToInactive()));
    series.put("allocate_atomic_rollback_total", Json.of(now.allocateAtomicRollback()));
    series.put("release_primary_noop_total", Json.of(now.releasePrimaryNoop()));
    series.put("release_duplicate_noop_total", Json.of(now.releaseDuplicateNoop()));
    series.put("inflight_mutable", Json.of(now.inflightMutable()));
    series.put("inflight_immutable", Json.of(now.inflightImmutable()));
    series.put("reset_pool_size", Json.of(now.resetPoolSize()));
    series.put("inactive_pool_size", Json.of(now.inactivePoolSize()));
    return new Json.Members(series);
  }
}
