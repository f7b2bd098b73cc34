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

/** The options of the engine loop. */
final class EngineFlags {
  boolean engine;

  private @Nullable Integer maxSequences;

  private @Nullable Integer maxBatchedTokens;

  private boolean chunkedPrefill;

  private @Nullable String admission;

  private @Nullable String sharing;

  private @Nullable String arrivals;

  private @Nullable Double rate;

  private @Nullable String output;

  private @Nullable String cost;

  private @Nullable Double stepMillis;

  private @Nullable Double prefillMicros;

  private @Nullable Double decodeMicros;

  private @Nullable Double contextNanos;

  EngineFlags(Declared options) {
    options.flag(
        v -> engine = v,
        "Run a continuous-batching engine on a virtual clock: requests overlap, are prefilled in"
            + " chunks, generate tokens and are preempted. Without --policy: lru.",
        "--engine");
    options.value(
        "--max-sequences",
        "N",
        Integer.class,
        v -> maxSequences = v,
        "With --engine: requests that run at once; default 256.");
    options.value(
        "--max-batched-tokens",
        "N",
        Integer.class,
        v -> maxBatchedTokens = v,
        "With --engine: tokens a step computes; default 8192.");
    options.flagUnlessNegated(
        v -> chunkedPrefill = v,
        "With --engine: prompts may be computed over several steps (default), or are refused if"
            + " they are longer than a step.",
        "--chunked-prefill");
    options.value(
        "--admit",
        "RULE",
        String.class,
        v -> admission = v,
        "With --engine: start a request when the pool has room for its whole-prompt (default) or"
            + " for its first-chunk.");
    options.value(
        "--share",
        "WHEN",
        String.class,
        v -> sharing = v,
        "With --engine: others find the blocks of a step after-step (default) or within-step.");
    options.value(
        "--arrivals",
        "KIND",
        String.class,
        v -> arrivals = v,
        "With --engine: as in the trace (default), apart (each when the one before it is"
            + " finished), or poisson.");
    options.value(
        "--rate", "N", Double.class, v -> rate = v, "With --arrivals poisson: requests a second.");
    options.value(
        "--output",
        "KIND",
        String.class,
        v -> output = v,
        "With --engine: generate as many tokens as in the trace (default), continued (the same,"
            + " as the next turn's prompt shows them), or none.");
    options.value(
        "--cost",
        "MODEL",
        String.class,
        v -> cost = v,
        "With --engine: how long a step takes. linear (default): a sum with the four numbers"
            + " below; polynomial: the fit that AISimulate 0.13 uses.");
    options.value(
        "--cost-step",
        "MS",
        Double.class,
        v -> stepMillis = v,
        "With linear cost: milliseconds a step; default 5.");
    options.value(
        "--cost-prefill",
        "US",
        Double.class,
        v -> prefillMicros = v,
        "With linear cost: microseconds a token of prefill; default 16.");
    options.value(
        "--cost-decode",
        "US",
        Double.class,
        v -> decodeMicros = v,
        "With linear cost: microseconds a decoding request; default 10.");
    options.value(
        "--cost-context",
        "NS",
        Double.class,
        v -> contextNanos = v,
        "With linear cost: nanoseconds a token of context; default 20.");
  }

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
