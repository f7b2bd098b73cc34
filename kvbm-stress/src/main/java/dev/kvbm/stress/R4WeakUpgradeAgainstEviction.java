package dev.kvbm.stress;

import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.WeakBlock;
import dev.kvbm.logical.tier.G1;
import java.util.Optional;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * R4: a weak block is upgraded while its slot is needed. One of the two gets it.
 *
 * <p>Seen to catch, planted: an upgrade that finds the block in one lock section and takes its
 * reference in the next.
 */
@JCStressTest
@State
@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "upgraded")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "evicted")
public class R4WeakUpgradeAgainstEviction {
  private final Pool pool = new Pool(1);
  private final WeakBlock<G1> weak = weak();
  private Optional<ImmutableBlock<G1>> upgraded = Optional.empty();
  private Optional<MutableBlocks<G1>> allocated = Optional.empty();

  private WeakBlock<G1> weak() {
    try (ImmutableBlock<G1> guard = pool.held(0)) {
      return guard.downgrade();
    }
  }

  @Actor
  public void upgrade() {
    upgraded = weak.upgrade();
  }

  @Actor
  public void allocate() {
    allocated = pool.manager.allocate(1);
  }

  @Arbiter
  public void check(III_Result r) {
    r.r1 = upgraded.isPresent() ? 1 : 0;
    r.r2 = allocated.isPresent() ? 1 : 0;
    upgraded.ifPresent(ImmutableBlock::close);
    allocated.ifPresent(MutableBlocks::close);
    r.r3 = pool.allBack();
  }
}
