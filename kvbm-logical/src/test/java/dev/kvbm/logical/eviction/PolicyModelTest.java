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
  private static final int SCRIPTS = 1_500;
  private static final int OPERATIONS = 160;

  @ParameterizedTest
  @EnumSource(names = "IDLE_TWINS", mode = EnumSource.Mode.EXCLUDE)
  void lineageByTickEvictsInTheReferenceOrder(Flavour flavour) {
    compare(
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
        slots -> new LineagePolicy(slots, LeafOrder.TICK, walk),
        () -> new ReferenceOrder.Lineage(LeafOrder.TICK),
        Flavour.TWINS,
        SCRIPTS);
    compare(
        slots -> new LineagePolicy(slots, LeafOrder.TICK, walk),
        () -> new ReferenceOrder.Lineage(LeafOrder.TICK),
        Flavour.WIDE,
        SCRIPTS / 3);
  }

  @ParameterizedTest
  @EnumSource(names = "IDLE_TWINS", mode = EnumSource.Mode.EXCLUDE)
  void lineageByArrivalEvictsInTheReferenceOrder(Flavour flavour) {
    compare(
        Eviction.lineage(LeafOrder.FIFO),
        () -> new ReferenceOrder.Lineage(LeafOrder.FIFO),
        flavour,
        SCRIPTS);
  }

  /** The reference cannot hold two idle blocks of one key; we only must not lose any. */
  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void lineageLosesNoBlockWhenSeveralOfOneKeyAreIdle(LeafOrder order) {
    compare(Eviction.lineage(order), NoOrder::new, Flavour.IDLE_TWINS, SCRIPTS);
  }

  @Test
  void fifoEvictsInTheReferenceOrder() {
    compare(Eviction.fifo(), ReferenceOrder.Fifo::new, Flavour.PLAIN, SCRIPTS / 3);
  }

  @Test
  void lruEvictsInTheReferenceOrder() {
    compare(Eviction.lru(), ReferenceOrder.Levels::new, Flavour.PLAIN, SCRIPTS / 3);
  }

  @Test
  void multiLruEvictsInTheReferenceOrder() {
    compare(
        Eviction.multiLru(2, 6, 12),
        () -> new ReferenceOrder.Levels(2, 6, 12),
        Flavour.PLAIN,
        SCRIPTS / 3);
  }

  private static void compare(
      EvictionPolicy.Factory factory,
      Supplier<ReferenceOrder> reference,
      Flavour flavour,
      int scripts) {
    boolean idleTwins = flavour == Flavour.IDLE_TWINS;
    for (int i = 0; i < scripts; i++) {
      long seed = SEED + i;
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
