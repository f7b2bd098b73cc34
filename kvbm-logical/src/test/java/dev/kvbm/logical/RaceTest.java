package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.registry.RegistrationHandle;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Threads that meet on one block: the interleavings of spec 14.3 (R1 to R14, without those of the
 * eager transition, which does not exist here) and the R rows of (a.9) and (a.11).
 */
class RaceTest {
  private static final int ROUNDS = 200;

  @RegisterExtension final Pools pools = new Pools();

  private static final PositionalLineageHash A = Hashes.root(0);
  private static final LineageHashes JUST_A = LineageHashes.of(A);

  private static long holders(BlockManager<G1> manager, PositionalLineageHash hash) {
    return manager.slots().stream()
        .filter(
            slot ->
                slot.state() == SlotInfo.State.PRIMARY || slot.state() == SlotInfo.State.INACTIVE)
        .filter(slot -> hash.equals(slot.hash()))
        .count();
  }

  @ParameterizedTest
  @EnumSource
  void r1TheLastReleaseAndAMatchOfOneHash(Backend backend) {
    BlockManager<G1> manager = pools.of(4, backend);
    try (Race race = new Race(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        ImmutableBlock<G1> last = Pools.register(manager, A);
        int id = last.blockId();
        AtomicReference<ImmutableBlocks<G1>> hit = new AtomicReference<>();
        race.run(last::close, () -> hit.set(manager.match(JUST_A)));
        assertThat(hit.get().ids()).as("round %s", round).containsExactly(id);
        assertThat(holders(manager, A)).isEqualTo(1);
        assertThat(manager.metrics().inactivePoolSize()).isZero();
        hit.get().close();
        assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
        manager.resetInactivePool();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void r2TheLastReleaseAndARegistrationOfOneHash(DuplicationPolicy policy) {
    BlockManager<G1> manager = pools.with(4, options -> options.duplicationPolicy(policy));
    try (Race race = new Race(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        ImmutableBlock<G1> last = Pools.register(manager, A);
        int id = last.blockId();
        CompleteBlock<G1> candidate = manager.allocate().orElseThrow().stage(A, 4);
        int other = candidate.blockId();
        AtomicReference<ImmutableBlock<G1>> second = new AtomicReference<>();
        race.run(last::close, () -> second.set(candidate.register()));
        assertThat(holders(manager, A)).as("round %s", round).isEqualTo(1);
        assertThat(second.get().blockId())
            .isEqualTo(policy == DuplicationPolicy.ALLOW ? other : id);
        second.get().close();
        assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
        manager.resetInactivePool();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void r3TheLastReleaseAndAnAllocationThatHasToEvict(Backend backend) {
    BlockManager<G1> manager = pools.of(1, backend);
    try (Race race = new Race(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        ImmutableBlock<G1> last = Pools.register(manager, Hashes.root(round * 4));
        AtomicReference<Optional<MutableBlock<G1>>> fresh = new AtomicReference<>();
        race.run(last::close, () -> fresh.set(manager.allocate()));
        boolean evicted = fresh.get().isPresent();
        assertThat(manager.registry().isRegistered(Hashes.root(round * 4)))
            .as("round %s", round)
            .isNotEqualTo(evicted);
        fresh.get().ifPresent(MutableBlock::close);
        manager.resetInactivePool();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void r4AnUpgradeAndAnEviction(Backend backend) {
    BlockManager<G1> manager = pools.of(1, backend);
    try (Race race = new Race(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        ImmutableBlock<G1> block = Pools.register(manager, A);
        WeakBlock<G1> weak = block.downgrade();
        block.close();
        AtomicReference<Optional<ImmutableBlock<G1>>> strong = new AtomicReference<>();
        AtomicReference<Optional<MutableBlock<G1>>> fresh = new AtomicReference<>();
        race.run(() -> strong.set(weak.upgrade()), () -> fresh.set(manager.allocate()));
        assertThat(strong.get().isPresent())
            .as("round %s", round)
            .isNotEqualTo(fresh.get().isPresent());
        strong.get().ifPresent(ImmutableBlock::close);
        fresh.get().ifPresent(MutableBlock::close);
        manager.resetInactivePool();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void r5TwoRegistrationsOfOneHash(DuplicationPolicy policy) {
    BlockManager<G1> manager = pools.with(4, options -> options.duplicationPolicy(policy));
    boolean allow = policy == DuplicationPolicy.ALLOW;
    try (Race race = new Race(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<ImmutableBlock<G1>> both = Collections.synchronizedList(new ArrayList<>());
        Runnable register = () -> both.add(Pools.register(manager, A));
        race.run(register, register);
        assertThat(both).extracting(ImmutableBlock::sequenceHash).containsOnly(A);
        assertThat(both.stream().map(ImmutableBlock::blockId).distinct())
            .as("round %s", round)
            .hasSize(allow ? 2 : 1);
        assertThat(holders(manager, A)).isEqualTo(1);
        assertThat(manager.metrics().distinctActive()).isEqualTo(allow ? 2 : 1);
        both.forEach(ImmutableBlock::close);
        assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
        manager.resetInactivePool();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void r6ADuplicateAPrimaryAndAMatch(Backend backend) {
    BlockManager<G1> manager = pools.of(4, backend);
    try (Race race = new Race(3)) {
      for (int round = 0; round < ROUNDS; round++) {
        ImmutableBlock<G1> primary = Pools.register(manager, A);
        ImmutableBlock<G1> duplicate = Pools.register(manager, A);
        int id = primary.blockId();
        AtomicReference<ImmutableBlocks<G1>> hit = new AtomicReference<>();
        race.run(duplicate::close, primary::close, () -> hit.set(manager.match(JUST_A)));
        assertThat(hit.get().ids()).as("round %s", round).containsExactly(id);
        hit.get().close();
        assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
        manager.resetInactivePool();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void r7AFlagAndTheReleaseOfAnotherGuard(Backend backend) {
    BlockManager<G1> manager = pools.of(4, backend);
    try (Race race = new Race(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        ImmutableBlock<G1> one = Pools.register(manager, A);
        ImmutableBlock<G1> two = one.share();
        race.run(
            one::close,
            () -> {
              two.setResetOnRelease(true);
              two.close();
            });
        // The writer holds a guard while it writes, so its word is the last one.
        assertThat(Pools.pools(manager)).as("round %s", round).isEqualTo("4 free, 0 idle");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void r8ManyAllocationsOfTheWholePool(Backend backend) {
    BlockManager<G1> manager = pools.of(16, backend);
    try (Race race = new Race(8)) {
      for (int round = 0; round < 40; round++) {
        Pools.cache(manager, Hashes.chain(round * 1000, 7));
        List<MutableBlocks<G1>> granted = Collections.synchronizedList(new ArrayList<>());
        Runnable all = () -> manager.allocate(16).ifPresent(granted::add);
        race.run(all, all, all, all, all, all, all, all);
        assertThat(granted).as("round %s", round).hasSize(1);
        granted.getFirst().close();
        assertThat(manager.availableBlocks()).isEqualTo(16);
      }
    }
    assertThat(manager.metrics().allocateAtomicRollback()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void r9TheLastHandleAndANewRegistration(Backend backend) {
    BlockRegistry registry = Pools.countingRegistry();
    BlockManager<G1> manager =
        pools.build(Pools.builder(G1.TIER, 1, registry).eviction(backend.factory()));
    try (Race race = new Race(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        RegistrationHandle old = registry.register(A);
        old.attach(String.class, "old");
        AtomicReference<RegistrationHandle> next = new AtomicReference<>();
        race.run(old::close, () -> next.set(registry.register(A)));
        // Either both were open for a moment and share one entry, or the new one starts empty.
        assertThat(next.get().multiple(String.class)).hasSizeLessThanOrEqualTo(1);
        assertThat(registry.registeredCount()).as("round %s", round).isEqualTo(1);
        next.get().close();
        assertThat(registry.registeredCount()).isZero();

        Pools.cache(manager, A);
        RegistrationHandle held = registry.openHandle(A);
        held.attach(String.class, "with the block");
        race.run(held::close, manager::resetInactivePool);
        assertThat(registry.hasEntries()).as("round %s", round).isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void r10APoolResetAnAllocationAndAMatch(Backend backend) {
    BlockManager<G1> manager = pools.of(8, backend);
    LineageHashes chain = Hashes.chain(0, 6);
    try (Race race = new Race(3)) {
      for (int round = 0; round < ROUNDS; round++) {
        Pools.cache(manager, chain);
        AtomicReference<PoolReset> reset = new AtomicReference<>();
        AtomicReference<ImmutableBlocks<G1>> hit = new AtomicReference<>();
        AtomicReference<Optional<MutableBlocks<G1>>> fresh = new AtomicReference<>();
        race.run(
            () -> reset.set(manager.resetInactivePool()),
            () -> hit.set(manager.match(chain)),
            () -> fresh.set(manager.allocate(4)));
        assertThat(manager.invariantViolations()).as("round %s", round).isEmpty();
        int held = hit.get().size();
        assertThat(chain.slice(0, held)).containsExactlyElementsOf(hashes(hit.get()));
        assertThat(reset.get().heldBlocks()).isLessThanOrEqualTo(held + 4);
        hit.get().close();
        fresh.get().ifPresent(MutableBlocks::close);
        assertThat(manager.availableBlocks()).isEqualTo(8);
        manager.resetInactivePool();
      }
    }
  }

  private static List<PositionalLineageHash> hashes(ImmutableBlocks<G1> group) {
    List<PositionalLineageHash> hashes = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      hashes.add(group.hash(i));
    }
    return hashes;
  }

  @ParameterizedTest
  @EnumSource
  void r11AnEvictionAndANewRegistrationOfTheHash(Backend backend) {
    BlockRegistry registry = Pools.countingRegistry();
    BlockManager<G1> manager =
        pools.build(Pools.builder(G1.TIER, 2, registry).eviction(backend.factory()));
    try (Race race = new Race(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        Pools.cache(manager, A);
        CompleteBlock<G1> again = manager.allocate().orElseThrow().stage(A, 4);
        AtomicReference<Optional<MutableBlock<G1>>> fresh = new AtomicReference<>();
        race.run(() -> fresh.set(manager.allocate()), () -> again.register().close());
        long present = holders(manager, A);
        assertThat(registry.isPresent(G1.TIER, A)).as("round %s", round).isEqualTo(present == 1);
        fresh.get().ifPresent(MutableBlock::close);
        manager.resetInactivePool();
        assertThat(registry.registeredCount()).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void r12AScanAReleaseAndAnEviction(Backend backend) {
    BlockManager<G1> manager = pools.of(6, backend);
    LineageHashes hashes = Hashes.roots(0, 4);
    try (Race race = new Race(3)) {
      for (int round = 0; round < ROUNDS; round++) {
        ImmutableBlocks<G1> held = Pools.register(manager, hashes);
        AtomicReference<ImmutableBlocks<G1>> hit = new AtomicReference<>();
        race.run(
            held::close,
            () -> hit.set(manager.scan(hashes, true)),
            () -> manager.allocate(5).ifPresent(MutableBlocks::close));
        ImmutableBlocks<G1> found = hit.get();
        for (int i = 0; i < 4; i++) {
          if (found.isHit(i)) {
            assertThat(found.hash(i)).as("round %s", round).isEqualTo(hashes.get(i));
          }
        }
        assertThat(manager.metrics().inflightImmutable()).isEqualTo(found.hits());
        found.close();
        manager.resetInactivePool();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void r14ABatchIsMatchedAsAWholeOrNotAtAll(Backend backend) {
    BlockManager<G1> manager = pools.of(64, backend);
    try (Race race = new Race(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        LineageHashes chain = Hashes.chain(round * 1000, 32);
        MutableBlocks<G1> fresh = manager.allocate(32).orElseThrow();
        AtomicReference<ImmutableBlocks<G1>> registered = new AtomicReference<>();
        List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
        race.run(
            () -> registered.set(fresh.register(chain)),
            () -> {
              for (int i = 0; i < 5; i++) {
                try (ImmutableBlocks<G1> hit = manager.matchScattered(chain)) {
                  seen.add(hit.hits());
                }
              }
            });
        assertThat(seen).as("round %s", round).isSubsetOf(0, 32);
        assertThat(seen).isSorted();
        registered.get().close();
      }
    }
  }

  /** (a.9): threads allocate, register and release; the pool never loses a block. */
  @ParameterizedTest
  @EnumSource
  void blocksAreConservedUnderMixedWorkOfManyThreads(Backend backend) {
    BlockManager<G1> manager = pools.of(24, backend);
    Map<Integer, Thread> owners = new ConcurrentHashMap<>();
    AtomicInteger done = new AtomicInteger();
    Runnable worker =
        () -> {
          Random random = new Random(Thread.currentThread().threadId());
          for (int i = 0; i < 150; i++) {
            LineageHashes prompt = Hashes.chain(random.nextInt(6) * 100, 1 + random.nextInt(4));
            ImmutableBlocks<G1> hit = manager.match(prompt);
            Optional<MutableBlocks<G1>> fresh = manager.allocate(prompt.size() - hit.size());
            if (fresh.isPresent()) {
              for (int id : fresh.get()) {
                assertThat(owners.put(id, Thread.currentThread())).isNull();
              }
              for (int id : fresh.get()) {
                assertThat(owners.remove(id)).isSameAs(Thread.currentThread());
              }
              ImmutableBlocks<G1> computed = fresh.get().register(prompt.from(hit.size()));
              hit.addAll(computed);
              assertThat(hit.size()).isEqualTo(prompt.size());
              if (random.nextInt(5) == 0) {
                hit.setResetOnRelease(true);
              }
              done.incrementAndGet();
            }
            if (random.nextBoolean()) {
              hit.close();
            } else {
              hit.closeTailFirst();
            }
          }
        };
    try (Race race = new Race(5)) {
      race.run(worker, worker, worker, worker, worker);
    }
    assertThat(done.get()).isPositive();
    assertThat(manager.availableBlocks()).isEqualTo(24);
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  /** Two managers on one registry, with handles and listeners: no deadlock, nothing left over. */
  @ParameterizedTest
  @EnumSource
  void twoTiersOfOneRegistryWorkSideBySide(Backend backend) {
    BlockRegistry registry = Pools.countingRegistry();
    BlockManager<G1> gpu =
        pools.build(Pools.builder(G1.TIER, 4, registry).eviction(backend.factory()));
    var host =
        pools.build(
            Pools.builder(dev.kvbm.logical.tier.G2.TIER, 4, registry)
                .eviction(backend.factory())
                .duplicationPolicy(DuplicationPolicy.REJECT));
    registry.addListener(event -> registry.isPresent(event.tier(), event.hash()));
    Runnable worker =
        () -> {
          Random random = new Random(Thread.currentThread().threadId());
          for (int i = 0; i < 200; i++) {
            LineageHashes hash = Hashes.roots(random.nextInt(6) * 4, 1);
            gpu.allocate(1).ifPresent(fresh -> fresh.register(hash).close());
            host.allocate(1).ifPresent(fresh -> fresh.register(hash).close());
            try (RegistrationHandle handle = registry.register(hash.get(0))) {
              handle.attach(Integer.class, i);
            }
            registry.registeredCount();
            registry.checkPresenceAny(hash, G1.TIER, dev.kvbm.logical.tier.G2.TIER);
          }
        };
    try (Race race = new Race(4)) {
      race.run(worker, worker, worker, worker);
    }
    gpu.resetInactivePool();
    host.resetInactivePool();
    assertThat(registry.hasEntries()).isFalse();
    assertThat(registry.registeredCount()).isZero();
  }
}
