package dev.kvbm.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * Runs commands one after the other in one process and prints nothing of what they print. The
 * launcher trains its start-up archive on that: one process makes one archive, and what runs here
 * is what starts fast and is compiled early afterwards.
 */
final class StartupTraining {

  private StartupTraining() {}

  /**
   * Runs the commands on standard input and ends the process with the exit code of the first that
   * fails, or with 0.
   *
   * @param args ignored
   * @throws IOException if standard input cannot be read
   */
  public static void main(String[] args) throws IOException {
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    System.exit(run(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))));
  }

  /** Runs the commands, one a line, arguments split at blanks; stops at the first that fails. */
  static int run(BufferedReader commands) throws IOException {
    int code = CommandLine.ExitCode.OK;
    String line;
    while (code == CommandLine.ExitCode.OK && (line = commands.readLine()) != null) {
      code = KvbmCommand.run(line.strip().split("\\s+"));
    }
    return code;
  }
}
