package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A request is cancelled, which closes its groups, while the thread that serves it moves blocks
 * between them: one of the two comes first, and no block is given back twice or never.
 */
class MoveRaceTest {
  private static final int ROUNDS = 400;
  private static final LineageHashes HASHES = Hashes.roots(0, 4);

  @RegisterExtension final Pools pools = new Pools();

  /** Moves something of what {@code make} gives, while another thread closes that. */
  private <G extends AutoCloseable> void race(
      Function<BlockManager<G1>, G> make, Consumer<G> closeIt, Consumer<G> move) {
    BlockManager<G1> manager = pools.of(8);
    try (Race race = new Race(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        G made = make.apply(manager);
        race.run(
            () -> closeIt.accept(made),
            () -> {
              try {
                move.accept(made);
              } catch (GuardStateException closedFirst) {
                assertThat(closedFirst).hasMessageContaining("was closed");
              }
            });
        closeIt.accept(made);
        assertThat(manager.invariantViolations()).as("round %s", round).isEmpty();
        assertThat(manager.availableBlocks()).as("round %s", round).isEqualTo(8);
        assertThat(manager.metrics().inflightImmutable()).as("round %s", round).isZero();
      }
    }
  }

  private static MutableBlocks<G1> mutable(BlockManager<G1> manager) {
    return manager.allocate(4).orElseThrow();
  }

  private static CompleteBlocks<G1> complete(BlockManager<G1> manager) {
    return mutable(manager).stage(HASHES);
  }

  private static ImmutableBlocks<G1> immutable(BlockManager<G1> manager) {
    Pools.cache(manager, HASHES);
    return manager.match(HASHES);
  }

  private static void closeAll(List<? extends BlockGuard<?>> guards) {
    guards.forEach(BlockGuard::close);
  }

  @Test
  void aGroupIsSplitOrClosed() {
    race(MoveRaceTest::mutable, MutableBlocks::close, group -> closeAll(group.split()));
    race(MoveRaceTest::complete, CompleteBlocks::close, group -> closeAll(group.split()));
    race(MoveRaceTest::immutable, ImmutableBlocks::close, group -> closeAll(group.split()));
  }

  @Test
  void blocksAreTakenOutOrClosedWithTheirGroup() {
    race(MoveRaceTest::mutable, MutableBlocks::close, group -> group.takeFirst(3).close());
    race(MoveRaceTest::mutable, MutableBlocks::close, group -> group.takeLast(3).close());
    race(MoveRaceTest::complete, CompleteBlocks::close, group -> group.takeFirst(3).close());
    race(MoveRaceTest::immutable, ImmutableBlocks::close, group -> group.takeFirst(3).close());
  }

  /** Two groups, of which one is moved into the other. */
  private record Two<G extends BlockGroup<G1>>(G into, G from) implements AutoCloseable {
    @Override
    public void close() {
      from.close();
      into.close();
    }
  }

  @Test
  void groupsAreJoinedOrClosed() {
    race(
        manager -> new Two<>(mutable(manager), mutable(manager)),
        Two::close,
        two -> two.into().addAll(two.from()));
    race(
        manager -> new Two<>(complete(manager), complete(manager)),
        Two::close,
        two -> two.into().addAll(two.from()));
    race(
        manager -> new Two<>(immutable(manager), immutable(manager)),
        Two::close,
        two -> two.into().addAll(two.from()));
  }

  @Test
  void gapsAreFilledOrClosed() {
    race(
        manager -> {
          Pools.cache(manager, Hashes.roots(100, 2));
          return new Two<>(
              manager.matchScattered(Hashes.roots(96, 3)), manager.match(Hashes.roots(100, 1)));
        },
        Two::close,
        two -> two.into().fillGaps(two.from()));
  }

  @Test
  void guardsAreGatheredOrClosed() {
    race(
        manager -> new Guards<>(mutable(manager).split()),
        Guards::close,
        guards -> MutableBlocks.of(guards.list()).close());
    race(
        manager -> new Guards<>(complete(manager).split()),
        Guards::close,
        guards -> CompleteBlocks.of(guards.list()).close());
    race(
        manager -> new Guards<>(immutable(manager).split()),
        Guards::close,
        guards -> ImmutableBlocks.of(guards.list()).close());
  }

  private record Guards<T extends BlockGuard<G1>>(List<T> list) implements AutoCloseable {
    @Override
    public void close() {
      closeAll(list);
    }
  }
}
