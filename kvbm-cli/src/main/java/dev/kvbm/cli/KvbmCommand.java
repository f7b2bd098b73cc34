package dev.kvbm.cli;

import dev.kvbm.replay.trace.TraceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The top command: holds the subcommands, prints usage and version, and does nothing by itself. */
public final class KvbmCommand implements Runnable {

  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  KvbmCommand() {
    spec.name("kvbm");
    spec.versionProvider(new KvbmVersion());
    spec.usageMessage()
        .description("A KV-cache block manager for LLM serving, and the tools around it.")
        .footer(
            "",
            "In a checkout there is also bench, built apart: it times the manager beside the"
                + " original",
            "(kvbm bench --help).");
    Declared _ = new Declared(spec);
  }

  /**
   * Runs the command and ends the process.
   *
   * @param args the arguments, as the shell split them
   */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs the command and returns its exit code. */
  static int run(String... args) {
    boolean replay = args.length > 0 && args[0].equals("replay");
    return (replay ? commandLine(List.of()) : commandLine()).execute(args);
  }

  static CommandLine commandLine() {
    return commandLine(List.of(new TraceCommand(), new ConformanceCommand()));
  }

  /** The command with replay and others; to read those from their annotations takes time. */
  private static CommandLine commandLine(List<Object> others) {
    CommandLine commandLine =
        new CommandLine(new KvbmCommand().spec).addSubcommand(new ReplayCommand().spec());
    for (Object command : others) {
      commandLine.addSubcommand(command);
    }
    return commandLine
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
