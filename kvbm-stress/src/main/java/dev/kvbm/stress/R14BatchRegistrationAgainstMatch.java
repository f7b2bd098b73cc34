package dev.kvbm.stress;

import dev.kvbm.logical.CompleteBlocks;
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
 * R14: a batch is registered while its hashes are matched. The match finds all of it or nothing.
 *
 * <p>Seen to catch, planted: a batch that is registered in two lock sections.
 */
@JCStressTest
@State
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "before")
@Outcome(id = "4, 1", expect = Expect.ACCEPTABLE, desc = "after")
public class R14BatchRegistrationAgainstMatch {
  private final Pool pool = new Pool(4);
  private final CompleteBlocks<G1> batch = pool.manager.allocate(4).orElseThrow().stage(Pool.CHAIN);
  private final ImmutableBlocks<G1> registered = pool.manager.newImmutableBlocks();

  @Actor
  public void register() {
    batch.register(registered);
  }

  @Actor
  public void match(II_Result r) {
    try (ImmutableBlocks<G1> found = pool.manager.match(Pool.CHAIN)) {
      r.r1 = found.size();
    }
  }

  @Arbiter
  public void check(II_Result r) {
    registered.close();
    r.r2 = pool.allBack();
  }
}
