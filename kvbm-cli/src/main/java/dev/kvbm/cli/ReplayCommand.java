package dev.kvbm.cli;

import dev.kvbm.replay.CompactBlockTrace;
import dev.kvbm.replay.EngineSession;
import dev.kvbm.replay.ReplayPolicy;
import dev.kvbm.replay.ReplaySession;
import dev.kvbm.replay.analysis.Bound;
import dev.kvbm.replay.analysis.CacheCounts;
import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.analysis.TraceStudy;
import dev.kvbm.replay.engine.Arrivals;
import dev.kvbm.replay.engine.EngineOptions;
import dev.kvbm.replay.engine.EngineTrace;
import dev.kvbm.replay.engine.Output;
import dev.kvbm.replay.report.EngineRun;
import dev.kvbm.replay.report.HtmlReport;
import dev.kvbm.replay.report.JsonReport;
import dev.kvbm.replay.report.ReplayOptions;
import dev.kvbm.replay.report.ReplayReport;
import dev.kvbm.replay.report.ReplayRun;
import dev.kvbm.replay.report.TraceReport;
import dev.kvbm.replay.trace.BlockIds;
import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.replay.trace.TraceFormat;
import dev.kvbm.replay.trace.TraceOptions;
import dev.kvbm.replay.trace.TraceReader;
import dev.kvbm.replay.trace.TraceSource;
import dev.kvbm.replay.workload.Workload;
import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** {@code kvbm replay}: what would a cache of this size and policy have hit? */
final class ReplayCommand implements Callable<Integer> {

  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  private final PositionalParamSpec files =
      PositionalParamSpec.builder()
          .index("0..*")
          .arity("0..1")
          .paramLabel("FILE")
          .type(List.class)
          .auxiliaryTypes(String.class)
          .description(
              "Traces, plain or gzip: Mooncake, Qwen-Bailian, dynamo.request.trace.v1, or JSONL"
                  + " with token ids; - is standard input.")
          .build();

  private @Nullable String policies;

  private final SizeOptions sizes;

  private final EngineFlags engineFlags;

  private boolean bounds;

  private String rule = "trace";

  private double warmup;

  private @Nullable Path report;

  private @Nullable String json;

  private boolean details;

  private @Nullable String format;

  private @Nullable Integer blockSize;

  private @Nullable String ids;

  private boolean skipMalformed;

  private @Nullable Long seed;

  private @Nullable Integer threads;

  private boolean quiet;

  private final CountDownLatch printed = new CountDownLatch(1);
  private volatile @Nullable Runnable stopCurrent;
  private volatile boolean interrupted;

  ReplayCommand() {
    spec.name("replay");
    spec.usageMessage()
        .description(
            "Replays serving traces through the block manager and shows what each policy and each"
                + " cache size would have hit, next to the optimum.",
            "Without a file it replays a built-in chat workload.")
        .footer(
            "",
            "Examples:",
            "  kvbm replay",
            "  kvbm replay trace.jsonl.gz --policy lru,lineage --blocks 1k,10k,100k --bounds",
            "  kvbm replay trace.jsonl --memory 64GiB,512GiB --layers 80 --kv-heads 8 --head-size"
                + " 128 \\",
            "      --report out.html",
            "  kvbm replay trace.jsonl --engine --blocks 10k --max-batched-tokens 16384",
            "  zcat trace.gz | kvbm replay - --json - | jq '.results[].hitRate'");
    spec.addPositional(files);
    Declared options = new Declared(spec);
    sizes = new SizeOptions(options);
    engineFlags = new EngineFlags(options);
    options.value(
        "--policy",
        "LIST",
        String.class,
        v -> policies = v,
        "Policies, comma-separated: lru, fifo, multi_lru, lineage, lineage_fifo, lru_rf, fifo_rf;"
            + " or all. Single bounds as well: infinite, min, minb. Default: lru,fifo,lineage.");
    options.flag(
        v -> bounds = v,
        "Also compute an infinite cache and the optimum (min, minb) at each size: all three.",
        "--bounds");
    options.value(
        "--rule",
        "RULE",
        String.class,
        v -> rule = v == null ? "trace" : v,
        "trace: every listed block counts (default). engine: full blocks only, the last token is"
            + " always computed.");
    options.value(
        "--warmup",
        "FRACTION",
        Double.class,
        v -> warmup = v == null ? 0 : v,
        "Count only the requests after this part of the trace, for example 0.5.");
    options.value(
        "--report", "FILE", Path.class, v -> report = v, "Write a self-contained HTML report.");
    options.value(
        "--json",
        "FILE",
        String.class,
        v -> json = v,
        "Write the results as JSON; - prints it alone on standard output.");
    options.flag(
        v -> details = v,
        "Put curves and analyses into the JSON as well (always on with --report); with --engine a"
            + " row for each request.",
        "--details");
    options.value(
        "--format",
        "NAME",
        String.class,
        v -> format = v,
        "mooncake, qwen, dynamo or tokens, instead of telling it from the first line.");
    options.value(
        "--block-size",
        "TOKENS",
        Integer.class,
        v -> blockSize = v,
        "Tokens a block where the trace does not say.");
    options.value(
        "--ids",
        "MEANING",
        String.class,
        v -> ids = v,
        "What equal ids mean: chained (same content and prefix) or content (same content only;"
            + " the prefix is added). Default: what the format says.");
    options.flag(
        v -> skipMalformed = v,
        "Count malformed lines and go on, instead of ending.",
        "--skip-malformed");
    options.value(
        "--seed",
        "N",
        Long.class,
        v -> seed = v,
        "Seed of the built-in workload, if no file is given, and of what the engine makes up:"
            + " generated tokens and random arrivals.");
    options.value(
        "--threads",
        "N",
        Integer.class,
        v -> threads = v,
        "Runs at once; default: one for each processor.");
    options.flag(v -> quiet = v, "No progress bar.", "-q", "--quiet");
  }

  /** The command for picocli: what its options are, and what runs when it is called. */
  CommandSpec spec() {
    return spec;
  }

  private List<String> files() {
    List<String> given = files.getValue();
    return given == null ? List.of() : given;
  }

  @Override
  public Integer call() throws IOException {
    Thread hook = Thread.ofPlatform().unstarted(this::interrupt);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      ReplayModes.check(spec.commandLine().getParseResult(), engineFlags.engine);
      return engineFlags.engine ? runEngine() : replay();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    } finally {
      printed.countDown();
      removeHook(hook);
    }
  }

  /** Ctrl-C: ends the runs and waits until what there is has been printed. */
  private void interrupt() {
    interrupted = true;
    Runnable stop = stopCurrent;
    if (stop != null) {
      stop.run();
    }
    try {
      boolean _ = printed.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void whenInterrupted(Runnable stop) {
    stopCurrent = stop;
    if (interrupted) {
      stop.run();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending; the hook has done its work.
    }
  }

  private int replay() throws IOException {
    Request request = new Request();
    boolean jsonAlone = "-".equals(json);
    PrintStream out = System.out;
    List<TraceReport> traceReports = new ArrayList<>();
    List<ReplayRun> runs = new ArrayList<>();
    SequencedSet<Integer> allSizes = new LinkedHashSet<>();
    Set<String> names = new HashSet<>();
    List<String> inputs = files().isEmpty() ? List.of("") : files();
    for (String input : inputs) {
      Loaded loaded = load(input, request.traceOptions);
      int[] blocks = blocksFor(loaded.trace(), allSizes);
      CompactBlockTrace trace =
          new CompactBlockTrace(loaded.trace(), uniqueName(loaded.trace().name(), names));
      ReplaySession session = new ReplaySession(trace, request.settings);
      whenInterrupted(session::stop);
      List<ReplaySession.Outcome> outcomes;
      try (ProgressLine _ = new ProgressLine(showProgress(), "replaying", session::progress)) {
        outcomes = session.run(blocks);
      }
      if (!jsonAlone) {
        print(out, loaded, trace, request, outcomes);
      }
      outcomes.stream().map(ReplaySession.Outcome::run).forEach(runs::add);
      if (interrupted) {
        out.flush();
        return 130;
      }
      traceReports.add(describe(trace, loaded, session, request, blocks));
    }
    SequencedMap<String, String> more = new LinkedHashMap<>();
    ReplayReport result =
        new ReplayReport(
            KvbmVersion.text(),
            new ReplayOptions(
                request.settings.rule(), warmup, List.copyOf(allSizes), request.labels(), more),
            traceReports,
            runs);
    write(result, jsonAlone, out);
    return 0;
  }

  private int runEngine() throws IOException {
    Request request = new Request();
    EngineOptions options = engineFlags.options(seed);
    if (seed != null
        && !files().isEmpty()
        && options.output() == Output.NONE
        && options.arrivals() != Arrivals.POISSON) {
      throw new IllegalArgumentException(
          "--seed has no effect: nothing is generated and no arrival is random");
    }
    boolean jsonAlone = "-".equals(json);
    PrintStream out = System.out;
    List<TraceReport> traceReports = new ArrayList<>();
    List<EngineRun> runs = new ArrayList<>();
    SequencedSet<Integer> allSizes = new LinkedHashSet<>();
    Set<String> names = new HashSet<>();
    for (String input : files().isEmpty() ? List.of("") : files()) {
      Loaded loaded = load(input, request.traceOptions.withKeepTokenIds(true));
      CompactBlockTrace trace =
          new CompactBlockTrace(loaded.trace(), uniqueName(loaded.trace().name(), names));
      int[] blocks = blocksFor(loaded.trace(), allSizes);
      EngineSession session =
          new EngineSession(
              loaded.engineTrace(),
              trace.name(),
              request.settings.policies(),
              options,
              details,
              request.settings.threads());
      whenInterrupted(session::stop);
      List<EngineRun> traceRuns;
      try (ProgressLine _ = new ProgressLine(showProgress(), "running", session::progress)) {
        traceRuns = session.run(blocks);
      }
      if (!jsonAlone) {
        printTrace(out, loaded, trace);
        EngineTables.print(
            out, options, traceRuns, loaded.trace().blockSizeTokens(), request.bytesPerToken);
      }
      runs.addAll(traceRuns);
      if (interrupted) {
        out.flush();
        return 130;
      }
      traceReports.add(
          TraceReport.facts(
              trace,
              CacheRule.ENGINE,
              0,
              loaded.trace().blockSizeTokens(),
              request.bytesPerToken * loaded.trace().blockSizeTokens()));
    }
    write(
        new ReplayReport(
            KvbmVersion.text(),
            new ReplayOptions(CacheRule.ENGINE, 0, List.copyOf(allSizes), request.labels()),
            traceReports,
            List.of(),
            new ReplayReport.EngineSection(options, runs)),
        jsonAlone,
        out);
    return 0;
  }

  /** The sizes asked for, or useful ones; noted in {@code all}. */
  private int[] blocksFor(CompactTrace trace, Set<Integer> all) {
    int[] blocks =
        sizes.given()
            ? sizes.blocks(trace.blockSizeTokens())
            : ReplaySession.usefulSizes(trace.uniqueBlocks());
    for (int size : blocks) {
      all.add(size);
    }
    return blocks;
  }

  private TraceReport describe(
      CompactBlockTrace trace,
      Loaded loaded,
      ReplaySession session,
      Request request,
      int[] blocks) {
    long bytesPerBlock = request.bytesPerToken * loaded.trace().blockSizeTokens();
    TraceStudy study = session.study();
    if (request.settings.details() && study != null) {
      return TraceReport.of(study, bytesPerBlock, blocks);
    }
    return TraceReport.facts(
        trace, request.settings.rule(), warmup, loaded.trace().blockSizeTokens(), bytesPerBlock);
  }

  private void write(ReplayReport result, boolean jsonAlone, PrintStream out) throws IOException {
    if (json != null) {
      if (jsonAlone) {
        JsonReport.write(result, out);
        out.flush();
      } else {
        try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(Path.of(json)))) {
          JsonReport.write(result, file);
        }
      }
    }
    if (report != null) {
      HtmlReport.write(result, report);
      if (!jsonAlone) {
        out.println();
        out.println("report: " + report);
      }
    }
  }

  // --------------- input ---------------

  /** A trace in memory and what is worth telling about how it was read. */
  private record Loaded(EngineTrace engineTrace, long malformed, List<String> examples) {
    CompactTrace trace() {
      return engineTrace.requests();
    }
  }

  private Loaded load(String input, TraceOptions options) {
    if (input.isEmpty()) {
      Workload workload = Workload.of("chat");
      if (seed != null) {
        workload = workload.with("seed", Long.toString(seed));
      }
      try (TraceSource source = workload.open()) {
        return new Loaded(EngineTrace.of(CompactTrace.of(source)), 0, List.of());
      }
    }
    try (TraceReader reader =
        input.equals("-")
            ? TraceReader.standardInput(options)
            : TraceReader.open(Path.of(input), options)) {
      EngineTrace trace =
          options.keepTokenIds()
              ? EngineTrace.read(reader)
              : EngineTrace.of(CompactTrace.of(reader));
      return new Loaded(trace, reader.malformed(), reader.malformedExamples());
    }
  }

  private static String uniqueName(String name, Set<String> taken) {
    String unique = name;
    for (int i = 2; !taken.add(unique); i++) {
      unique = name + " (" + i + ")";
    }
    return unique;
  }

  // --------------- options ---------------

  /** The options, checked. */
  private final class Request {
    final TraceOptions traceOptions;
    final ReplaySession.Settings settings;
    final long bytesPerToken;

    Request() {
      if (seed != null && !files().isEmpty() && !engineFlags.engine) {
        throw new IllegalArgumentException("--seed is for the built-in workload; it has no effect");
      }
      if (files().stream().filter("-"::equals).count() > 1) {
        throw new IllegalArgumentException("standard input can be read once");
      }
      if (details && json == null && report == null) {
        throw new IllegalArgumentException("--details needs --json or --report");
      }
      traceOptions =
          new TraceOptions(
              format == null ? null : TraceFormat.parse(format),
              blockSize == null ? 0 : positive("--block-size", blockSize),
              skipMalformed,
              parseIds(),
              false);
      settings =
          new ReplaySession.Settings(
              parsePolicies(),
              parseBounds(),
              CacheRule.ofLabel(rule.toLowerCase(Locale.ROOT)),
              warmup,
              details || report != null,
              threads == null
                  ? Runtime.getRuntime().availableProcessors()
                  : positive("--threads", threads));
      bytesPerToken = sizes.bytesPerToken();
      if (sizes.given()) {
        int[] _ = sizes.blocks(1);
      }
    }

    private @Nullable BlockIds parseIds() {
      if (ids == null) {
        return null;
      }
      return switch (ids.toLowerCase(Locale.ROOT)) {
        case "chained" -> BlockIds.CHAINED;
        case "content" -> BlockIds.CONTENT;
        default ->
            throw new IllegalArgumentException(
                "unknown meaning of ids '" + ids + "'; choose chained or content");
      };
    }

    private List<ReplayPolicy> parsePolicies() {
      if (policies == null && engineFlags.engine) {
        return List.of(ReplayPolicy.LRU);
      }
      if (policies == null) {
        return List.of(ReplayPolicy.LRU, ReplayPolicy.FIFO, ReplayPolicy.LINEAGE);
      }
      if (policies.equals("all")) {
        return List.of(ReplayPolicy.values());
      }
      SequencedSet<ReplayPolicy> chosen = new LinkedHashSet<>();
      for (String name : policies.split(",", -1)) {
        Optional<ReplayPolicy> policy = ReplayPolicy.ofLabel(label(name));
        if (policy.isPresent()) {
          chosen.add(policy.get());
        } else if (engineFlags.engine || Bound.ofLabel(label(name)).isEmpty()) {
          throw new IllegalArgumentException(
              "unknown policy '"
                  + name
                  + "'; choose from "
                  + ReplayPolicy.labels()
                  + ", all"
                  + (engineFlags.engine ? "" : ", or the bounds " + Bound.labels()));
        }
      }
      return List.copyOf(chosen);
    }

    /** The bounds named among the policies, or all. */
    private List<Bound> parseBounds() {
      if (bounds || report != null) {
        return List.of(Bound.values());
      }
      if (policies == null) {
        return List.of();
      }
      return Arrays.stream(policies.split(",", -1))
          .map(name -> Bound.ofLabel(label(name)))
          .flatMap(Optional::stream)
          .distinct()
          .toList();
    }

    private static String label(String name) {
      return name.strip().toLowerCase(Locale.ROOT).replace('-', '_');
    }

    List<String> labels() {
      List<String> labels = new ArrayList<>();
      settings.policies().forEach(policy -> labels.add(policy.label()));
      settings.bounds().forEach(bound -> labels.add(bound.label()));
      return labels;
    }
  }

  private static int positive(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, got " + value);
    }
    return value;
  }

  @SuppressWarnings("SystemConsoleNull") // it is null where neither end is a terminal
  private boolean showProgress() {
    Console console = System.console();
    return !quiet && console != null && console.isTerminal();
  }

  // --------------- table ---------------

  private static void print(
      PrintStream out,
      Loaded loaded,
      CompactBlockTrace trace,
      Request request,
      List<ReplaySession.Outcome> outcomes) {
    int blockSize = loaded.trace().blockSizeTokens();
    printTrace(out, loaded, trace);
    if (outcomes.stream().anyMatch(outcome -> !outcome.complete())) {
      out.println("  interrupted: rows marked * count what was replayed until then");
    }
    out.println();
    boolean memory = request.bytesPerToken > 0;
    List<String> headings =
        new ArrayList<>(
            List.of("policy", "blocks", "tokens", "hit rate", "token hit rate", "hits"));
    headings.addAll(List.of("evictions", "prefill saved"));
    if (memory) {
      headings.add(3, "memory");
    }
    TextTable table = new TextTable(headings);
    for (ReplaySession.Outcome outcome : outcomes) {
      CacheCounts counts = outcome.run().counts();
      boolean infinite = outcome.run().policy().equals(Bound.INFINITE.label());
      long tokens = (long) counts.blocks() * blockSize;
      List<String> row = new ArrayList<>();
      row.add(outcome.run().policy() + (outcome.complete() ? "" : " *"));
      row.add(infinite ? "-" : Quantity.grouped(counts.blocks()));
      row.add(tokens == 0 || infinite ? "-" : Quantity.brief((double) tokens));
      if (memory) {
        row.add(
            tokens == 0 || infinite
                ? "-"
                : Quantity.bytes((double) tokens * request.bytesPerToken));
      }
      row.add(percent(counts.hitRate()));
      row.add(percent(counts.tokenHitRate()));
      row.add(Quantity.grouped(counts.hits()));
      row.add(Quantity.grouped(counts.evicted()));
      row.add(Quantity.brief((double) counts.hitTokens()) + " tokens");
      table.row(row);
    }
    table.print(out);
    out.println();
  }

  private static void printTrace(PrintStream out, Loaded loaded, CompactBlockTrace trace) {
    int blockSize = loaded.trace().blockSizeTokens();
    out.printf(
        Locale.ROOT,
        "%s: %,d requests, %,d block accesses, %,d distinct blocks of %s tokens, %,d prompt"
            + " tokens%n",
        trace.name(),
        loaded.trace().requestCount(),
        loaded.trace().accessCount(),
        loaded.trace().uniqueBlocks(),
        blockSize == 0 ? "various" : blockSize,
        loaded.trace().inputTokens());
    if (loaded.malformed > 0) {
      out.printf(
          Locale.ROOT,
          "  %,d malformed lines skipped, the first: %s%n",
          loaded.malformed,
          loaded.examples.isEmpty() ? "" : loaded.examples.getFirst());
    }
  }

  private static String percent(double rate) {
    return String.format(Locale.ROOT, "%.2f %%", rate * 100);
  }
}
