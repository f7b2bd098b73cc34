package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import dev.kvbm.logical.tier.Tier;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a block script.
 *
 * @param managers the managers, which share one registry
 * @param blockSize tokens a block, by which node tokens are cut
 * @param sketchCapacity capacity of the registry's frequency sketch, {@link #NO_SKETCH} for none
 * @param events which registry events are recorded; null for none
 * @param saltHash seed of the node hashes
 */
record ScriptConfig(
    List<Manager> managers,
    int blockSize,
    int sketchCapacity,
    @Nullable EventFilter events,
    long saltHash) {
  static final int NO_SKETCH = -1;

  /** The configuration of one manager; {@code resetOnRelease} is null if it is left alone. */
  record Manager(
      Tier<?> tier,
      int blocks,
      int blockSize,
      Backend backend,
      DuplicationPolicy duplicates,
      @Nullable Boolean resetOnRelease) {}

  static ScriptConfig of(Fields cfg) {
    List<Manager> managers = new ArrayList<>();
    for (Json manager : cfg.array("mgrs")) {
      managers.add(manager(Fields.of("a manager", manager)));
    }
    if (managers.isEmpty()) {
      throw new MalformedScriptException("\"mgrs\" is empty; a script needs a manager");
    }
    return new ScriptConfig(
        List.copyOf(managers),
        cfg.positive("bs"),
        cfg.isNull("lfu") ? NO_SKETCH : cfg.count("lfu"),
        cfg.isNull("events") ? null : EventFilter.of(cfg.text("events")),
        cfg.isNull("salt") ? 0 : hash(cfg.text("salt")));
  }

  private static Manager manager(Fields manager) {
    return new Manager(
        tier(manager.text("tier")),
        manager.positive("blocks"),
        manager.positive("bs"),
        Backend.of(manager.text("backend")),
        switch (manager.text("dup")) {
          case "allow" -> DuplicationPolicy.ALLOW;
          case "reject" -> DuplicationPolicy.REJECT;
          default ->
              throw new MalformedScriptException(
                  "\"dup\" is neither allow nor reject: " + manager.text("dup"));
        },
        manager.isNull("dror") ? null : Boolean.valueOf(manager.flag("dror")));
  }

  static Tier<?> tier(String name) {
    return switch (name) {
      case "G1" -> G1.TIER;
      case "G2" -> G2.TIER;
      default -> throw new MalformedScriptException("unknown tier " + name + "; known are G1, G2");
    };
  }

  /** 16 hexadecimal digits. */
  static long hash(String digits) {
    if (digits.length() != 16) {
      throw new MalformedScriptException("\"" + digits + "\" is not a hash of 16 hex digits");
    }
    try {
      return HexFormat.fromHexDigitsToLong(digits);
    } catch (IllegalArgumentException e) {
      throw new MalformedScriptException("\"" + digits + "\" is not a hash of 16 hex digits");
    }
  }
}
