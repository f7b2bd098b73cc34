package dev.kvbm.logical.eviction;

import static org.junit.jupiter.api.Assertions.fail;

import dev.kvbm.logical.eviction.PolicyScript.Flavour;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every policy against its order written plainly, on random scripts. */
class PolicyModelTest {
  private static final long SEED = 20_261_121;
  private static final int SCRIPTS = Integer.getInteger("kvbm.policy.scripts", 1_200);
  private static final int OPERATIONS = 300;

  @ParameterizedTest
  @EnumSource(names = "IDLE_TWINS", mode = EnumSource.Mode.EXCLUDE)
  void lineageByTickEvictsInTheReferenceOrder(Flavour flavour) {
    compare(
        seed(flavour, 1),
        Eviction.lineage(LeafOrder.TICK),
        () -> new ReferenceOrder.Lineage(LeafOrder.TICK),
        flavour,
        SCRIPTS);
  }

  /** With a walk of none or one step nearly every leaf that returns goes to the heap. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void lineageByTickKeepsItsOrderWhenLeavesReturnFarFromTheirPlace(int walk) {
    compare(
        seed(Flavour.TWINS, 3 + walk),
        slots -> new LineagePolicy(slots, LeafOrder.TICK, walk),
        () -> new ReferenceOrder.Lineage(LeafOrder.TICK),
        Flavour.TWINS,
        SCRIPTS);
    compare(
        seed(Flavour.WIDE, 3 + walk),
        slots -> new LineagePolicy(slots, LeafOrder.TICK, walk),
        () -> new ReferenceOrder.Lineage(LeafOrder.TICK),
        Flavour.WIDE,
        SCRIPTS / 3);
  }

  @ParameterizedTest
  @EnumSource(names = "IDLE_TWINS", mode = EnumSource.Mode.EXCLUDE)
  void lineageByArrivalEvictsInTheReferenceOrder(Flavour flavour) {
    compare(
        seed(flavour, 2),
        Eviction.lineage(LeafOrder.FIFO),
        () -> new ReferenceOrder.Lineage(LeafOrder.FIFO),
        flavour,
        SCRIPTS);
  }

  /** The reference cannot hold two idle blocks of one key; we only must not lose any. */
  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void lineageLosesNoBlockWhenSeveralOfOneKeyAreIdle(LeafOrder order) {
    compare(
        seed(Flavour.IDLE_TWINS, order == LeafOrder.TICK ? 1 : 2),
        Eviction.lineage(order),
        NoOrder::new,
        Flavour.IDLE_TWINS,
        SCRIPTS);
  }

  @Test
  void fifoEvictsInTheReferenceOrder() {
    compare(SEED, Eviction.fifo(), ReferenceOrder.Fifo::new, Flavour.PLAIN, SCRIPTS / 3);
  }

  @Test
  void lruEvictsInTheReferenceOrder() {
    compare(SEED, Eviction.lru(), ReferenceOrder.Levels::new, Flavour.PLAIN, SCRIPTS / 3);
  }

  @Test
  void multiLruEvictsInTheReferenceOrder() {
    compare(
        SEED,
        Eviction.multiLru(2, 6, 12),
        () -> new ReferenceOrder.Levels(2, 6, 12),
        Flavour.PLAIN,
        SCRIPTS / 3);
  }

  /** Every comparison has scripts of its own. */
  private static long seed(Flavour flavour, int test) {
    return SEED + 1_000_000L * (10 * (flavour.name().charAt(0) - 'A') + test);
  }

  private static void compare(
      long firstSeed,
      EvictionPolicy.Factory factory,
      Supplier<ReferenceOrder> reference,
      Flavour flavour,
      int scripts) {
    boolean idleTwins = flavour == Flavour.IDLE_TWINS;
    for (int i = 0; i < scripts; i++) {
      long seed = firstSeed + i;
      PolicyScript script = PolicyScript.random(seed, flavour, OPERATIONS);
      if (script.run(factory, reference.get(), idleTwins) != null) {
        PolicyScript small = script.shrink(s -> s.run(factory, reference.get(), idleTwins));
        fail(
            factory
                + ", "
                + flavour
                + ", seed "
                + seed
                + ": "
                + small.run(factory, reference.get(), idleTwins)
                + "\n"
                + small);
      }
    }
  }

  /** Expects nothing in particular. */
  private static final class NoOrder implements ReferenceOrder {
    @Override
    public void insert(PositionalLineageHash hash, int id, int frequency) {}

    @Override
    public void remove(PositionalLineageHash hash) {}

    @Override
    public int evict() {
      return -1;
    }
  }
}
