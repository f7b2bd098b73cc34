package dev.kvbm.stress;

import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.tier.G1;
import java.util.Optional;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * R10: the idle blocks are drained while some are matched and some are evicted. What is matched or
 * allocated is not drained, what is drained is free, and no slot is lost.
 *
 * <p>Seen to catch, planted: a drain that takes a victim in one lock section and forgets its hash
 * in the next.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "each block is somewhere, once")
public class R10DrainAgainstAllocateAndMatch {
  private final Pool pool = new Pool(4).idle(4);
  private Optional<MutableBlocks<G1>> allocated = Optional.empty();
  private final ImmutableBlocks<G1> matched = pool.manager.newImmutableBlocks();
  private int drained;

  @Actor
  public void drain() {
    drained = pool.manager.resetInactivePool().drained().size();
  }

  @Actor
  public void matchAndAllocate() {
    pool.manager.match(Pool.FIRST, matched);
    allocated = pool.manager.allocate(2);
  }

  @Arbiter
  public void check(II_Result r) {
    int evicted = allocated.map(group -> group.evicted().size()).orElse(0);
    boolean each =
        drained + evicted + matched.size() + pool.manager.metrics().inactivePoolSize() == 4;
    r.r1 = each && pool.manager.invariantViolations().isEmpty() ? 1 : 0;
    matched.close();
    allocated.ifPresent(MutableBlocks::close);
    r.r2 = pool.allBack();
  }
}
