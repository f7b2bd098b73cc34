package dev.kvbm.bench.compare;

import dev.kvbm.bench.BuildBenchmark;
import dev.kvbm.bench.BulkDropBenchmark;
import dev.kvbm.bench.CaseBenchmark;
import dev.kvbm.bench.DecodeBenchmark;
import dev.kvbm.bench.RegisterBenchmark;
import dev.kvbm.bench.ThreadsBenchmark;
import dev.kvbm.bench.cases.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Our side: each round of a case is one fork of JMH with the gc profiler. */
final class Jmh {
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private final Settings settings;
  private final Path log;

  /**
   * @param directory where JMH's own output goes
   */
  Jmh(Settings settings, Path directory) throws IOException {
    this.settings = settings;
    Files.createDirectories(directory);
    this.log = directory.resolve("jmh.log");
    System.setProperty("jmh.ignoreLock", "true");
  }

  /**
   * One round.
   *
   * @param nanos an operation: the median of the samples
   * @param best the best sample
   * @param bytes allocated an operation: the median likewise, JMH's own few kilobytes a sample
   *     included
   */
  record Round(double nanos, double best, double bytes) {}

  /**
   * Runs one round of a case.
   *
   * @throws IOException if the case failed
   */
  Round run(String name) throws IOException {
    Class<?> benchmark = benchmark(name);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + benchmark.getName().replace(".", "\\.") + "\\.run$")
            .param("name", name)
            .forks(1)
            .jvmArgs(jvmArguments())
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .output(log.toString());
    if (!Catalogue.isSlow(name)) {
      options
          .warmupIterations(settings.warmUpIterations())
          .warmupTime(TimeValue.milliseconds(Settings.WARM_UP_MILLIS))
          .measurementIterations(settings.samples())
          .measurementTime(TimeValue.milliseconds(Settings.sampleMillis(name)));
    }
    if (Catalogue.isThreaded(name)) {
      options.threads(name.contains("/threads=2/") ? 2 : 1);
    }
    Collection<RunResult> results;
    try {
      results = new Runner(options.build()).run();
    } catch (RunnerException e) {
      throw new IOException(name + " failed; " + log + " has the details", e);
    }
    if (results.size() != 1) {
      throw new IOException(name + " gave " + results.size() + " results; see " + log);
    }
    return round(results.iterator().next());
  }

  private static Round round(RunResult result) {
    List<Double> scores = new ArrayList<>();
    List<Double> bytes = new ArrayList<>();
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        scores.add(iteration.getPrimaryResult().getScore());
        Result<?> allocated = iteration.getSecondaryResults().get(ALLOCATED);
        if (allocated != null) {
          bytes.add(allocated.getScore());
        }
      }
    }
    Rounds samples = new Rounds(scores);
    return new Round(samples.median(), samples.least(), new Rounds(bytes).median());
  }

  private String[] jvmArguments() {
    List<String> arguments = new ArrayList<>(settings.jvmArguments());
    if (settings.hugePages()) {
      arguments.add("-XX:+UseTransparentHugePages");
    }
    return arguments.toArray(String[]::new);
  }

  private static Class<?> benchmark(String name) {
    if (Catalogue.isThreaded(name)) {
      return ThreadsBenchmark.class;
    }
    return switch (name.substring(0, name.indexOf('/'))) {
      case "bulk_drop" -> BulkDropBenchmark.class;
      case "register_batch", "register_single" -> RegisterBenchmark.class;
      case "decode_step" -> DecodeBenchmark.class;
      case "build" -> BuildBenchmark.class;
      default -> CaseBenchmark.class;
    };
  }
}
