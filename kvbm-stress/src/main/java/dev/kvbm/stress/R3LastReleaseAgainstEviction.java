package dev.kvbm.stress;

import dev.kvbm.logical.ImmutableBlock;
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
 * R3: the last guard of a block goes while somebody needs its slot. The slot is pinned still, or it
 * is handed out and its guard is gone.
 *
 * <p>Seen to catch, planted: a release that makes a block idle while one more guard holds it.
 */
@JCStressTest
@State
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the block was pinned")
@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "released first, then evicted")
public class R3LastReleaseAgainstEviction {
  private final Pool pool = new Pool(1);
  private final ImmutableBlock<G1> guard = pool.held(0);
  private final ImmutableBlock<G1> last = guard.share();
  private volatile boolean releasing;

  @Actor
  public void release() {
    guard.close();
    releasing = true;
    last.close();
  }

  @Actor
  public void allocate(II_Result r) {
    Optional<MutableBlocks<G1>> block = pool.manager.allocate(1);
    if (block.isPresent()) {
      r.r1 = releasing ? 2 : 1;
      block.get().close();
    }
  }

  @Arbiter
  public void check(II_Result r) {
    r.r2 = pool.allBack();
  }
}
