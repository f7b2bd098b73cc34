package dev.kvbm.replay;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.LeafOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The eviction policies that a replay can run, by the names of the command line. */
public enum ReplayPolicy {
  /** Least recently used; a request's blocks are touched from its tail to its head. */
  LRU(Eviction.lru(), true),
  /**
   * LRU with blocks touched from head to tail: the naive order, which evicts prompts head first.
   */
  LRU_RF(Eviction.lru(), false),
  /** First inserted goes first; a hit moves nothing. */
  FIFO(FirstInsertedPolicy::new, true),
  /** FIFO with a request's blocks inserted from head to tail. */
  FIFO_RF(FirstInsertedPolicy::new, false),
  /** Four LRU queues by access frequency. */
  MULTI_LRU(Eviction.multiLru(), true),
  /** Leaves of the prefix forest, oldest insertion first: the manager's default. */
  LINEAGE(Eviction.lineage(), true),
  /** Leaves of the prefix forest, in the order in which they became leaves. */
  LINEAGE_FIFO(Eviction.lineage(LeafOrder.FIFO), true);

  @SuppressWarnings("ImmutableEnumChecker") // factories have no state
  private final EvictionPolicy.Factory factory;

  private final boolean tailFirst;

  ReplayPolicy(EvictionPolicy.Factory factory, boolean tailFirst) {
    this.factory = factory;
    this.tailFirst = tailFirst;
  }

  EvictionPolicy.Factory factory() {
    return factory;
  }

  /** Whether a request's blocks become idle from the last to the first. */
  boolean tailFirst() {
    return tailFirst;
  }

  /** {@return the lower-case name used on the command line and in reports} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * {@return the policy of that {@link #label()}; empty if there is none}
   *
   * @param label lower case, as on the command line
   */
  public static Optional<ReplayPolicy> ofLabel(String label) {
    return Arrays.stream(values()).filter(policy -> policy.label().equals(label)).findFirst();
  }

  /** {@return all labels, for a message} */
  public static String labels() {
    return Arrays.stream(values()).map(ReplayPolicy::label).collect(Collectors.joining(", "));
  }
}
