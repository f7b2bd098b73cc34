package dev.kvbm.stress;

import dev.kvbm.logical.CompleteBlock;
import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.tier.G1;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * R5: two threads register the same hash. One block becomes the primary, the other a duplicate of
 * it.
 *
 * <p>Seen to catch, planted: a lock that two threads can take at once, because it tests and sets in
 * two steps.
 */
@JCStressTest
@State
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "two blocks, one primary")
public class R5RegisterAgainstRegisterAllow {
  private final Pool pool = new Pool(2, DuplicationPolicy.ALLOW);
  private final CompleteBlock<G1> left = pool.staged(0);
  private final CompleteBlock<G1> right = pool.staged(0);
  private @Nullable ImmutableBlock<G1> first;
  private @Nullable ImmutableBlock<G1> second;

  @Actor
  public void registerLeft() {
    first = pool.manager.register(left);
  }

  @Actor
  public void registerRight() {
    second = pool.manager.register(right);
  }

  @Arbiter
  public void check(III_Result r) {
    if (first != null && second != null) {
      r.r1 = first.blockId() == second.blockId() ? 0 : 1;
      r.r2 = pool.sound();
      first.close();
      second.close();
    }
    r.r3 = pool.allBack();
  }
}
