package dev.kvbm.stress;

import dev.kvbm.logical.CompleteBlock;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.event.BlockEventListener;
import dev.kvbm.logical.tier.G1;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * R11: a block is evicted while its hash is registered again. Presence, the slots and the last
 * event that a listener saw say the same.
 *
 * <p>Seen to catch, planted: a removal that is noted after the lock was released.
 */
@JCStressTest
@State
@Outcome(
    id = "1, 1, 1",
    expect = Expect.ACCEPTABLE,
    desc = "registered, not evicted before or after")
public class R11EvictionAgainstRegistration {
  private final Pool pool = new Pool(2).idle(1);
  private final CompleteBlock<G1> again = pool.staged(0);
  private volatile boolean created = true;
  private Optional<MutableBlocks<G1>> allocated = Optional.empty();
  private @Nullable ImmutableBlock<G1> registered;

  public R11EvictionAgainstRegistration() {
    pool.registry.addListener(event -> created = event.kind() == BlockEventListener.Kind.CREATED);
  }

  @Actor
  public void evict() {
    allocated = pool.manager.allocate(1);
  }

  @Actor
  public void register() {
    registered = pool.manager.register(again);
  }

  @Arbiter
  public void check(III_Result r) {
    r.r1 = pool.sound();
    r.r2 = pool.residents();
    r.r3 = created ? 1 : 0;
    allocated.ifPresent(MutableBlocks::close);
    if (registered != null) {
      registered.close();
    }
  }
}
