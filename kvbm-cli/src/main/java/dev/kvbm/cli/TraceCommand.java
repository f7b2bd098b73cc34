package dev.kvbm.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kvbm trace}: tools around traces. */
@Command(
    name = "trace",
    description = "Makes traces.",
    subcommands = TraceGenerateCommand.class,
    mixinStandardHelpOptions = true)
final class TraceCommand implements Runnable {
  @Spec private CommandSpec spec;

  TraceCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do with traces: kvbm trace generate");
  }
}
