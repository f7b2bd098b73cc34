package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the counters and gauges say; spec 8.1, (a.6) counter rows and the audit rows of (a.11). */
class MetricsTest {
  @RegisterExtension final Pools pools = new Pools();

  private static final PositionalLineageHash A = Hashes.root(0);

  @Test
  void aFreshPoolIsAllFree() {
    MetricsSnapshot metrics = pools.of(7).metrics();
    assertThat(metrics)
        .isEqualTo(
            new MetricsSnapshot(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0));
  }

  @Test
  void everyCounterCountsItsOwnThing() {
    BlockManager<G1> manager = pools.of(4);
    Pools.cache(manager, Hashes.roots(0, 3));
    ImmutableBlocks<G1> hits = manager.match(Hashes.roots(0, 4));
    Pools.register(manager, A).close();
    hits.close();
    manager.scan(LineageHashes.of(A, A), false).close();
    manager.matchScattered(Hashes.roots(800, 2)).close();
    manager.allocate(3).orElseThrow().close();

    MetricsSnapshot metrics = manager.metrics();
    assertThat(metrics.allocations()).isEqualTo(7);
    assertThat(metrics.allocationsFromReset()).isEqualTo(5);
    assertThat(metrics.evictions()).isEqualTo(2);
    assertThat(metrics.registrations()).isEqualTo(4);
    assertThat(metrics.duplicateBlocks()).isEqualTo(1);
    assertThat(metrics.registrationDedup()).isZero();
    assertThat(metrics.stagings()).isEqualTo(4);
    assertThat(metrics.matchHashesRequested()).isEqualTo(6);
    assertThat(metrics.matchBlocksReturned()).isEqualTo(3);
    assertThat(metrics.matchHitRate()).isEqualTo(0.5);
    assertThat(metrics.scanHashesRequested()).isEqualTo(2);
    assertThat(metrics.scanBlocksReturned()).isEqualTo(1);
    assertThat(metrics.allocateAtomicRollback()).isZero();
  }

  @Test
  void aGuardSharedOutOfAGroupCountsUntilItIsClosed() {
    BlockManager<G1> manager = pools.of(2);
    ImmutableBlocks<G1> group = Pools.register(manager, Hashes.roots(0, 2));

    ImmutableBlock<G1> shared = group.share(1);
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(3);

    group.close();
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(1);
    shared.close();
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  @Test
  void guardsAreCountedNotBlocks() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlock<G1> one = Pools.register(manager, A);
    List<ImmutableBlock<G1>> more = List.of(one.share(), one.share());
    ImmutableBlocks<G1> group = manager.match(LineageHashes.of(A, A));
    LifecyclePin pin = one.pin();
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(5);
    assertThat(manager.metrics().distinctActive()).isEqualTo(1);
    more.forEach(ImmutableBlock::close);
    group.close();
    one.close();
    assertThat(manager.metrics().inflightImmutable()).isZero();
    assertThat(manager.metrics().distinctActive()).isEqualTo(1);
    pin.close();
    assertThat(manager.metrics().distinctActive()).isZero();
  }

  @Test
  void stagedBlocksAreCountedApart() {
    BlockManager<G1> manager = pools.of(4);
    CompleteBlocks<G1> staged = manager.allocate(3).orElseThrow().stage(Hashes.roots(0, 3));
    assertThat(manager.metrics().staged()).isEqualTo(3);
    assertThat(manager.metrics().inflightMutable()).isZero();
    MutableBlocks<G1> back = staged.takeFirst(1).reset();
    assertThat(manager.metrics().staged()).isEqualTo(2);
    assertThat(manager.metrics().inflightMutable()).isEqualTo(1);
    staged.register().close();
    assertThat(manager.metrics().staged()).isZero();
    back.close();
  }

  @Test
  void duplicatesCountAsBlocksInUse() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlocks<G1> three = Pools.register(manager, LineageHashes.of(A, A, Hashes.root(50)));
    assertThat(manager.metrics().distinctActive()).isEqualTo(3);
    three.close();
    assertThat(manager.metrics().distinctActive()).isZero();
  }

  @Test
  void theReferencesRaceCountersStayZeroUnderRaces() {
    BlockManager<G1> manager = pools.of(4);
    try (Race race = new Race(3)) {
      for (int round = 0; round < 200; round++) {
        ImmutableBlock<G1> last = Pools.register(manager, A);
        race.run(
            last::close,
            () -> manager.match(LineageHashes.of(A)).close(),
            () -> Pools.register(manager, A).close());
      }
    }
    MetricsSnapshot metrics = manager.metrics();
    assertThat(metrics.eagerPrimaryToInactive()).isZero();
    assertThat(metrics.releasePrimaryNoop()).isZero();
    assertThat(metrics.releaseDuplicateNoop()).isZero();
    assertThat(metrics.allocateAtomicRollback()).isZero();
  }

  /** Every snapshot adds up, whenever it is taken, because it is read under the lock. */
  @ParameterizedTest
  @EnumSource
  void aSnapshotAddsUpWhileOthersWork(Backend backend) {
    int blocks = 8;
    BlockManager<G1> manager = pools.of(blocks, backend);
    List<MetricsSnapshot> seen = Collections.synchronizedList(new ArrayList<>());
    try (Race race = new Race(2)) {
      race.run(
          () -> {
            for (int i = 0; i < 300; i++) {
              ImmutableBlocks<G1> chain = Pools.register(manager, Hashes.chain(i * 8, 3));
              manager.match(Hashes.chain(i * 8, 4)).close();
              chain.close();
            }
          },
          () -> {
            for (int i = 0; i < 300; i++) {
              seen.add(manager.metrics());
            }
          });
    }
    assertThat(seen)
        .allSatisfy(
            now -> {
              assertThat(
                      now.resetPoolSize()
                          + now.inactivePoolSize()
                          + now.inflightMutable()
                          + now.staged()
                          + now.distinctActive())
                  .isEqualTo(blocks);
              assertThat(now.allocations()).isEqualTo(now.allocationsFromReset() + now.evictions());
            });
  }

  @Test
  void contentionIsCounted() throws InterruptedException {
    BlockManager<G1> manager = pools.of(4);
    BlockStoreAccess.whileLocked(
            manager,
            () -> {
              Thread waiting = Thread.ofPlatform().start(manager::availableBlocks);
              BlockStoreAccess.awaitParked(waiting);
              return waiting;
            })
        .join();
    assertThat(manager.metrics().lockContentions()).isEqualTo(1);
  }
}
