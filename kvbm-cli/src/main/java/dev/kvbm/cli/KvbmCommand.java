package dev.kvbm.cli;

import dev.kvbm.replay.trace.TraceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The top command: holds the subcommands, prints usage and version, and does nothing by itself. */
@Command(
    name = "kvbm",
    description = "A KV-cache block manager for LLM serving, and the tools around it.",
    subcommands = {ReplayCommand.class, TraceCommand.class, ConformanceCommand.class},
    footer = {
      "",
      "In a checkout there is also bench, built apart: it times the manager beside the original",
      "(kvbm bench --help)."
    },
    mixinStandardHelpOptions = true,
    versionProvider = KvbmVersion.class)
public final class KvbmCommand implements Runnable {

  @Spec private CommandSpec spec;

  KvbmCommand() {}

  /**
   * Runs the command and ends the process.
   *
   * @param args the arguments, as the shell split them
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new KvbmCommand())
        .setParameterExceptionHandler(KvbmCommand::refuse)
        .setExecutionExceptionHandler(KvbmCommand::fail)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Bad arguments or bad input: one line on standard error, exit code 2. */
  private static int refuse(ParameterException e, String[] args) {
    say(e.getCommandLine(), e.getMessage());
    if (!e.getCommandLine().getSubcommands().isEmpty()) {
      e.getCommandLine().usage(e.getCommandLine().getErr());
    }
    return CommandLine.ExitCode.USAGE;
  }

  /** What a command throws: input that cannot be read is the caller's to mend, the rest is ours. */
  private static int fail(Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) {
    if (e instanceof TraceException
        || e instanceof IOException
        || e instanceof UncheckedIOException) {
      say(commandLine, e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    say(commandLine, "this is a defect of kvbm");
    e.printStackTrace(commandLine.getErr());
    return CommandLine.ExitCode.SOFTWARE;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say which command to run.");
  }

  private static void say(CommandLine commandLine, @Nullable String what) {
    commandLine.getErr().println(commandLine.getCommandSpec().qualifiedName() + ": " + what);
    commandLine.getErr().flush();
  }
}
