package dev.kvbm.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Which options of {@code kvbm replay} have an effect with {@code --engine}, and which without. An
 * option that has none is refused, so that nobody takes a result for one that it shaped.
 */
final class ReplayModes {

  /** Where an option has an effect. */
  enum Mode {
    BOTH,
    WITHOUT_ENGINE,
    WITH_ENGINE
  }

  private static final Map<String, Mode> MODES = new HashMap<>();

  static {
    for (String option :
        List.of(
            "--policy",
            "--blocks",
            "--tokens",
            "--memory",
            "--bytes-per-token",
            "--layers",
            "--kv-heads",
            "--head-size",
            "--latent-width",
            "--element-bytes",
            "--json",
            "--details",
            "--format",
            "--block-size",
            "--ids",
            "--skip-malformed",
            "--seed",
            "--threads",
            "--quiet",
            "--help",
            "--version",
            "--engine")) {
      MODES.put(option, Mode.BOTH);
    }
    for (String option : List.of("--bounds", "--rule", "--warmup", "--report")) {
      MODES.put(option, Mode.WITHOUT_ENGINE);
    }
    for (String option :
        List.of(
            "--max-sequences",
            "--max-batched-tokens",
            "--chunked-prefill",
            "--admit",
            "--share",
            "--arrivals",
            "--rate",
            "--output",
            "--cost",
            "--cost-step",
            "--cost-prefill",
            "--cost-decode",
            "--cost-context")) {
      MODES.put(option, Mode.WITH_ENGINE);
    }
  }

  private ReplayModes() {}

  /**
   * Where this option has an effect.
   *
   * @throws IllegalStateException if nobody has said so
   */
  static Mode of(OptionSpec option) {
    Mode mode = MODES.get(option.longestName());
    if (mode == null) {
      throw new IllegalStateException(
          "nobody has said whether " + option.longestName() + " has an effect with --engine");
    }
    return mode;
  }

  /**
   * Refuses options that have no effect.
   *
   * @throws IllegalArgumentException naming the first of them
   */
  static void check(ParseResult given, boolean engine) {
    for (OptionSpec option : given.matchedOptions()) {
      Mode mode = of(option);
      if (engine && mode == Mode.WITHOUT_ENGINE) {
        throw new IllegalArgumentException(
            option.longestName() + " has no effect with --engine; leave one of them out");
      }
      if (!engine && mode == Mode.WITH_ENGINE) {
        throw new IllegalArgumentException(
            option.longestName() + " has no effect without --engine; add --engine");
      }
    }
  }
}
