package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import dev.kvbm.tokens.LineageHashes;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Closing a manager. */
class CloseTest {
  @RegisterExtension final Pools pools = new Pools();

  @Test
  void aClosedManagerRefusesAllocationsAndLookups() {
    BlockManager<G1> manager = pools.of(4);
    LineageHashes prompt = Hashes.chain(0, 2);
    Pools.cache(manager, prompt);
    manager.close();
    for (ThrowingCallable use :
        List.<ThrowingCallable>of(
            () -> manager.allocate(1),
            () -> manager.allocate(0),
            manager::allocate,
            () -> manager.allocate(1, Duration.ofSeconds(5)),
            () -> manager.reserve(1),
            () -> manager.match(prompt),
            () -> manager.matchScattered(prompt),
            () -> manager.scan(prompt, true),
            manager::resetInactivePool)) {
      assertThatThrownBy(use)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("manager " + manager.id() + " (G1) is closed");
    }
  }

  @Test
  void whatIsHeldCanBeFinishedAndGivenBack() {
    BlockManager<G1> manager = pools.of(6);
    MutableBlocks<G1> mutable = manager.allocate(1).orElseThrow();
    CompleteBlocks<G1> staged = manager.allocate(1).orElseThrow().stage(Hashes.chain(0, 1));
    ImmutableBlocks<G1> registered = Pools.register(manager, Hashes.chain(100, 2));
    LifecyclePin pin;
    try (ImmutableBlock<G1> guard = registered.share(0)) {
      pin = guard.pin();
    }
    manager.close();
    mutable.close();
    staged.close();
    registered.close();
    pin.close();
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 2 idle");
  }

  @Test
  void guardsAndWeakBlocksOfAClosedManagerStillLeadToTheirBlocks() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlock<G1> block = Pools.register(manager, Hashes.root(0));
    WeakBlock<G1> weak = block.downgrade();
    manager.close();
    ImmutableBlock<G1> shared = block.share();
    assertThat(block.useCount()).isEqualTo(2);
    shared.close();
    block.close();
    weak.upgrade().orElseThrow().close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
  }

  @Test
  void aClosedManagerLeavesItsRegistry() {
    BlockRegistry registry = Pools.countingRegistry();
    BlockManager<G1> gpu = pools.build(Pools.builder(G1.TIER, 4, registry));
    BlockManager<G2> host = pools.build(Pools.builder(G2.TIER, 4, registry));
    Pools.cache(gpu, Hashes.roots(0, 2));
    Pools.cache(host, Hashes.roots(4, 1));
    assertThat(registry.registeredCount()).isEqualTo(2);
    gpu.close();
    assertThat(registry.registeredCount()).isEqualTo(1);
    assertThat(registry.isPresent(G1.TIER, Hashes.root(4))).isFalse();
    assertThat(registry.isPresent(G2.TIER, Hashes.root(4))).isTrue();
    assertThat(registry.isRegistered(Hashes.root(0))).isFalse();
  }

  @Test
  void closingTwiceIsClosingOnce() {
    BlockManager<G1> manager = pools.of(4);
    manager.close();
    manager.close();
    assertThat(manager.availableBlocks()).isEqualTo(4);
    assertThat(manager.dump(3)).contains("RESET 4");
    assertThat(manager.metrics().resetPoolSize()).isEqualTo(4);
  }

  @Test
  void aClosedManagerCanBeFollowedByAnotherOneOfTheTier() {
    BlockRegistry registry = Pools.countingRegistry();
    for (int i = 0; i < 3; i++) {
      BlockManager<G1> manager = pools.build(Pools.builder(G1.TIER, 4, registry));
      Pools.cache(manager, Hashes.root(0));
      assertThat(registry.isPresent(G1.TIER, Hashes.root(0))).isTrue();
      manager.close();
      assertThat(registry.isPresent(G1.TIER, Hashes.root(0))).isFalse();
    }
  }
}
