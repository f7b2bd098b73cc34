package dev.kvbm.testkit.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Runs recorded scripts of the reference against this library.
 *
 * <p>A script is run until its end, or until the first answer that no row explains: what follows
 * would build on another state. Malformed lines are reported and do not keep others from being run.
 *
 * <p>Not thread-safe; runs on the calling thread and keeps one script in memory at a time.
 */
public final class ConformanceRunner {
  private final ConformanceOptions options;
  private final Map<ScriptKind, KindTally> tallies = new EnumMap<>(ScriptKind.class);
  private final List<Unexplained> unexplained = new ArrayList<>();
  private final List<String> malformed = new ArrayList<>();
  private int malformedLines;

  private ConformanceRunner(ConformanceOptions options) {
    this.options = options;
  }

  /**
   * Runs all scripts of {@code inputs}.
   *
   * @param inputs files of scripts, whatever their name, and folders, which stand for all {@code
   *     *.jsonl} and {@code *.jsonl.gz} directly in them; files are gzip if their name ends with
   *     {@code .gz}
   * @param options which scripts to run, and how
   * @return what became of them
   * @throws IOException if an input does not exist or a folder has no file of scripts; nothing has
   *     been run then. A file that cannot be read to its end counts as malformed instead
   */
  public static ConformanceReport run(List<Path> inputs, ConformanceOptions options)
      throws IOException {
    ConformanceRunner runner = new ConformanceRunner(options);
    for (Path file : ScriptFiles.expand(inputs)) {
      runner.runFile(file);
    }
    return new ConformanceReport(
        runner.tallies, runner.unexplained, runner.malformed, runner.malformedLines);
  }

  private void runFile(Path file) {
    int number = 0;
    try (BufferedReader reader = ScriptFiles.open(file)) {
      String line;
      while ((line = reader.readLine()) != null) {
        number++;
        if (!line.isBlank()) {
          runLine(file, number, line);
        }
      }
    } catch (IOException e) {
      malformed(file, number + 1, "cannot be read: " + e.getMessage());
    }
  }

  private void runLine(Path file, int number, String line) {
    try {
      Fields script = Fields.of("a script", JsonLines.parse(line));
      String label = script.text("kind");
      ScriptKind kind =
          ScriptKind.of(label)
              .orElseThrow(() -> new MalformedScriptException("unknown kind \"" + label + "\""));
      if (!options.kinds().contains(kind) || !wantsBackends(script)) {
        return;
      }
      run(file, number, kind, script, interpreter(kind));
    } catch (MalformedScriptException e) {
      malformed(file, number, Objects.requireNonNullElse(e.getMessage(), "malformed"));
    }
  }

  /** The interpreter of a kind. */
  private static ScriptInterpreter interpreter(ScriptKind kind) {
    return switch (kind) {
      case CORE, MEDIUM, TIERS, DEEP, LIN, RAW, COLLIDE, SEQ, SEQPANIC, ASG ->
          new BlockInterpreter();
      case LFU -> new SketchInterpreter();
      case BUILDER -> new BuilderInterpreter();
    };
  }

  private boolean wantsBackends(Fields script) {
    if (options.backends().isEmpty()) {
      return true;
    }
    Fields config = script.members("cfg");
    if (config.has("mgrs")) {
      return config.array("mgrs").stream()
          .map(manager -> Fields.of("a manager", manager).text("backend"))
          .anyMatch(backend -> options.backends().contains(Backend.of(backend).family()));
    }
    return config.has("backend")
        && options.backends().contains(Backend.of(config.text("backend")).family());
  }

  private void run(
      Path file, int number, ScriptKind kind, Fields script, ScriptInterpreter interpreter) {
    String id = script.text("id");
    ScriptResult result = interpreter.run(script, options);
    tallies.merge(kind, KindTally.of(result), KindTally::plus);
    ScriptResult.Failure failure = result.failure();
    if (failure != null && unexplained.size() < ConformanceReport.MAX_LISTED) {
      unexplained.add(
          new Unexplained(
              file,
              number,
              id,
              failure.index(),
              failure.operation(),
              script.any("cfg").toString(),
              failure.expected(),
              failure.actual(),
              failure.difference()));
    }
  }

  private void malformed(Path file, int line, String what) {
    malformedLines++;
    if (malformed.size() < ConformanceReport.MAX_LISTED) {
      malformed.add(file + ":" + line + ": " + what);
    }
  }
}
