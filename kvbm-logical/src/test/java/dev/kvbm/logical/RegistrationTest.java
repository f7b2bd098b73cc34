package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Registering blocks, alone and in batches; spec (a.10), registration rows. */
class RegistrationTest {
  @RegisterExtension final Pools pools = new Pools();

  private static final PositionalLineageHash A = Hashes.root(0);
  private static final PositionalLineageHash B = Hashes.root(100);
  private static final PositionalLineageHash C = Hashes.root(200);

  @Test
  void aRegisteredBlockKeepsItsHashAndCounts() {
    BlockManager<G1> manager = pools.of(10);
    try (ImmutableBlock<G1> block = Pools.register(manager, A)) {
      assertThat(block.sequenceHash()).isEqualTo(A);
      assertThat(manager.metrics().registrations()).isEqualTo(1);
      assertThat(manager.metrics().stagings()).isEqualTo(1);
      assertThat(manager.metrics().distinctActive()).isEqualTo(1);
    }
  }

  @Test
  void aBatchIsRegisteredInItsOrder() {
    BlockManager<G1> manager = pools.of(10);
    LineageHashes hashes = Hashes.roots(0, 3);
    List<CompleteBlock<G1>> staged = manager.allocate(3).orElseThrow().stage(hashes).split();

    List<ImmutableBlock<G1>> registered = manager.register(staged);

    assertThat(registered)
        .extracting(ImmutableBlock::sequenceHash)
        .containsExactly(hashes.toArray());
    assertThat(registered).extracting(ImmutableBlock::blockId).containsExactly(0, 1, 2);
    assertThat(manager.metrics().registrations()).isEqualTo(3);
    assertThat(manager.metrics().stagings()).isEqualTo(3);
    registered.forEach(ImmutableBlock::close);
  }

  @Test
  void anEmptyListRegistersToAnEmptyList() {
    BlockManager<G1> manager = pools.of(10);
    assertThat(manager.register(List.of())).isEmpty();
    assertThat(manager.metrics().registrations()).isZero();
  }

  @Test
  void aBatchWithRejectsKeepsOrderPresenceAndGuards() {
    BlockManager<G1> manager =
        pools.with(8, options -> options.duplicationPolicy(DuplicationPolicy.REJECT));
    ImmutableBlock<G1> live = Pools.register(manager, A);
    List<CompleteBlock<G1>> staged =
        manager.allocate(4).orElseThrow().stage(LineageHashes.of(B, A, B, C)).split();
    int idB = staged.get(0).blockId();
    int idC = staged.get(3).blockId();

    List<ImmutableBlock<G1>> result = manager.register(staged);

    assertThat(result).extracting(ImmutableBlock::sequenceHash).containsExactly(B, A, B, C);
    assertThat(result).extracting(ImmutableBlock::blockId).containsExactly(idB, 0, idB, idC);
    assertThat(manager.registry().checkPresence(G1.TIER, LineageHashes.of(A, B, C)))
        .containsExactly(true, true, true);
    assertThat(manager.metrics().registrationDedup()).isEqualTo(2);
    assertThat(manager.metrics().duplicateBlocks()).isZero();
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(5);
    assertThat(manager.metrics().resetPoolSize()).isEqualTo(5);
    result.forEach(ImmutableBlock::close);
    live.close();
    assertThat(Pools.pools(manager)).isEqualTo("5 free, 3 idle");
  }

  @Test
  void twoEqualHashesInOneBatchMakeAPrimaryAndADuplicate() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlocks<G1> both = Pools.register(manager, LineageHashes.of(A, A));
    assertThat(both.ids()).containsExactly(0, 1);
    assertThat(manager.metrics().duplicateBlocks()).isEqualTo(1);
    List<ImmutableBlock<G1>> guards = both.split();
    assertThat(guards.get(0).useCount()).isEqualTo(2);
    guards.get(1).close();
    assertThat(manager.registry().isPresent(G1.TIER, A)).isTrue();
    assertThat(guards.get(0).useCount()).isEqualTo(1);
    guards.get(0).close();
    assertThat(manager.registry().isPresent(G1.TIER, A)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void theSecondRegistrationOfAHashFollowsThePolicy(DuplicationPolicy policy) {
    BlockManager<G1> manager = pools.with(4, options -> options.duplicationPolicy(policy));
    try (ImmutableBlock<G1> first = Pools.register(manager, A);
        ImmutableBlock<G1> second = Pools.register(manager, A)) {
      boolean allow = policy == DuplicationPolicy.ALLOW;
      assertThat(second.blockId()).isEqualTo(allow ? 1 : 0);
      assertThat(second.sequenceHash()).isEqualTo(first.sequenceHash());
      assertThat(manager.metrics().duplicateBlocks()).isEqualTo(allow ? 1 : 0);
      assertThat(manager.metrics().registrationDedup()).isEqualTo(allow ? 0 : 1);
      assertThat(manager.metrics().registrations()).isEqualTo(2);
      assertThat(first.useCount()).isEqualTo(2);
    }
  }

  @Test
  void aRejectedBlockIsTheNextToBeAllocated() {
    BlockManager<G1> manager =
        pools.with(2, options -> options.duplicationPolicy(DuplicationPolicy.REJECT));
    ImmutableBlock<G1> first = Pools.register(manager, A);
    CompleteBlock<G1> candidate = manager.allocate().orElseThrow().stage(A, 4);
    int rejected = candidate.blockId();
    assertThat(manager.metrics().resetPoolSize()).isZero();

    ImmutableBlock<G1> second = manager.register(candidate);

    assertThat(second.blockId()).isEqualTo(first.blockId());
    assertThat(manager.metrics().resetPoolSize()).isEqualTo(1);
    assertThat(manager.metrics().registrations()).isEqualTo(2);
    assertThat(manager.metrics().registrationDedup()).isEqualTo(1);
    try (MutableBlock<G1> next = manager.allocate().orElseThrow()) {
      assertThat(next.blockId()).isEqualTo(rejected);
    }
    first.close();
    second.close();
  }

  @ParameterizedTest
  @EnumSource
  void aChainRegisteredBlockByBlockIsMatchedAsAWhole(Backend backend) {
    BlockManager<G1> manager = pools.of(30, backend);
    LineageHashes chain = Hashes.chain(0, 15);
    List<ImmutableBlock<G1>> held = new ArrayList<>();
    for (int i = 0; i < 15; i += 3) {
      for (MutableBlock<G1> block : manager.allocate(3).orElseThrow().split()) {
        held.add(block.stage(chain.get(held.size()), 4).register());
      }
    }
    held.forEach(ImmutableBlock::close);
    try (ImmutableBlocks<G1> hit = manager.match(chain)) {
      assertThat(hit.size()).isEqualTo(15);
      assertThat(hit.hash(14)).isEqualTo(chain.get(14));
    }
  }

  @Test
  void registeringTwiceThroughOneGroupCallIsTheSameAsStageAndRegister() {
    BlockManager<G1> one = pools.of(8);
    BlockManager<G1> two = pools.of(8);
    LineageHashes hashes = LineageHashes.of(A, B, A);
    ImmutableBlocks<G1> direct = one.allocate(3).orElseThrow().register(hashes);
    ImmutableBlocks<G1> inSteps = two.allocate(3).orElseThrow().stage(hashes).register();
    assertThat(direct.ids()).isEqualTo(inSteps.ids());
    assertThat(one.slots()).isEqualTo(two.slots());
    assertThat(one.metrics()).isEqualTo(two.metrics());
    direct.close();
    inSteps.close();
  }

  @Test
  void onlyTheFirstRegistrationOfAHashCountsAsAnAccess() {
    CountingTracker tracker = new CountingTracker();
    BlockRegistry registry = BlockRegistry.builder().frequencyTracker(tracker).build();
    BlockManager<G1> gpu = pools.build(Pools.builder(G1.TIER, 8, registry));
    BlockManager<G2> host = pools.build(Pools.builder(G2.TIER, 8, registry));

    ImmutableBlocks<G1> first = Pools.register(gpu, LineageHashes.of(A, B, A));
    assertThat(tracker.takeTouches()).isEqualTo(2);
    assertThat(tracker.count(A)).isEqualTo(1);
    Pools.cache(gpu, A);
    Pools.cache(host, LineageHashes.of(A, C));
    assertThat(tracker.takeTouches()).isEqualTo(1);
    assertThat(tracker.count(C)).isEqualTo(1);
    first.close();
  }

  @Test
  void aHashThatLeftEverywhereCountsAgain() {
    CountingTracker tracker = new CountingTracker();
    BlockManager<G1> manager =
        pools.build(
            Pools.builder(G1.TIER, 1, BlockRegistry.builder().frequencyTracker(tracker).build()));
    Pools.cache(manager, A);
    Pools.cache(manager, B);
    Pools.cache(manager, A);
    assertThat(tracker.count(A)).isEqualTo(2);
    assertThat(tracker.count(B)).isEqualTo(1);
  }

  @Test
  void managersOfTwoTiersShareARegistry() {
    BlockRegistry registry = Pools.countingRegistry();
    BlockManager<G1> gpu = pools.build(Pools.builder(G1.TIER, 4, registry));
    BlockManager<G2> host =
        pools.build(
            Pools.builder(G2.TIER, 4, registry).duplicationPolicy(DuplicationPolicy.REJECT));
    assertThat(gpu.registry()).isSameAs(host.registry());
    assertThat(registry.isRegistered(A)).isFalse();
    ImmutableBlock<G1> block = Pools.register(gpu, A);
    assertThat(registry.isRegistered(A)).isTrue();
    assertThat(host.match(LineageHashes.of(A)).isEmpty()).isTrue();
    block.close();
  }

  @Test
  void aDuplicateThatGoesLeavesThePrimaryMatchable() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlock<G1> primary = Pools.register(manager, A);
    ImmutableBlock<G1> duplicate = Pools.register(manager, A);
    duplicate.close();
    assertThat(manager.registry().isPresent(G1.TIER, A)).isTrue();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 0 idle");
    primary.close();
    assertThat(manager.registry().isPresent(G1.TIER, A)).isTrue();
    manager.allocate(4).orElseThrow().close();
    assertThat(manager.registry().isPresent(G1.TIER, A)).isFalse();
  }

  @Test
  void manyDuplicatesOfOnePrimaryGoInAnyOrder() {
    BlockManager<G1> manager = pools.of(6);
    List<ImmutableBlock<G1>> guards = Pools.register(manager, LineageHashes.of(A, A, A, A)).split();
    assertThat(guards.get(0).useCount()).isEqualTo(4);
    guards.get(2).close();
    guards.get(0).close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 0 idle");
    guards.get(3).close();
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
    guards.get(1).close();
    assertThat(Pools.pools(manager)).isEqualTo("5 free, 1 idle");
    assertThat(manager.allocate(6).orElseThrow().ids()).containsExactly(4, 5, 2, 3, 1, 0);
  }

  @Test
  void hashesAtTheBordersOfTheModesAreFoundAgain() {
    BlockManager<G1> manager = pools.of(16, Backend.LINEAGE_TICK);
    List<PositionalLineageHash> hashes = new ArrayList<>();
    for (long position : new long[] {0, 1, 255, 256, 65_535, 65_536, (1 << 24) - 1}) {
      hashes.add(PositionalLineageHash.of(0x1234_5678_9ABC_DEFFL * position, -1L, position));
    }
    LineageHashes all = LineageHashes.copyOf(hashes);
    Pools.cache(manager, all);
    try (ImmutableBlocks<G1> hit = manager.matchScattered(all)) {
      assertThat(hit.hits()).isEqualTo(hashes.size());
    }
  }
}
