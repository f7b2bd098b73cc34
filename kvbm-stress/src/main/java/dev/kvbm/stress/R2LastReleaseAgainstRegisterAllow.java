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
 * R2: the last guard of a block goes while the same hash is registered again. What the registration
 * returns is a duplicate of it, and both are held; there are never two primaries.
 *
 * <p>Seen to catch, planted: a release that takes the block out of the table and puts it back,
 * idle, in a second lock section.
 */
@JCStressTest
@State
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "one primary")
public class R2LastReleaseAgainstRegisterAllow {
  private final Pool pool = new Pool(2, DuplicationPolicy.ALLOW);
  private final ImmutableBlock<G1> guard = pool.held(0);
  private final CompleteBlock<G1> again = pool.staged(0);
  private @Nullable ImmutableBlock<G1> registered;

  @Actor
  public void release() {
    guard.close();
  }

  @Actor
  public void register(III_Result r) {
    registered = pool.manager.register(again);
    r.r1 = registered.blockId();
  }

  @Arbiter
  public void check(III_Result r) {
    r.r2 = pool.sound();
    if (registered != null) {
      registered.close();
    }
    r.r3 = pool.allBack();
  }
}
