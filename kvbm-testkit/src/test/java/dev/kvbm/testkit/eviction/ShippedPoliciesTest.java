package dev.kvbm.testkit.eviction;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.LeafOrder;
import org.junit.jupiter.api.Nested;

/** The contract, for each policy that is shipped. */
class ShippedPoliciesTest {

  @Nested
  class FifoKeepsTheContract extends EvictionPolicyContract {
    @Override
    protected EvictionPolicy.Factory factory() {
      return Eviction.fifo();
    }
  }

  @Nested
  class LruKeepsTheContract extends EvictionPolicyContract {
    @Override
    protected EvictionPolicy.Factory factory() {
      return Eviction.lru();
    }
  }

  @Nested
  class MultiLruKeepsTheContract extends EvictionPolicyContract {
    @Override
    protected EvictionPolicy.Factory factory() {
      return Eviction.multiLru();
    }
  }

  @Nested
  class LineageByTickKeepsTheContract extends EvictionPolicyContract {
    @Override
    protected EvictionPolicy.Factory factory() {
      return Eviction.lineage();
    }
  }

  @Nested
  class LineageByArrivalKeepsTheContract extends EvictionPolicyContract {
    @Override
    protected EvictionPolicy.Factory factory() {
      return Eviction.lineage(LeafOrder.FIFO);
    }
  }
}
