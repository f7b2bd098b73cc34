package dev.kvbm.stress;

import dev.kvbm.logical.frequency.FrequencySketch;
import dev.kvbm.logical.frequency.FrequencyTracker;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * R15: two threads touch a hash that was touched six times, the later touch makes the sketch age,
 * and one of them reads the count. Both touches count and the aging halves once; the reader sees a
 * number that the counter had.
 *
 * <p>Seen to catch, planted: a touch without the lock.
 */
@JCStressTest
@State
@Outcome(id = "7, 4", expect = Expect.ACCEPTABLE, desc = "read before the other touch")
@Outcome(id = "8, 4", expect = Expect.ACCEPTABLE, desc = "read before the aging")
@Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "read after it, or in the middle")
public class R15TouchesAgainstCount {
  private static final long HI = Pool.CHAIN.hi(0);
  private static final long LO = Pool.CHAIN.lo(0);

  private final FrequencyTracker tracker =
      FrequencySketch.builder().capacity(8).sampleTouches(8).build();

  public R15TouchesAgainstCount() {
    for (int i = 0; i < 6; i++) {
      tracker.touch(HI, LO);
    }
  }

  @Actor
  public void touch() {
    tracker.touch(HI, LO);
  }

  @Actor
  public void touchAndCount(II_Result r) {
    tracker.touch(HI, LO);
    r.r1 = tracker.count(HI, LO);
  }

  @Arbiter
  public void check(II_Result r) {
    r.r2 = tracker.count(HI, LO);
  }
}
