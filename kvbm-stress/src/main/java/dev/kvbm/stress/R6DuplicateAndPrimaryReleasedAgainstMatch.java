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
 * R6: a primary is released while its duplicate is and the hash is matched. The match finds the
 * primary, and no slot is lost: the primary becomes idle once, after its duplicate is freed.
 *
 * <p>Seen to catch, planted: a lock that two threads can take at once, because it tests and sets in
 * two steps.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "found, and nothing lost")
public class R6DuplicateAndPrimaryReleasedAgainstMatch {
  private final Pool pool = new Pool(2);
  private final ImmutableBlock<G1> primary = pool.held(0);
  private final ImmutableBlock<G1> duplicate = pool.held(0);

  @Actor
  public void releasePrimary() {
    primary.close();
  }

  @Actor
  public void releaseDuplicateAndMatch(II_Result r) {
    duplicate.close();
    try (ImmutableBlocks<G1> found = pool.manager.match(Pool.FIRST)) {
      r.r1 = found.size();
    }
  }

  @Arbiter
  public void check(II_Result r) {
    r.r2 = pool.allBack() == 1 && pool.residents() == 1 ? 1 : 0;
  }
}
