package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.LeafOrder;
import java.util.List;

/**
 * An inactive backend of the reference and the eviction policy that stands for it here.
 *
 * @param family the backend without its parameters, one of {@link #FAMILIES}
 * @param thresholds the parameters of multi_lru; empty for others
 */
record Backend(String family, List<Integer> thresholds) {
  static final String HASHMAP = "hashmap";
  static final String LRU = "lru";
  static final String MULTI_LRU = "multi_lru";
  static final String LINEAGE_TICK = "lineage_tick";
  static final String LINEAGE_FIFO = "lineage_fifo";

  /** What a backend filter may name. */
  static final List<String> FAMILIES = List.of(LRU, MULTI_LRU, LINEAGE_TICK, LINEAGE_FIFO, HASHMAP);

  private static final List<Integer> DEFAULT_THRESHOLDS = List.of(3, 8, 15);

  /** Parses the name in a script. */
  static Backend of(String name) {
    return switch (name) {
      case LRU, LINEAGE_TICK, LINEAGE_FIFO, HASHMAP -> new Backend(name, List.of());
      case MULTI_LRU -> new Backend(MULTI_LRU, DEFAULT_THRESHOLDS);
      case "lineage", "default" -> new Backend(LINEAGE_TICK, List.of());
      default -> {
        if (!name.matches("multi_lru:\\d{1,4},\\d{1,4},\\d{1,4}")) {
          throw new MalformedScriptException("unknown backend " + name);
        }
        String[] numbers = name.substring(name.indexOf(':') + 1).split(",", -1);
        yield new Backend(
            MULTI_LRU,
            List.of(
                Integer.parseInt(numbers[0]),
                Integer.parseInt(numbers[1]),
                Integer.parseInt(numbers[2])));
      }
    };
  }

  /**
   * The policy.
   *
   * @throws IllegalArgumentException if the thresholds are refused
   */
  EvictionPolicy.Factory policy() {
    return switch (family) {
      case HASHMAP -> Eviction.fifo();
      case LRU -> Eviction.lru();
      case MULTI_LRU -> Eviction.multiLru(thresholds.get(0), thresholds.get(1), thresholds.get(2));
      case LINEAGE_FIFO -> Eviction.lineage(LeafOrder.FIFO);
      default -> Eviction.lineage(LeafOrder.TICK);
    };
  }
}
