package dev.kvbm.cli;

import dev.kvbm.replay.trace.MooncakeWriter;
import dev.kvbm.replay.trace.TraceRequest;
import dev.kvbm.replay.trace.TraceSource;
import dev.kvbm.replay.workload.Workload;
import dev.kvbm.replay.workload.WorkloadOption;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kvbm trace generate}: writes a seeded workload as a Mooncake trace. */
@Command(
    name = "generate",
    description = {
      "Writes a generated workload as a Mooncake trace (JSONL, gzip if the name ends in .gz).",
      "The same profile, options and seed give the same bytes. docs/workloads.md describes the"
          + " models."
    },
    footer = {
      "",
      "Examples:",
      "  kvbm trace generate chat chat.jsonl.gz",
      "  kvbm trace generate rag - --set requests=500 --set seed=7 | kvbm replay -",
      "  kvbm trace generate agent --options"
    },
    mixinStandardHelpOptions = true)
final class TraceGenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "PROFILE", description = "chat, agent or rag.")
  private String profile;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      arity = "0..1",
      defaultValue = "-",
      description = "Where to write; - is standard output (default).")
  private String file;

  @Option(
      names = "--set",
      paramLabel = "OPTION=VALUE",
      description = "Changes a parameter of the profile; may be repeated.")
  private Map<String, String> changes = new LinkedHashMap<>();

  @Option(names = "--seed", paramLabel = "N", description = "Short for --set seed=N.")
  private @Nullable Long seed;

  @Option(names = "--requests", paramLabel = "N", description = "Short for --set requests=N.")
  private @Nullable Integer requests;

  @Option(names = "--options", description = "List the profile's parameters and their values.")
  private boolean options;

  TraceGenerateCommand() {}

  @Override
  public Integer call() {
    try {
      Workload workload = Workload.of(profile);
      for (Map.Entry<String, String> change : changes.entrySet()) {
        workload = workload.with(change.getKey(), change.getValue());
      }
      if (seed != null) {
        workload = workload.with("seed", Long.toString(seed));
      }
      if (requests != null) {
        workload = workload.with("requests", Integer.toString(requests));
      }
      if (options) {
        for (WorkloadOption option : workload.options()) {
          System.out.printf("%-28s %-22s %s%n", option.name(), option.value(), option.meaning());
        }
        return 0;
      }
      write(workload);
      return 0;
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private void write(Workload workload) {
    try (TraceSource source = workload.open();
        MooncakeWriter writer =
            file.equals("-")
                ? MooncakeWriter.of(new FileOutputStream(FileDescriptor.out), /* renumber= */ true)
                : MooncakeWriter.create(Path.of(file), /* renumber= */ true)) {
      TraceRequest request;
      while ((request = source.next()) != null) {
        writer.write(request);
      }
    }
  }
}
