package dev.kvbm.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The top command: holds the subcommands, prints usage and version, and does nothing by itself. */
@Command(
    name = "kvbm",
    description = "A KV-cache block manager for LLM serving, and the tools around it.",
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
    return new CommandLine(new KvbmCommand());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say which command to run.");
  }
}
