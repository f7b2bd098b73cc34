package dev.kvbm.testkit.eviction.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.testkit.TestTokens;
import dev.kvbm.testkit.eviction.EvictionPolicyContract;
import dev.kvbm.testkit.eviction.SimulatedPool;
import org.junit.jupiter.api.Test;

/** The contract, and the order that this policy is about. */
class KeepStartsPolicyTest extends EvictionPolicyContract {
  @Override
  protected EvictionPolicy.Factory factory() {
    return slots -> new KeepStartsPolicy(slots, 2);
  }

  @Test
  void theStartsOfSequencesGoLast() {
    SimulatedPool pool = new SimulatedPool(8, factory());
    int[] a = pool.register(TestTokens.chain(0, 4, 16)); // four blocks of 16 tokens
    int[] b = pool.register(TestTokens.chain(1_000, 4, 16));
    pool.releaseTogether(a);
    pool.releaseTogether(b);
    pool.revive(a[2]);
    assertThat(pool.evictTogether(8)).containsExactly(a[3], b[2], b[3], a[0], a[1], b[0], b[1]);
  }
}
