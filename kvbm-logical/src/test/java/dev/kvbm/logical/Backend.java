package dev.kvbm.logical;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.LeafOrder;

/** The shipped eviction policies, to run one test with each. */
enum Backend {
  FIFO(Eviction.fifo()),
  LRU(Eviction.lru()),
  MULTI_LRU(Eviction.multiLru()),
  LINEAGE_TICK(Eviction.lineage(LeafOrder.TICK)),
  LINEAGE_FIFO(Eviction.lineage(LeafOrder.FIFO));

  private final EvictionPolicy.Factory factory;

  Backend(EvictionPolicy.Factory factory) {
    this.factory = factory;
  }

  EvictionPolicy.Factory factory() {
    return factory;
  }
}
