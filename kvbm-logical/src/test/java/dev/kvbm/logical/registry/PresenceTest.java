package dev.kvbm.logical.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.Hashes;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.Pools;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import dev.kvbm.logical.tier.G3;
import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which tier holds which hash; spec (a.4), presence rows. */
class PresenceTest {
  @RegisterExtension final Pools pools = new Pools();

  private final BlockRegistry registry = Pools.countingRegistry();

  private static final PositionalLineageHash A = Hashes.root(0);
  private static final PositionalLineageHash B = Hashes.root(100);
  private static final PositionalLineageHash C = Hashes.root(200);

  private <T> BlockManager<T> manager(Tier<T> tier, int blocks) {
    return pools.build(Pools.builder(tier, blocks, registry));
  }

  @Test
  void aHashIsPresentFromRegistrationToEviction() {
    BlockManager<G1> manager = manager(G1.TIER, 2);
    assertThat(registry.isPresent(G1.TIER, A)).isFalse();
    var staged = manager.allocate().orElseThrow().stage(A, 4);
    assertThat(registry.isPresent(G1.TIER, A)).as("staged").isFalse();
    ImmutableBlock<G1> block = staged.register();
    assertThat(registry.isPresent(G1.TIER, A)).as("registered").isTrue();
    block.close();
    assertThat(registry.isPresent(G1.TIER, A)).as("idle").isTrue();
    MutableBlocks<G1> all = manager.allocate(2).orElseThrow();
    assertThat(registry.isPresent(G1.TIER, A)).as("evicted").isFalse();
    all.close();
  }

  @Test
  void tiersAreToldApart() {
    BlockManager<G1> gpu = manager(G1.TIER, 2);
    BlockManager<G2> host = manager(G2.TIER, 2);
    try (RegistrationHandle handle = registry.register(A)) {
      assertThat(handle.isPresent(G1.TIER)).isFalse();
      Pools.cache(gpu, A);
      assertThat(handle.isPresent(G1.TIER)).isTrue();
      assertThat(handle.isPresent(G2.TIER)).isFalse();
      Pools.cache(host, A);
      assertThat(handle.isPresent(G2.TIER)).isTrue();
      gpu.resetInactivePool();
      assertThat(handle.isPresent(G1.TIER)).isFalse();
      assertThat(handle.isPresent(G2.TIER)).isTrue();
      assertThat(handle.isPresent(G3.TIER)).isFalse();
    }
  }

  @Test
  void aListOfHashesIsAnsweredInItsOrder() {
    Pools.cache(manager(G1.TIER, 4), LineageHashes.of(A, C));
    assertThat(registry.checkPresence(G1.TIER, LineageHashes.of(A, B, C, A)))
        .containsExactly(true, false, true, true);
    assertThat(registry.checkPresence(G2.TIER, LineageHashes.of(A, B, C)))
        .containsExactly(false, false, false);
    assertThat(registry.checkPresence(G1.TIER, LineageHashes.empty())).isEmpty();
  }

  @Test
  void severalTiersCanBeAskedAtOnce() {
    Pools.cache(manager(G1.TIER, 4), A);
    Pools.cache(manager(G2.TIER, 4), B);
    Pools.cache(manager(G3.TIER, 4), C);
    LineageHashes all = LineageHashes.of(A, B, C, Hashes.root(300));
    assertThat(registry.checkPresenceAny(all, G1.TIER, G2.TIER))
        .containsExactly(true, true, false, false);
    assertThat(registry.checkPresenceAny(all, G3.TIER)).containsExactly(false, false, true, false);
    assertThat(registry.checkPresenceAny(all)).containsOnly(false);
    assertThat(registry.checkPresenceAny(all, G1.TIER, G1.TIER, G2.TIER, G3.TIER))
        .containsExactly(true, true, true, false);
    try (RegistrationHandle handle = registry.openHandle(B)) {
      assertThat(handle.isPresentInAny(G1.TIER, G2.TIER)).isTrue();
      assertThat(handle.isPresentInAny(G1.TIER, G3.TIER)).isFalse();
      assertThat(handle.isPresentInAny()).isFalse();
    }
  }

  @Test
  void managersOfOneTierAnswerTogether() {
    BlockManager<G1> one = manager(G1.TIER, 4);
    BlockManager<G1> two = manager(G1.TIER, 4);
    Pools.cache(one, A);
    Pools.cache(two, LineageHashes.of(A, B));
    assertThat(registry.checkPresence(G1.TIER, LineageHashes.of(A, B, C)))
        .containsExactly(true, true, false);
    assertThat(registry.registeredCount()).isEqualTo(2);
    two.resetInactivePool();
    assertThat(registry.checkPresence(G1.TIER, LineageHashes.of(A, B)))
        .containsExactly(true, false);
    assertThat(one.match(LineageHashes.of(A, B)).size()).isEqualTo(1);
  }

  @Test
  void duplicatesAreOneRegistration() {
    BlockManager<G1> manager = manager(G1.TIER, 4);
    var group = Pools.register(manager, LineageHashes.of(A, A, B));
    assertThat(registry.registeredCount()).isEqualTo(2);
    group.close();
    assertThat(registry.registeredCount()).isEqualTo(2);
    try (RegistrationHandle handle = registry.register(C)) {
      assertThat(registry.registeredCount()).isEqualTo(3);
      assertThat(handle.isPresent(G1.TIER)).isFalse();
    }
    assertThat(registry.registeredCount()).isEqualTo(2);
  }

  @Test
  void aDuplicateThatGoesLeavesTheHashPresent() {
    BlockManager<G1> manager = manager(G1.TIER, 4);
    ImmutableBlock<G1> primary = Pools.register(manager, A);
    Pools.register(manager, A).close();
    assertThat(registry.isPresent(G1.TIER, A)).isTrue();
    primary.close();
    assertThat(registry.isPresent(G1.TIER, A)).isTrue();
  }

  @Test
  void askingIsNoAccess() {
    BlockManager<G1> manager = manager(G1.TIER, 4);
    Pools.cache(manager, LineageHashes.of(A, B));
    int[] order = manager.previewEvictions(2).ids();
    for (int i = 0; i < 5; i++) {
      registry.checkPresence(G1.TIER, LineageHashes.of(A, B));
      registry.isPresent(G1.TIER, A);
      registry.isRegistered(A);
    }
    assertThat(registry.count(A)).isEqualTo(1);
    assertThat(manager.previewEvictions(2).ids()).isEqualTo(order);
    assertThat(manager.metrics().matchHashesRequested()).isZero();
  }

  @Test
  void everyEvictedHashIsGoneAndItsSuccessorPresent() {
    BlockManager<G1> manager = manager(G1.TIER, 1);
    for (int i = 0; i < 100; i++) {
      Pools.cache(manager, Hashes.root(i * 4));
      assertThat(registry.isPresent(G1.TIER, Hashes.root(i * 4))).isTrue();
      assertThat(registry.isPresent(G1.TIER, Hashes.root((i - 1) * 4))).isFalse();
    }
  }

  @Test
  void aTierOfYourOwnWorksLikeTheShippedOnes() {
    record Nvme() {}
    Tier<Nvme> tier = Tier.of(Nvme.class);
    BlockManager<Nvme> manager = manager(tier, 2);
    Pools.cache(manager, A);
    assertThat(registry.isPresent(tier, A)).isTrue();
    assertThat(registry.isPresent(Tier.of(Nvme.class), A)).isTrue();
    assertThat(registry.isPresent(G1.TIER, A)).isFalse();
    assertThat(manager.name()).isEqualTo("Nvme");
  }
}
