package dev.kvbm.stress;

import dev.kvbm.logical.ImmutableBlock;
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
 * R12: a scan runs while one of the blocks is released and another is evicted. Every block that it
 * returns is held by it and by nobody who writes to it.
 *
 * <p>Seen to catch, planted: a scan that finds a block in one lock section and takes its reference
 * in the next.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "what was returned is held")
public class R12ScanAgainstReleaseAndEviction {
  private final Pool pool = new Pool(3).idle(2);
  private final ImmutableBlock<G1> guard = pool.held(2);
  private final ImmutableBlocks<G1> scanned = pool.manager.newImmutableBlocks();
  private Optional<MutableBlocks<G1>> allocated = Optional.empty();

  @Actor
  public void scan() {
    pool.manager.scan(Pool.CHAIN, false, scanned);
  }

  @Actor
  public void releaseAndEvict() {
    guard.close();
    allocated = pool.manager.allocate(1);
  }

  @Arbiter
  public void check(II_Result r) {
    int good = 1;
    for (int i = 0; i < scanned.size(); i++) {
      if (scanned.isHit(i)) {
        int id = scanned.id(i);
        boolean written = allocated.map(group -> group.id(0) == id).orElse(false);
        boolean named = Pool.CHAIN.get(i).equals(pool.manager.slots().get(id).hash());
        good &= named && !written ? 1 : 0;
      }
    }
    r.r1 = good;
    scanned.close();
    allocated.ifPresent(MutableBlocks::close);
    r.r2 = pool.allBack();
  }
}
