package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.frequency.TinyLfuSketch;
import dev.kvbm.logical.frequency.TinyLfuTracker;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.registry.RegistrationHandle;
import dev.kvbm.logical.scheduling.Publication;
import dev.kvbm.logical.tier.Tier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything that a block script runs against: a registry, its managers and the identities. */
final class World {
  private static final Comparator<RegistrationEvents.Event> BY_IDENTITY =
      Comparator.comparing(
              (RegistrationEvents.Event event) -> event.hash().hi(), Long::compareUnsigned)
          .thenComparing(event -> event.hash().lo(), Long::compareUnsigned);

  final Nodes nodes;
  final BlockRegistry registry;
  private final @Nullable RegistrationEvents events;
  private final List<Pool<?>> pools = new ArrayList<>();
  private boolean unorderedEvents;

  /** How schedulable sequences publish. */
  final Publication publication;

  // Of the current operation.
  private Json recorded = Json.NULL;
  private @Nullable Explanation explanation;

  World(ScriptConfig config, Nodes nodes, ConformanceOptions options) {
    this.nodes = nodes;
    this.publication = options.publication();
    this.events = config.events() == null ? null : new RegistrationEvents(config.events());
    BlockRegistry.Builder builder = BlockRegistry.builder();
    if (events != null) {
      builder.listener(events);
    }
    if (config.sketchCapacity() != ScriptConfig.NO_SKETCH) {
      builder.frequencyTracker(new TinyLfuTracker(new TinyLfuSketch(config.sketchCapacity())));
    }
    this.registry = builder.build();
    for (ScriptConfig.Manager manager : config.managers()) {
      pools.add(pool(manager.tier(), manager, options.guards()));
    }
  }

  private <T> Pool<T> pool(Tier<T> tier, ScriptConfig.Manager config, GuardForm form) {
    BlockManager.Builder<T> builder =
        BlockManager.builder(tier)
            .blocks(config.blocks())
            .blockSize(config.blockSize())
            .registry(registry)
            .duplicationPolicy(config.duplicates())
            .eviction(config.backend().policy());
    if (config.resetOnRelease() != null) {
      builder.resetOnRelease(config.resetOnRelease());
    }
    boolean unordered = config.backend().family().equals(Backend.HASHMAP);
    return new Pool<>(this, builder.build(), unordered, form);
  }

  Pool<?> pool(int index) {
    if (index < 0 || index >= pools.size()) {
      throw new MalformedScriptException(
          "there is no manager " + index + "; the script has " + pools.size());
    }
    return pools.get(index);
  }

  List<Pool<?>> pools() {
    return pools;
  }

  // --------------- explanations ---------------

  /**
   * Why the current operation may be answered otherwise than it was recorded.
   *
   * @param row the row that says so
   * @param endsScript whether the state is another one from here on
   */
  record Explanation(CompatibilityRow row, boolean endsScript) {}

  /** An operation begins whose outcome is recorded. */
  void begin(Json outcome) {
    recorded = outcome;
    explanation = null;
  }

  /** The recorded outcome of the current operation, for what cannot be known otherwise. */
  Json recorded() {
    return recorded;
  }

  /** The caller has seen that the situation is the one which {@code row} is about. */
  void explain(CompatibilityRow row, boolean endsScript) {
    if (explanation == null) {
      explanation = new Explanation(row, endsScript);
    }
  }

  /** Why the current operation may be answered otherwise; null if nothing explains that. */
  @Nullable Explanation explanation() {
    return explanation;
  }

  // --------------- registration handles and events ---------------

  /** A registration handle was opened and will be closed with {@link #close}. */
  void registrationOpened(RegistrationHandle registration) {
    if (events != null) {
      events.hold(registration.hash());
    }
  }

  void close(RegistrationHandle registration) {
    registration.close();
    if (events != null) {
      events.release(registration.hash());
    }
  }

  /** The order of the events of this operation is not part of its answer. */
  void eventOrderIsUnspecified() {
    unorderedEvents = true;
  }

  /** The events since the last call as an outcome has them; null if none are recorded. */
  @Nullable Json takeEvents() {
    if (events == null) {
      return null;
    }
    List<RegistrationEvents.Event> taken = events.take();
    if (unorderedEvents) {
      unorderedEvents = false;
      taken.sort(BY_IDENTITY);
    }
    List<Json> result = new ArrayList<>(taken.size());
    for (RegistrationEvents.Event event : taken) {
      result.add(Json.array(Json.of(event.kind()), nodes.reference(event.hash())));
    }
    return Json.array(result);
  }

  // --------------- checks that no recording has ---------------

  /** What is wrong with the structures of the library; empty if nothing is. */
  List<String> violations() {
    List<String> result = new ArrayList<>();
    for (Pool<?> pool : pools) {
      for (String violation : pool.manager.invariantViolations()) {
        result.add(pool.manager + ": " + violation);
      }
    }
    if (events != null) {
      if (events.inconsistency() != null) {
        result.add("facts contradict each other: " + events.inconsistency());
      }
      if (events.registered() != registry.registeredCount()) {
        result.add(
            "facts leave "
                + events.registered()
                + " hashes registered, the registry counts "
                + registry.registeredCount());
      }
    }
    return result;
  }

  /** Releases everything, then {@link #violations} and blocks that did not come back. */
  List<String> closeAndCheck() {
    for (Pool<?> pool : pools) {
      pool.dropAll();
    }
    List<String> result = violations();
    for (Pool<?> pool : pools) {
      BlockManager<?> manager = pool.manager;
      if (manager.availableBlocks() != manager.totalBlocks()) {
        result.add(
            manager
                + ": only "
                + manager.availableBlocks()
                + " blocks are available after everything was released");
      }
    }
    return result;
  }
}
