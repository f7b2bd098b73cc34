package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.frequency.TinyLfuSketch;
import dev.kvbm.logical.frequency.TinyLfuTracker;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs scripts that build a manager: one operation each.
 *
 * <p>A panic of a setter is an {@link IllegalArgumentException} here, a validation error an
 * exception of {@code build}. Both must be about the same option: the words that the two messages
 * have in common are compared.
 */
final class BuilderInterpreter implements ScriptInterpreter {
  private static final int SKETCH_CAPACITY = 64;

  /** What identifies a complaint; both sides use these words. */
  private static final List<String> COMPLAINTS =
      List.of(
          "registry is required",
          "block_count is required",
          "block_count must be greater than 0",
          "frequency tracking",
          "must be <= 15",
          "must be >= 1",
          "must be in ascending order",
          "block_size must be a power of 2",
          "block_size must be between 1 and 1024");

  @Override
  public ScriptResult run(Fields script, ConformanceOptions options) {
    Fields config = script.members("cfg");
    Json expected = reduce(script.any("out"));
    Json actual = build(config);
    if (expected.equals(actual)) {
      return ScriptResult.matched(1);
    }
    return ScriptResult.matched(1).andFailed(ScriptResult.Failure.of(0, "build", expected, actual));
  }

  private static Json build(Fields config) {
    BlockManager.Builder<G1> builder = BlockManager.builder(G1.TIER);
    Backend backend = Backend.of(config.text("backend"));
    Integer blocks = config.isNull("blocks") ? null : config.integer("blocks");
    Integer blockSize = config.isNull("bs") ? null : config.integer("bs");
    BlockRegistry registry = config.isNull("registry") ? null : registry(config.text("registry"));
    try {
      if (blocks != null) {
        builder.blocks(blocks);
      }
      if (blockSize != null) {
        builder.blockSize(blockSize);
      }
      if (registry != null) {
        builder.registry(registry);
      }
      if (!config.text("backend").equals("default")) {
        builder.eviction(backend.policy());
      }
    } catch (IllegalArgumentException e) {
      return complaint("panic", e.getMessage());
    }
    BlockManager<G1> manager;
    try {
      manager = builder.build();
    } catch (IllegalArgumentException | IllegalStateException e) {
      return complaint("err", e.getMessage());
    }
    return Json.array(
        Json.OK,
        Json.of(manager.availableBlocks()),
        Json.of(manager.totalBlocks()),
        Json.of(manager.blockSize()),
        new Json.Flag(manager.duplicationPolicy() == DuplicationPolicy.ALLOW));
  }

  private static BlockRegistry registry(String name) {
    return switch (name) {
      case "plain" -> BlockRegistry.create();
      case "lfu" ->
          BlockRegistry.builder()
              .frequencyTracker(new TinyLfuTracker(new TinyLfuSketch(SKETCH_CAPACITY)))
              .build();
      default -> throw new MalformedScriptException("unknown registry " + name);
    };
  }

  /** Leaves of a recorded failure how it failed and what it is about. */
  private static Json reduce(Json expected) {
    if (expected instanceof Json.Members members) {
      if (members.values().get("panic") instanceof Json.Text text) {
        return complaint("panic", text.value());
      }
      if (members.values().get("msg") instanceof Json.Text text) {
        return complaint("err", text.value());
      }
    }
    return expected;
  }

  private static Json complaint(String how, @Nullable String message) {
    String text = Objects.requireNonNullElse(message, "");
    String about =
        COMPLAINTS.stream().filter(text::contains).findFirst().orElse("something else: " + text);
    return Json.error(how).with("about", Json.of(about));
  }
}
