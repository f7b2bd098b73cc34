package dev.kvbm.replay.report;

import dev.kvbm.replay.engine.CostModel;
import dev.kvbm.replay.engine.EngineOptions;
import dev.kvbm.replay.engine.EngineResult;
import dev.kvbm.replay.engine.EngineResult.Cached;
import dev.kvbm.replay.engine.Latency;
import dev.kvbm.replay.engine.LinearCost;
import dev.kvbm.replay.engine.PolynomialCost;
import dev.kvbm.replay.engine.RequestOutcome;
import dev.kvbm.replay.engine.Usage;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import tools.jackson.core.JsonGenerator;

/** Writes the members of the JSON document that are about the engine loop. */
final class EngineJson {
  private final JsonGenerator json;

  EngineJson(JsonGenerator json) {
    this.json = json;
  }

  void options(EngineOptions options) {
    json.writeObjectPropertyStart("engine");
    json.writeNumberProperty("maxSequences", options.maxSequences());
    json.writeNumberProperty("maxBatchedTokens", options.maxBatchedTokens());
    json.writeBooleanProperty("chunkedPrefill", options.chunkedPrefill());
    json.writeStringProperty("admission", label(options.admission()));
    json.writeStringProperty("sharing", label(options.sharing()));
    json.writeStringProperty("arrivals", label(options.arrivals()));
    if (options.ratePerSecond() > 0) {
      json.writeNumberProperty("ratePerSecond", options.ratePerSecond());
    }
    json.writeStringProperty("output", label(options.output()));
    cost(options.cost());
    json.writeNumberProperty("seed", options.seed());
    json.writeEndObject();
  }

  private void cost(CostModel cost) {
    json.writeObjectPropertyStart("cost");
    switch (cost) {
      case LinearCost linear -> {
        json.writeStringProperty("model", "linear");
        json.writeNumberProperty("stepMillis", linear.stepMillis());
        json.writeNumberProperty("prefillMicrosPerToken", linear.prefillMicrosPerToken());
        json.writeNumberProperty("decodeMicrosPerSequence", linear.decodeMicrosPerSequence());
        json.writeNumberProperty("contextNanosPerToken", linear.contextNanosPerToken());
      }
      case PolynomialCost _ -> json.writeStringProperty("model", "polynomial");
    }
    json.writeEndObject();
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The members of a result behind the capacity. */
  void run(EngineRun run) {
    EngineResult result = run.result();
    Cached first = result.first();
    json.writeNumberProperty("requests", first.admissions());
    json.writeNumberProperty("accesses", first.accesses());
    json.writeNumberProperty("hits", first.hits());
    decimals("hitRate", first.hitRate());
    json.writeNumberProperty("inputTokens", first.tokens());
    json.writeNumberProperty("hitTokens", first.hitTokens());
    decimals("tokenHitRate", first.tokenHitRate());
    json.writeNumberProperty("requestsWithHit", first.withHit());
    json.writeNumberProperty("inserted", result.registeredBlocks());
    json.writeNumberProperty("evictions", result.evictions());
    json.writeNumberProperty("requestsLargerThanCache", result.refusals().largerThanPool());
    json.writeObjectPropertyStart("engine");
    json.writeNumberProperty("finished", result.finished());
    json.writeObjectPropertyStart("refused");
    json.writeNumberProperty("largerThanPool", result.refusals().largerThanPool());
    json.writeNumberProperty("longerThanStep", result.refusals().longerThanStep());
    json.writeNumberProperty("withoutPrompt", result.refusals().withoutPrompt());
    json.writeEndObject();
    json.writeNumberProperty("preemptions", result.preemptions());
    afterPreemption(result.again());
    json.writeNumberProperty("steps", result.steps());
    json.writeNumberProperty("prefillTokens", result.prefillTokens());
    json.writeNumberProperty("generatedTokens", result.generatedTokens());
    seconds("endSeconds", result.endNanos());
    latency("queueingSeconds", result.queueing());
    latency("timeToFirstTokenSeconds", result.timeToFirstToken());
    latency("interTokenSeconds", result.interToken());
    latency("endToEndSeconds", result.endToEnd());
    usage(result.usage());
    EngineResult.Recorded recorded = result.recorded();
    if (recorded != null) {
      json.writeObjectPropertyStart("recorded");
      json.writeNumberProperty("requests", recorded.requests());
      json.writeNumberProperty("recordedTokens", recorded.recordedTokens());
      json.writeNumberProperty("hitTokens", recorded.hitTokens());
      json.writeNumberProperty("equal", recorded.equal());
      json.writeNumberProperty("more", recorded.more());
      json.writeNumberProperty("less", recorded.less());
      json.writeEndObject();
    }
    json.writeStringProperty("fingerprint", HexFormat.of().toHexDigits(result.fingerprint()));
    if (!result.outcomes().isEmpty()) {
      json.writeArrayPropertyStart("perRequest");
      result.outcomes().forEach(this::outcome);
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private void afterPreemption(Cached again) {
    json.writeObjectPropertyStart("afterPreemption");
    json.writeNumberProperty("admissions", again.admissions());
    json.writeNumberProperty("accesses", again.accesses());
    json.writeNumberProperty("hits", again.hits());
    decimals("hitRate", again.hitRate());
    json.writeNumberProperty("tokens", again.tokens());
    json.writeNumberProperty("hitTokens", again.hitTokens());
    decimals("tokenHitRate", again.tokenHitRate());
    json.writeEndObject();
  }

  private void latency(String name, Latency latency) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("count", latency.count());
    seconds("mean", latency.meanNanos());
    seconds("p10", latency.p10Nanos());
    seconds("p50", latency.p50Nanos());
    seconds("p90", latency.p90Nanos());
    seconds("p95", latency.p95Nanos());
    seconds("p99", latency.p99Nanos());
    seconds("max", latency.maxNanos());
    json.writeEndObject();
  }

  private void usage(Usage usage) {
    peak("pinnedBlocks", usage.meanPinnedBlocks(), usage.maxPinnedBlocks());
    peak("running", usage.meanRunning(), usage.maxRunning());
    peak("waiting", usage.meanWaiting(), usage.maxWaiting());
    json.writeObjectPropertyStart("overTime");
    seconds("widthSeconds", usage.widthNanos());
    series("pinnedBlocks", usage, Usage.Point::meanPinnedBlocks);
    series("maxPinnedBlocks", usage, Usage.Point::maxPinnedBlocks);
    series("running", usage, Usage.Point::meanRunning);
    series("waiting", usage, Usage.Point::meanWaiting);
    json.writeEndObject();
  }

  private void peak(String name, double mean, int max) {
    json.writeObjectPropertyStart(name);
    number("mean", mean, 1e3);
    json.writeNumberProperty("max", max);
    json.writeEndObject();
  }

  private void series(String name, Usage usage, ToDoubleFunction<Usage.Point> value) {
    json.writeArrayPropertyStart(name);
    for (Usage.Point point : usage.points()) {
      double rounded = Math.round(value.applyAsDouble(point) * 1e3) / 1e3;
      if (rounded == Math.rint(rounded)) {
        json.writeNumber((long) rounded);
      } else {
        json.writeNumber(rounded);
      }
    }
    json.writeEndArray();
  }

  private void outcome(RequestOutcome outcome) {
    json.writeStartObject();
    json.writeNumberProperty("request", outcome.request());
    json.writeStringProperty("end", label(outcome.end()));
    if (outcome.end() == RequestOutcome.End.FINISHED) {
      seconds("arrivalSeconds", outcome.arrivalNanos());
      seconds("queueingSeconds", outcome.queueingNanos());
      seconds("timeToFirstTokenSeconds", outcome.timeToFirstTokenNanos());
      seconds("endToEndSeconds", outcome.endToEndNanos());
      json.writeNumberProperty("hits", outcome.hits());
      json.writeNumberProperty("preemptions", outcome.preemptions());
      if (outcome.recordedTokens() >= 0) {
        json.writeNumberProperty("hitTokens", outcome.hitTokens());
        json.writeNumberProperty("recordedTokens", outcome.recordedTokens());
      }
    }
    json.writeEndObject();
  }

  private void seconds(String name, long nanos) {
    seconds(name, (double) nanos);
  }

  private void seconds(String name, double nanos) {
    number(name, nanos / 1e9, 1e6);
  }

  private void decimals(String name, double value) {
    json.writeNumberProperty(name, Math.round(value * 1e6) / 1e6);
  }

  /** Whole numbers without a point. */
  private void number(String name, double value, double scale) {
    double rounded = Math.round(value * scale) / scale;
    if (rounded == Math.rint(rounded)) {
      json.writeNumberProperty(name, (long) rounded);
    } else {
      json.writeNumberProperty(name, rounded);
    }
  }
}
