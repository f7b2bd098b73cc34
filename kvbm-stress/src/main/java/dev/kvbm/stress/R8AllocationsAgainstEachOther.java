package dev.kvbm.stress;

import dev.kvbm.logical.MutableBlocks;
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
 * R8: two threads ask for the whole pool, of which half is free and half is idle. One of them gets
 * it.
 *
 * <p>Seen to catch, planted: a lock that two threads can take at once, because it tests and sets in
 * two steps.
 */
@JCStressTest
@State
@Outcome(id = "4, 0, 1", expect = Expect.ACCEPTABLE, desc = "the one")
@Outcome(id = "0, 4, 1", expect = Expect.ACCEPTABLE, desc = "the other")
public class R8AllocationsAgainstEachOther {
  private final Pool pool = new Pool(4).idle(2);
  private Optional<MutableBlocks<G1>> left = Optional.empty();
  private Optional<MutableBlocks<G1>> right = Optional.empty();

  @Actor
  public void allocateLeft() {
    left = pool.manager.allocate(4);
  }

  @Actor
  public void allocateRight() {
    right = pool.manager.allocate(4);
  }

  @Arbiter
  public void check(III_Result r) {
    r.r1 = left.map(MutableBlocks::size).orElse(0);
    r.r2 = right.map(MutableBlocks::size).orElse(0);
    left.ifPresent(MutableBlocks::close);
    right.ifPresent(MutableBlocks::close);
    r.r3 = pool.allBack();
  }
}
