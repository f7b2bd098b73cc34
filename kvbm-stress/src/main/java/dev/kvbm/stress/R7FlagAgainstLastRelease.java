package dev.kvbm.stress;

import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.tier.G1;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * R7: a guard asks for a reset on release, then goes, while another guard of the block goes.
 * Whoever is last, the flag was written before: the block is freed, not kept.
 *
 * <p>Seen to catch, planted: a flag that is written without the lock.
 */
@JCStressTest
@State
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "freed")
public class R7FlagAgainstLastRelease {
  private final Pool pool = new Pool(1);
  private final ImmutableBlock<G1> guard = pool.held(0);
  private final ImmutableBlock<G1> other = guard.share();

  @Actor
  public void resetAndRelease() {
    guard.setResetOnRelease(true);
    guard.close();
  }

  @Actor
  public void release() {
    other.close();
  }

  @Arbiter
  public void check(II_Result r) {
    r.r1 = pool.residents();
    r.r2 = pool.allBack();
  }
}
