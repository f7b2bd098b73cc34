package dev.kvbm.cli;

import dev.kvbm.logical.scheduling.Publication;
import dev.kvbm.testkit.conformance.ConformanceOptions;
import dev.kvbm.testkit.conformance.ConformanceReport;
import dev.kvbm.testkit.conformance.ConformanceRunner;
import dev.kvbm.testkit.conformance.GuardForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kvbm conformance}: recorded runs of the reference against this library. */
@Command(
    name = "conformance",
    description = {
      "Replays recorded runs of the reference against this library and compares every answer.",
      "Prints scripts, operations, matches and deviations by kind and row of docs/compatibility.md;"
          + " the last line is the total. Ends with 1 if anything is unexplained, with 2 if an"
          + " input is unusable."
    },
    mixinStandardHelpOptions = true)
final class ConformanceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FOLDER",
      arity = "1..*",
      description = "Folders of *.jsonl and *.jsonl.gz files, or single files.")
  private List<Path> inputs = new ArrayList<>();

  @Option(
      names = "--kind",
      paramLabel = "LIST",
      split = ",",
      description = "Only scripts of these kinds, for example core,lin.")
  private @Nullable List<String> kinds;

  @Option(
      names = "--backend",
      paramLabel = "LIST",
      split = ",",
      description = "Only scripts whose managers use these backends, for example lru,lineage.")
  private @Nullable List<String> backends;

  @Option(
      names = "--guards",
      paramLabel = "FORM",
      description = "single: guards of single blocks (default). groups: groups that are refilled.")
  private String guards = "single";

  @Option(
      names = "--check",
      paramLabel = "BLOCKS",
      description = "Check all invariants after every operation on pools of up to so many blocks.")
  private int checked;

  @Option(
      names = "--timing",
      paramLabel = "WHEN",
      description =
          "When requests publish their blocks. reference: as the recorded runs did (default)."
              + " computed: when they are computed, the library's default; a script that shows the"
              + " difference ends there.")
  private String timing = "reference";

  ConformanceCommand() {}

  @Override
  public Integer call() throws IOException {
    ConformanceReport report = ConformanceRunner.run(inputs, options());
    System.out.println(report.text());
    return report.exitStatus();
  }

  private GuardForm form() {
    return switch (guards.toLowerCase(Locale.ROOT)) {
      case "single" -> GuardForm.SINGLE;
      case "groups" -> GuardForm.GROUPS;
      default ->
          throw new IllegalArgumentException(
              "unknown form of guards '" + guards + "'; choose single or groups");
    };
  }

  private Publication publication() {
    return switch (timing.toLowerCase(Locale.ROOT)) {
      case "reference" -> Publication.REFERENCE;
      case "computed" -> Publication.WHEN_COMPUTED;
      default ->
          throw new IllegalArgumentException(
              "unknown timing '" + timing + "'; choose reference or computed");
    };
  }

  private ConformanceOptions options() {
    try {
      ConformanceOptions options =
          ConformanceOptions.DEFAULT
              .withGuards(form())
              .withCheckedPools(checked)
              .withPublication(publication());
      if (kinds != null) {
        options = options.withKinds(kinds);
      }
      return backends == null ? options : options.withBackends(backends);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
