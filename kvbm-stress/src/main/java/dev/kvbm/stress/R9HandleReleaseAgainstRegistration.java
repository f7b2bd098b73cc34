package dev.kvbm.stress;

import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.registry.RegistrationHandle;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * R9: the last handle of a hash goes while the hash is registered again. The new handle has the
 * entry that lives: with what was attached if it is the old one, without if it is a new one, and
 * what is attached to it can be found.
 *
 * <p>Seen to catch, planted: a count of handles kept outside the map's per-key lock.
 */
@JCStressTest
@State
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "a new entry")
@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "the old entry")
public class R9HandleReleaseAgainstRegistration {
  private final BlockRegistry registry = BlockRegistry.create();
  private final RegistrationHandle old = registry.register(Pool.CHAIN.get(0));
  private @Nullable RegistrationHandle next;

  public R9HandleReleaseAgainstRegistration() {
    old.attach(String.class, "old");
  }

  @Actor
  public void release() {
    old.close();
  }

  @Actor
  public void register() {
    next = registry.register(Pool.CHAIN.get(0));
  }

  @Arbiter
  public void check(III_Result r) {
    if (next != null) {
      r.r1 = next.multiple(String.class).contains("old") ? 1 : 0;
      next.attach(String.class, "new");
      try (RegistrationHandle found = registry.match(Pool.CHAIN.get(0), false).orElseThrow()) {
        r.r2 = found.multiple(String.class).contains("new") ? 1 : 0;
      }
      next.close();
    }
    r.r3 = registry.registeredCount();
  }
}
