package dev.kvbm.stress;

import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.tier.G1;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * R13: one guard is closed by two threads while somebody matches the block. It is released once:
 * the reference that the match holds stays. (The reference has a window between the last guard and
 * the release of the slot, and counters for what happens in it; here there is no window.)
 *
 * <p>Seen to catch, planted: a guard that notes outside the lock that it ended.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "released once")
public class R13ReleaseTwice {
  private final Pool pool = new Pool(1);
  private final ImmutableBlock<G1> guard = pool.held(0);
  private final ImmutableBlocks<G1> matched = pool.manager.newImmutableBlocks();

  public R13ReleaseTwice() {
    pool.manager.match(Pool.FIRST, matched);
  }

  @Actor
  public void release() {
    guard.close();
  }

  @Actor
  public void releaseToo() {
    guard.close();
  }

  @Arbiter
  public void check(II_Result r) {
    r.r1 = pool.manager.slots().getFirst().references();
    matched.close();
    r.r2 = pool.allBack();
  }
}
