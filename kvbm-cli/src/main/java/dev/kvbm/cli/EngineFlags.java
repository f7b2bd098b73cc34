package dev.kvbm.cli;

import dev.kvbm.replay.engine.Arrivals;
import dev.kvbm.replay.engine.CostModel;
import dev.kvbm.replay.engine.EngineOptions;
import dev.kvbm.replay.engine.LinearCost;
import dev.kvbm.replay.engine.Output;
import dev.kvbm.replay.engine.PolynomialCost;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the engine loop. */
final class EngineFlags {
  @Option(
      names = "--engine",
      description = {
        "Run a continuous-batching engine on a virtual clock: requests overlap, are prefilled in"
            + " chunks, generate tokens and are preempted. Without --policy: lru."
      })
  boolean engine;

  @Option(
      names = "--max-sequences",
      paramLabel = "N",
      description = "With --engine: requests that run at once; default 256.")
  private @Nullable Integer maxSequences;

  @Option(
      names = "--max-batched-tokens",
      paramLabel = "N",
      description = "With --engine: tokens a step computes; default 8192.")
  private @Nullable Integer maxBatchedTokens;

  @Option(
      names = "--chunked-prefill",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "With --engine: prompts may be computed over several steps (default), or are refused if"
              + " they are longer than a step.")
  private boolean chunkedPrefill;

  @Option(
      names = "--admit",
      paramLabel = "RULE",
      description =
          "With --engine: start a request when the pool has room for its whole-prompt (default) or"
              + " for its first-chunk.")
  private @Nullable String admission;

  @Option(
      names = "--share",
      paramLabel = "WHEN",
      description =
          "With --engine: others find the blocks of a step after-step (default) or within-step.")
  private @Nullable String sharing;

  @Option(
      names = "--arrivals",
      paramLabel = "KIND",
      description =
          "With --engine: as in the trace (default), apart (each when the one before it is"
              + " finished), or poisson.")
  private @Nullable String arrivals;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "With --arrivals poisson: requests a second.")
  private @Nullable Double rate;

  @Option(
      names = "--output",
      paramLabel = "KIND",
      description =
          "With --engine: generate as many tokens as in the trace (default), continued (the same,"
              + " as the next turn's prompt shows them), or none.")
  private @Nullable String output;

  @Option(
      names = "--cost",
      paramLabel = "MODEL",
      description =
          "With --engine: how long a step takes. linear (default): a sum with the four numbers"
              + " below; polynomial: the fit that AISimulate 0.13 uses.")
  private @Nullable String cost;

  @Option(
      names = "--cost-step",
      paramLabel = "MS",
      description = "With linear cost: milliseconds a step; default 5.")
  private @Nullable Double stepMillis;

  @Option(
      names = "--cost-prefill",
      paramLabel = "US",
      description = "With linear cost: microseconds a token of prefill; default 16.")
  private @Nullable Double prefillMicros;

  @Option(
      names = "--cost-decode",
      paramLabel = "US",
      description = "With linear cost: microseconds a decoding request; default 10.")
  private @Nullable Double decodeMicros;

  @Option(
      names = "--cost-context",
      paramLabel = "NS",
      description = "With linear cost: nanoseconds a token of context; default 20.")
  private @Nullable Double contextNanos;

  /**
   * The options, checked. Whether any were given without {@code --engine} is not checked here.
   *
   * @param seed of generated tokens and random arrivals; null if none was given
   * @throws IllegalArgumentException if a value is not usable or has no effect beside the others
   */
  EngineOptions options(@Nullable Long seed) {
    Arrivals when = choice("--arrivals", arrivals, EngineOptions.DEFAULT.arrivals());
    if (when == Arrivals.APART) {
      refuse("--max-sequences", maxSequences, "--arrivals apart: one request runs at a time");
      refuse("--admit", admission, "--arrivals apart: one request runs at a time");
      refuse("--share", sharing, "--arrivals apart: one request runs at a time");
    }
    if (when == Arrivals.POISSON) {
      if (rate == null) {
        throw new IllegalArgumentException("--arrivals poisson needs --rate");
      }
    } else {
      refuse("--rate", rate, "--arrivals " + label(when) + "; it is for --arrivals poisson");
    }
    Output what = choice("--output", output, EngineOptions.DEFAULT.output());
    if (what == Output.NONE) {
      refuse("--cost-decode", decodeMicros, "--output none: nothing is decoded");
    }
    return new EngineOptions(
        maxSequences == null
            ? EngineOptions.DEFAULT.maxSequences()
            : positive("--max-sequences", maxSequences),
        maxBatchedTokens == null
            ? EngineOptions.DEFAULT.maxBatchedTokens()
            : positive("--max-batched-tokens", maxBatchedTokens),
        chunkedPrefill,
        choice("--admit", admission, EngineOptions.DEFAULT.admission()),
        choice("--share", sharing, EngineOptions.DEFAULT.sharing()),
        when,
        rate == null ? 0 : rate,
        what,
        costModel(),
        seed == null ? 0 : seed);
  }

  private CostModel costModel() {
    String model = cost == null ? "linear" : cost.toLowerCase(Locale.ROOT);
    return switch (model) {
      case "linear" -> {
        LinearCost usual = LinearCost.DEFAULT;
        yield new LinearCost(
            orUsual(stepMillis, usual.stepMillis()),
            orUsual(prefillMicros, usual.prefillMicrosPerToken()),
            orUsual(decodeMicros, usual.decodeMicrosPerSequence()),
            orUsual(contextNanos, usual.contextNanosPerToken()));
      }
      case "polynomial" -> {
        String why = "--cost polynomial; it is for --cost linear";
        refuse("--cost-step", stepMillis, why);
        refuse("--cost-prefill", prefillMicros, why);
        refuse("--cost-decode", decodeMicros, why);
        refuse("--cost-context", contextNanos, why);
        yield new PolynomialCost();
      }
      default ->
          throw new IllegalArgumentException(
              "unknown cost model '" + cost + "'; choose linear or polynomial");
    };
  }

  private static double orUsual(@Nullable Double given, double usual) {
    return given == null ? usual : given;
  }

  private static void refuse(String option, @Nullable Object given, String beside) {
    if (given != null) {
      throw new IllegalArgumentException(option + " has no effect with " + beside);
    }
  }

  private static int positive(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, got " + value);
    }
    return value;
  }

  private static <E extends Enum<E>> E choice(String option, @Nullable String text, E usual) {
    if (text == null) {
      return usual;
    }
    E[] values = usual.getDeclaringClass().getEnumConstants();
    for (E value : values) {
      if (label(value).equals(text.toLowerCase(Locale.ROOT))) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        option
            + " '"
            + text
            + "' is not known; choose from "
            + Arrays.stream(values).map(EngineFlags::label).collect(Collectors.joining(", ")));
  }

  static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
