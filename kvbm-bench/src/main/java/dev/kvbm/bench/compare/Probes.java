package dev.kvbm.bench.compare;

import dev.kvbm.bench.MemoryProbe;
import dev.kvbm.bench.PauseProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Our side of what JMH does not measure: memory and pauses, each in a JVM of its own. */
final class Probes {
  /** Both collectors, with refilled groups and with a guard for each block. */
  static final List<String> PAUSES =
      List.of("pauses/G1", "pauses/G1/single", "pauses/ZGC", "pauses/ZGC/single");

  private static final String CHURN = "churn/lineage_tick/pool=1M/lfu=0/drop=fwd/n=32";

  /**
   * A small young generation, so that the pool's arrays are not counted twice, and a heap that
   * gives back what the warm-up used.
   */
  private static final List<String> MEMORY_ARGUMENTS =
      List.of(
          "-Xmx2g",
          "-Xmn8m",
          "-XX:+UseSerialGC",
          "-XX:MinHeapFreeRatio=5",
          "-XX:MaxHeapFreeRatio=10",
          "-XX:+UseCompactObjectHeaders");

  private final Settings settings;
  private final Path scratch;

  Probes(Settings settings, Path scratch) {
    this.settings = settings;
    this.scratch = scratch;
  }

  JsonObject memory(String name) throws IOException, InterruptedException {
    return JsonObject.parse(java(MEMORY_ARGUMENTS, MemoryProbe.class).with(name).run());
  }

  PauseResult pauses(String name) throws IOException, InterruptedException {
    List<String> arguments =
        List.of(
            "-Xms1g",
            "-Xmx1g",
            name.contains("ZGC") ? "-XX:+UseZGC" : "-XX:+UseG1GC",
            "-XX:+UseCompactObjectHeaders");
    JsonObject json =
        JsonObject.parse(
            java(arguments, PauseProbe.class)
                .with(name, name.endsWith("/single") ? CHURN + "/single" : CHURN)
                .with(Integer.toString(settings.pauseSeconds()))
                .run());
    return new PauseResult(
        name,
        (long) json.number("operations"),
        (long) json.number("p50Nanos"),
        (long) json.number("p99Nanos"),
        (long) json.number("p999Nanos"),
        (long) json.number("p9999Nanos"),
        (long) json.number("maxNanos"),
        (long) json.number("pauses"),
        (long) json.number("pauseMillis"));
  }

  private Command java(List<String> arguments, Class<?> main) {
    return new Command(scratch, Path.of(System.getProperty("java.home"), "bin", "java").toString())
        .with(arguments)
        .with("-cp", System.getProperty("java.class.path"), main.getName());
  }
}
