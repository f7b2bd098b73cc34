package dev.kvbm.logical;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * The JFR events of a store. While no recording has them on, each costs one check and makes no
 * object (the prototypes below only answer whether their event is enabled).
 */
final class StoreEvents {
  private static final AllocationEvent ALLOCATION = new AllocationEvent();
  private static final EvictionEvent EVICTION = new EvictionEvent();
  private static final RegistrationEvent REGISTRATION = new RegistrationEvent();
  private static final MatchEvent MATCH = new MatchEvent();

  private StoreEvents() {}

  static void allocated(BlockStore<?> store, int blocks, int evicted) {
    if (ALLOCATION.isEnabled()) {
      AllocationEvent event = new AllocationEvent();
      event.of(store);
      event.blocks = blocks;
      event.evicted = evicted;
      event.commit();
    }
    if (evicted > 0 && EVICTION.isEnabled()) {
      EvictionEvent event = new EvictionEvent();
      event.of(store);
      event.blocks = evicted;
      event.policy = store.policyName;
      event.commit();
    }
  }

  static void registered(BlockStore<?> store, int blocks) {
    if (REGISTRATION.isEnabled()) {
      RegistrationEvent event = new RegistrationEvent();
      event.of(store);
      event.blocks = blocks;
      event.commit();
    }
  }

  /** {@code lookup} is one of the constants of {@link MatchEvent}. */
  static void matched(BlockStore<?> store, String lookup, int requested, int hits) {
    if (MATCH.isEnabled()) {
      MatchEvent event = new MatchEvent();
      event.of(store);
      event.lookup = lookup;
      event.requested = requested;
      event.hits = hits;
      event.commit();
    }
  }

  /** What every event says: in which manager it happened. */
  abstract static class StoreEvent extends Event {
    @Label("Manager")
    long manager;

    @Label("Manager Name")
    String name = "";

    @Label("Tier")
    String tier = "";

    final void of(BlockStore<?> store) {
      manager = store.id.value();
      name = store.name;
      tier = store.tier.label();
    }
  }

  @Name("dev.kvbm.Allocation")
  @Label("KV Block Allocation")
  @Category("KVBM")
  @Description("Blocks were handed out to be written")
  @StackTrace(false)
  static final class AllocationEvent extends StoreEvent {
    @Label("Blocks")
    int blocks;

    @Label("Evicted Blocks")
    @Description("How many of the blocks held content that was evicted for this allocation")
    int evicted;
  }

  @Name("dev.kvbm.Eviction")
  @Label("KV Block Eviction")
  @Category("KVBM")
  @Description("Idle blocks lost their content to an allocation")
  @StackTrace(false)
  static final class EvictionEvent extends StoreEvent {
    @Label("Blocks")
    int blocks;

    @Label("Policy")
    String policy = "";
  }

  @Name("dev.kvbm.Registration")
  @Label("KV Block Registration")
  @Category("KVBM")
  @Description("Blocks were registered, duplicates and rejected ones included")
  @StackTrace(false)
  static final class RegistrationEvent extends StoreEvent {
    @Label("Blocks")
    int blocks;
  }

  @Name("dev.kvbm.Match")
  @Label("KV Block Match")
  @Category("KVBM")
  @Description("Hashes were looked up by prefix match, scattered match or scan")
  @StackTrace(false)
  static final class MatchEvent extends StoreEvent {
    static final String PREFIX = "prefix";
    static final String SCATTERED = "scattered";
    static final String SCAN = "scan";

    @Label("Lookup")
    @Description("prefix, scattered or scan")
    String lookup = "";

    @Label("Requested Hashes")
    int requested;

    @Label("Hits")
    int hits;
  }
}
