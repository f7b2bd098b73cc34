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
 * R1: the last guard of a block goes while somebody matches its hash. Nothing is evicted, so the
 * match finds the block, and afterwards it is there once.
 *
 * <p>Seen to catch, planted: a release that takes the block out of the table and puts it back,
 * idle, in a second lock section.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "found, and sound")
public class R1LastReleaseAgainstMatch {
  private final Pool pool = new Pool(1);
  private final ImmutableBlock<G1> guard = pool.held(0);

  @Actor
  public void release() {
    guard.close();
  }

  @Actor
  public void match(II_Result r) {
    try (ImmutableBlocks<G1> found = pool.manager.match(Pool.FIRST)) {
      r.r1 = found.size();
    }
  }

  @Arbiter
  public void check(II_Result r) {
    r.r2 = pool.allBack();
  }
}
