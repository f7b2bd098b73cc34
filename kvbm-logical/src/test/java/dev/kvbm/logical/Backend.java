package dev.kvbm.logical;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.LeafOrder;

/** The shipped eviction policies, to run one test with each. */
enum Backend {
  FIFO,
  LRU,
  MULTI_LRU,
  LINEAGE_TICK,
  LINEAGE_FIFO;

  EvictionPolicy.Factory factory() {
    return switch (this) {
      case FIFO -> Eviction.fifo();
      case LRU -> Eviction.lru();
      case MULTI_LRU -> Eviction.multiLru();
      case LINEAGE_TICK -> Eviction.lineage(LeafOrder.TICK);
      case LINEAGE_FIFO -> Eviction.lineage(LeafOrder.FIFO);
    };
  }
}
