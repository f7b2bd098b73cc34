package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.CacheCounts;
import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.analysis.Distribution;
import dev.kvbm.replay.analysis.EvictionRegret;
import dev.kvbm.replay.analysis.HitSharing;
import dev.kvbm.replay.analysis.HitTimeline;
import dev.kvbm.replay.analysis.SharedPrefixes;
import dev.kvbm.replay.analysis.TimeAxis;
import dev.kvbm.replay.analysis.TraceAnalysis;
import dev.kvbm.replay.analysis.WorkingSet;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/**
 * Writes a report as JSON. The document is described in {@code docs/replay-json.md}; within one
 * schema id members are added but neither removed nor given another meaning.
 */
public final class JsonReport {

  /** Value of the member {@code schema}. */
  public static final String SCHEMA = "kvbm-replay/1";

  private static final JsonFactory FACTORY = new JsonFactory();

  private final JsonGenerator json;

  private JsonReport(JsonGenerator json) {
    this.json = json;
  }

  /**
   * Writes UTF-8 with line feeds and a final line feed. The stream is flushed and stays open.
   *
   * @param report what to write
   * @param out where to write
   * @throws tools.jackson.core.JacksonException if the stream refuses a write
   */
  public static void write(ReplayReport report, OutputStream out) {
    try (JsonGenerator json = FACTORY.createGenerator(new Indented(), out, JsonEncoding.UTF8)) {
      json.configure(tools.jackson.core.StreamWriteFeature.AUTO_CLOSE_TARGET, false);
      new JsonReport(json).report(report);
      json.writeRaw('\n');
    }
  }

  /**
   * {@return the same document as text}
   *
   * @param report what to write
   */
  public static String render(ReplayReport report) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(report, bytes);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Two spaces, and line feeds on every system. */
  private static final class Indented extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      return new DefaultPrettyPrinter(
              Separators.createDefaultInstance()
                  .withObjectNameValueSpacing(Separators.Spacing.AFTER))
          .withObjectIndenter(new DefaultIndenter("  ", "\n"));
    }

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }
  }

  private void report(ReplayReport report) {
    json.writeStartObject();
    json.writeStringProperty("schema", SCHEMA);
    json.writeObjectPropertyStart("tool");
    json.writeStringProperty("name", "kvbm");
    json.writeStringProperty("version", report.toolVersion());
    json.writeEndObject();
    options(report.options(), report.engine());
    json.writeArrayPropertyStart("traces");
    for (TraceReport trace : report.traces()) {
      trace(trace);
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("results");
    for (ReplayRun run : report.runs()) {
      run(report, run);
    }
    ReplayReport.EngineSection engine = report.engine();
    if (engine != null) {
      EngineJson section = new EngineJson(json);
      for (EngineRun run : engine.runs()) {
        json.writeStartObject();
        head(report, run.trace(), run.policy(), false, CacheRule.ENGINE, run.result().blocks());
        section.run(run);
        json.writeEndObject();
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void options(ReplayOptions options, ReplayReport.@Nullable EngineSection engine) {
    json.writeObjectPropertyStart("options");
    json.writeStringProperty("rule", options.rule().label());
    json.writeNumberProperty("warmup", options.warmup());
    json.writeArrayPropertyStart("blocks");
    for (int blocks : options.blocks()) {
      json.writeNumber(blocks);
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("policies");
    for (String policy : options.policies()) {
      json.writeString(policy);
    }
    json.writeEndArray();
    json.writeObjectPropertyStart("more");
    for (Map.Entry<String, String> entry : options.more().entrySet()) {
      json.writeStringProperty(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
    if (engine != null) {
      new EngineJson(json).options(engine.options());
    }
    json.writeEndObject();
  }

  private void trace(TraceReport trace) {
    json.writeStartObject();
    json.writeStringProperty("name", trace.name());
    json.writeStringProperty("rule", trace.rule().label());
    json.writeNumberProperty("warmup", trace.warmup());
    json.writeNumberProperty("requests", trace.requests());
    json.writeNumberProperty("countedRequests", trace.countedRequests());
    json.writeNumberProperty("listedBlocks", trace.listedBlocks());
    json.writeNumberProperty("accesses", trace.accesses());
    json.writeNumberProperty("uniqueBlocks", trace.uniqueBlocks());
    if (trace.blockSizeTokens() > 0) {
      json.writeNumberProperty("blockSizeTokens", trace.blockSizeTokens());
    }
    if (trace.bytesPerBlock() > 0) {
      json.writeNumberProperty("bytesPerBlock", trace.bytesPerBlock());
    }
    json.writeNumberProperty("inputTokens", trace.inputTokens());
    TraceReport.Findings findings = trace.findings();
    if (findings != null) {
      findings(findings);
    }
    json.writeEndObject();
  }

  private void findings(TraceReport.Findings findings) {
    CacheCounts ceiling = findings.infinite().counts();
    json.writeObjectPropertyStart("ceiling");
    json.writeNumberProperty("hits", ceiling.hits());
    rate("hitRate", ceiling.hitRate());
    rate("tokenHitRate", ceiling.tokenHitRate());
    sharing(findings.infinite().sharing());
    json.writeNumberProperty("lruBlocks", findings.lruBlocksForCeiling());
    json.writeNumberProperty("minBlocks", findings.minBlocksForCeiling());
    json.writeNumberProperty("minbBlocks", findings.minbBlocksForCeiling());
    json.writeEndObject();
    analysis(findings.analysis());
    json.writeObjectPropertyStart("curves");
    curve("lru", findings.lruCurve());
    curve("min", findings.minCurve());
    curve("minb", findings.minbCurve());
    json.writeEndObject();
  }

  private void analysis(TraceAnalysis analysis) {
    json.writeObjectPropertyStart("analysis");
    round("spanSeconds", analysis.spanSeconds());
    json.writeObjectPropertyStart("conversations");
    json.writeNumberProperty("count", analysis.conversations());
    json.writeBooleanProperty("inferred", analysis.conversationsInferred());
    json.writeEndObject();
    distribution("promptTokens", analysis.promptTokens());
    distribution("outputTokens", analysis.outputTokens());
    distribution("reuseDistanceBlocks", analysis.reuseDistanceBlocks());
    distribution("reuseGapRequests", analysis.reuseGapRequests());
    distribution("reuseGapSeconds", analysis.reuseGapSeconds());
    TraceAnalysis.BlockUse use = analysis.blockUse();
    json.writeObjectPropertyStart("blockUse");
    json.writeNumberProperty("once", use.once());
    json.writeNumberProperty("twice", use.twice());
    json.writeNumberProperty("tenOrMore", use.tenOrMore());
    json.writeNumberProperty("hundredOrMore", use.hundredOrMore());
    json.writeNumberProperty("most", use.most());
    json.writeEndObject();
    SharedPrefixes prefixes = analysis.prefixes();
    json.writeObjectPropertyStart("sharedPrefixes");
    json.writeNumberProperty("count", prefixes.count());
    json.writeNumberProperty("savedBlocks", prefixes.savedBlocks());
    json.writeNumberProperty("savedTokens", prefixes.savedTokens());
    json.writeNumberProperty("inconsistentBlocks", prefixes.inconsistentBlocks());
    prefixes("byRequests", prefixes.byRequests());
    prefixes("byTokens", prefixes.byTokens());
    json.writeEndObject();
    workingSet(analysis.workingSet());
    json.writeEndObject();
  }

  private void distribution(String name, Distribution distribution) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("count", distribution.count());
    round("mean", distribution.mean());
    round("max", distribution.max());
    Distribution.Quantiles q = distribution.quantiles();
    round("p10", q.p10());
    round("p25", q.p25());
    round("p50", q.p50());
    round("p75", q.p75());
    round("p90", q.p90());
    round("p95", q.p95());
    round("p99", q.p99());
    round("p999", q.p999());
    json.writeArrayPropertyStart("bins");
    for (Distribution.Bin bin : distribution.bins()) {
      json.writeStartObject();
      round("from", bin.from());
      round("to", bin.to());
      json.writeNumberProperty("count", bin.count());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void prefixes(String name, List<SharedPrefixes.Prefix> prefixes) {
    json.writeArrayPropertyStart(name);
    for (SharedPrefixes.Prefix prefix : prefixes) {
      json.writeStartObject();
      json.writeNumberProperty("lastBlock", prefix.lastBlock());
      json.writeNumberProperty("firstRequest", prefix.firstRequest());
      json.writeNumberProperty("blocks", prefix.blocks());
      json.writeNumberProperty("tokens", prefix.tokens());
      json.writeNumberProperty("stretchBlocks", prefix.stretchBlocks());
      json.writeNumberProperty("requests", prefix.requests());
      json.writeNumberProperty("savedBlocks", prefix.savedBlocks());
      json.writeNumberProperty("savedTokens", prefix.savedTokens());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void workingSet(WorkingSet set) {
    json.writeObjectPropertyStart("workingSet");
    axis(set.axis());
    json.writeArrayPropertyStart("buckets");
    for (WorkingSet.Point point : set.points()) {
      json.writeStartObject();
      json.writeNumberProperty("requests", point.requests());
      json.writeNumberProperty("accesses", point.accesses());
      json.writeNumberProperty("distinct", point.distinct());
      json.writeNumberProperty("firstSeen", point.firstSeen());
      json.writeNumberProperty("live", point.live());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void axis(TimeAxis axis) {
    json.writeObjectPropertyStart("axis");
    json.writeStringProperty("unit", axis.ofTime() ? "seconds" : "requests");
    round("width", axis.ofTime() ? axis.width() / 1000 : axis.width());
    json.writeEndObject();
  }

  private void curve(String name, List<CacheCounts> curve) {
    json.writeArrayPropertyStart(name);
    for (CacheCounts counts : curve) {
      json.writeStartObject();
      json.writeNumberProperty("blocks", counts.blocks());
      json.writeNumberProperty("hits", counts.hits());
      rate("hitRate", counts.hitRate());
      rate("tokenHitRate", counts.tokenHitRate());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void run(ReplayReport report, ReplayRun run) {
    CacheCounts counts = run.counts();
    json.writeStartObject();
    head(report, run.trace(), run.policy(), run.isBound(), run.rule(), counts.blocks());
    json.writeNumberProperty("requests", counts.requests());
    json.writeNumberProperty("accesses", counts.accesses());
    json.writeNumberProperty("hits", counts.hits());
    rate("hitRate", counts.hitRate());
    json.writeNumberProperty("inputTokens", counts.inputTokens());
    json.writeNumberProperty("hitTokens", counts.hitTokens());
    rate("tokenHitRate", counts.tokenHitRate());
    json.writeNumberProperty("requestsWithHit", counts.requestsWithHit());
    json.writeNumberProperty("inserted", counts.inserted());
    json.writeNumberProperty("evictions", counts.evicted());
    json.writeNumberProperty("requestsLargerThanCache", counts.requestsLargerThanCache());
    if (run.wallNanos() >= 0) {
      json.writeNumberProperty("wallSeconds", run.wallNanos() / 1e9);
    }
    sharing(run.sharing());
    EvictionRegret.Result regret = run.regret();
    if (regret != null) {
      json.writeObjectPropertyStart("evicted");
      json.writeNumberProperty("total", regret.evictions());
      json.writeNumberProperty("notInTrace", regret.foreign());
      json.writeNumberProperty("neededAgain", regret.neededAgain());
      json.writeNumberProperty("within10Requests", regret.within10());
      json.writeNumberProperty("within100Requests", regret.within100());
      json.writeNumberProperty("within1000Requests", regret.within1000());
      json.writeNumberProperty("later", regret.later());
      json.writeEndObject();
    }
    HitTimeline timeline = run.timeline();
    if (timeline != null) {
      json.writeArrayPropertyStart("hitsOverTime");
      for (HitTimeline.Point point : timeline.points()) {
        json.writeNumber(point.hits());
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /** What every result begins with. */
  private void head(
      ReplayReport report,
      String traceName,
      String policy,
      boolean bound,
      CacheRule rule,
      int blocks) {
    json.writeStringProperty("trace", traceName);
    json.writeStringProperty("policy", policy);
    json.writeBooleanProperty("bound", bound);
    json.writeStringProperty("rule", rule.label());
    json.writeNumberProperty("blocks", blocks);
    for (TraceReport trace : report.traces()) {
      if (trace.name().equals(traceName)) {
        if (trace.blockSizeTokens() > 0) {
          json.writeNumberProperty("cacheTokens", (long) blocks * trace.blockSizeTokens());
        }
        if (trace.bytesPerBlock() > 0) {
          json.writeNumberProperty("cacheBytes", blocks * trace.bytesPerBlock());
        }
      }
    }
  }

  private void sharing(@Nullable HitSharing sharing) {
    if (sharing != null) {
      json.writeObjectPropertyStart("conversations");
      json.writeNumberProperty("withinHits", sharing.withinHits());
      json.writeNumberProperty("acrossHits", sharing.acrossHits());
      json.writeNumberProperty("withinTokens", sharing.withinTokens());
      json.writeNumberProperty("acrossTokens", sharing.acrossTokens());
      json.writeEndObject();
    }
  }

  /** Six digits after the point: more would not tell two results apart that hits do not. */
  private void rate(String name, double value) {
    json.writeNumberProperty(name, Math.round(value * 1e6) / 1e6);
  }

  /** Whole numbers without a point, others with at most three digits after it. */
  private void round(String name, double value) {
    double rounded = Math.round(value * 1e3) / 1e3;
    if (rounded == Math.rint(rounded)) {
      json.writeNumberProperty(name, (long) rounded);
    } else {
      json.writeNumberProperty(name, rounded);
    }
  }
}
