package dev.kvbm.bench.compare;

import java.io.OutputStream;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * A run as JSON. Times are nanoseconds an operation, the median of the rounds; {@code ratio} is the
 * peer's time by ours. A member is left out where there is no figure.
 */
final class BenchJson {
  static final String SCHEMA = "kvbm-bench/1";

  private static final JsonFactory FACTORY = new JsonFactory();

  private final JsonGenerator json;

  private BenchJson(JsonGenerator json) {
    this.json = json;
  }

  /** Writes UTF-8; the stream stays open. */
  static void write(BenchReport report, OutputStream out) {
    try (JsonGenerator json = FACTORY.createGenerator(new Pretty(), out, JsonEncoding.UTF8)) {
      json.configure(StreamWriteFeature.AUTO_CLOSE_TARGET, false);
      new BenchJson(json).report(report);
      json.writeRaw('\n');
    }
  }

  private static final class Pretty extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      return new DefaultPrettyPrinter();
    }

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }
  }

  private void report(BenchReport report) {
    json.writeStartObject();
    json.writeStringProperty("schema", SCHEMA);
    json.writeStringProperty("command", report.command());
    machine(report);
    if (!report.peer().isEmpty()) {
      json.writeStringProperty("peer", report.peer());
    }
    json.writeArrayPropertyStart("cases");
    for (CaseResult result : report.cases()) {
      timed(result);
    }
    json.writeEndArray();
    number("geometricMean", Target.geometricMean(report.cases()));
    json.writeArrayPropertyStart("memory");
    for (MemoryResult result : report.memory()) {
      weighed(result);
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("pauses");
    for (PauseResult result : report.pauses()) {
      paused(result);
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("replays");
    for (ReplayResult result : report.replays()) {
      replayed(result);
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("targets");
    for (Target.Verdict verdict : report.verdicts()) {
      json.writeStartObject();
      json.writeStringProperty("target", verdict.what());
      json.writeBooleanProperty("met", verdict.met());
      json.writeStringProperty("found", verdict.detail());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void machine(BenchReport report) {
    Machine machine = report.machine();
    json.writeObjectPropertyStart("machine");
    json.writeStringProperty("processor", machine.processor());
    json.writeNumberProperty("cores", machine.cores());
    json.writeStringProperty("system", machine.system());
    json.writeStringProperty("hugePages", machine.hugePages());
    json.writeStringProperty("java", machine.java());
    json.writeNumberProperty("loadBefore", machine.loadBefore());
    json.writeNumberProperty("loadAfter", report.loadAfter());
    json.writeEndObject();
    json.writeObjectPropertyStart("settings");
    json.writeNumberProperty("rounds", report.settings().rounds());
    json.writeNumberProperty("warmUpIterations", report.settings().warmUpIterations());
    json.writeNumberProperty("samples", report.settings().samples());
    json.writeStringProperty("jvmArguments", String.join(" ", report.settings().jvmArguments()));
    json.writeBooleanProperty("hugePagesAsked", report.settings().hugePages());
    json.writeEndObject();
  }

  private void timed(CaseResult result) {
    json.writeStartObject();
    json.writeStringProperty("name", result.name());
    rounds("ours", result.ours());
    number("bytesPerOp", result.bytesPerOp());
    rounds("peer", result.peer());
    if (result.hasRatio()) {
      number("ratio", result.ratio());
      number("oursBestNanos", result.oursBest().least());
      number("peerBestNanos", result.peerBest().least());
      number("bestRatio", result.bestRatio());
    }
    if (!result.other().isEmpty()) {
      json.writeObjectPropertyStart("other");
      json.writeStringProperty("name", result.otherName());
      rounds("ours", result.other());
      number("bytesPerOp", result.otherBytesPerOp());
      if (result.hasOtherRatio()) {
        number("ratio", result.otherRatio());
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private void rounds(String who, Rounds rounds) {
    if (!rounds.isEmpty()) {
      number(who + "Nanos", rounds.median());
      number(who + "SpreadPercent", rounds.spreadPercent());
      json.writeArrayPropertyStart(who + "Rounds");
      for (double value : rounds.values()) {
        json.writeNumber(value);
      }
      json.writeEndArray();
    }
  }

  private void weighed(MemoryResult result) {
    json.writeStartObject();
    json.writeStringProperty("name", result.name());
    number("oursBytes", result.oursBytes().median());
    number("oursEmptyBytes", result.oursEmptyBytes());
    number("oursHeapBytes", result.oursHeapBytes());
    if (!result.peerBytes().isEmpty()) {
      number("peerBytes", result.peerBytes().median());
      number("ratio", result.ratio());
    }
    json.writeEndObject();
  }

  private void paused(PauseResult result) {
    json.writeStartObject();
    json.writeStringProperty("name", result.name());
    json.writeNumberProperty("operations", result.operations());
    json.writeNumberProperty("p50Nanos", result.p50Nanos());
    json.writeNumberProperty("p99Nanos", result.p99Nanos());
    json.writeNumberProperty("p999Nanos", result.p999Nanos());
    json.writeNumberProperty("p9999Nanos", result.p9999Nanos());
    json.writeNumberProperty("maxNanos", result.maxNanos());
    json.writeNumberProperty("pauses", result.pauses());
    json.writeNumberProperty("pauseMillis", result.pauseMillis());
    json.writeEndObject();
  }

  private void replayed(ReplayResult result) {
    json.writeStartObject();
    json.writeStringProperty("name", result.name());
    number("oursSeconds", result.oursSeconds().median());
    number("oursPeakBytes", result.oursPeakBytes().median());
    json.writeStringProperty("peer", result.peer());
    number("peerSeconds", result.peerSeconds().median());
    number("peerPeakBytes", result.peerPeakBytes().median());
    if (result.hasRatio()) {
      number("ratio", result.ratio());
    }
    json.writeStringProperty("hits", result.hits());
    json.writeEndObject();
  }

  private void number(String name, double value) {
    if (!Double.isNaN(value)) {
      json.writeNumberProperty(name, value);
    }
  }
}
