package dev.kvbm.bench.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that is run to its end; what it prints on standard output is wanted. */
final class Command {
  private static final int POLL_MILLIS = 5;
  private static final int PAGE_BYTES = 4096;

  private final List<String> line = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private final Path directory;

  /**
   * @param directory where its standard error is kept
   * @param words program and arguments
   */
  Command(Path directory, String... words) {
    this.directory = directory;
    line.addAll(List.of(words));
  }

  Command with(List<String> words) {
    line.addAll(words);
    return this;
  }

  Command with(String... words) {
    return with(List.of(words));
  }

  Command environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /**
   * Runs it.
   *
   * @return its standard output
   * @throws IOException if it cannot be started or fails; the message ends with what it said
   */
  String run() throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Path errors = Files.createTempFile(directory, "stderr", ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(line).redirectError(errors.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            String.join(" ", line)
                + " ended with status "
                + status
                + ":\n"
                + tail(Files.readString(errors)));
      }
      return output;
    } finally {
      Files.deleteIfExists(errors);
    }
  }

  /**
   * A whole process.
   *
   * @param seconds from its start to its end
   * @param peakBytes the most memory that it and its children had at once, looked at every few
   *     milliseconds
   * @param output what it printed
   */
  record Measured(double seconds, double peakBytes, String output) {}

  /** Runs it, with an eye on time and memory. */
  Measured measure() throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Path errors = Files.createTempFile(directory, "stderr", ".log");
    Path output = Files.createTempFile(directory, "stdout", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(line).redirectError(errors.toFile()).redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      long start = System.nanoTime();
      Process process = builder.start();
      process.getOutputStream().close();
      long peak = 0;
      while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        long now = residentBytes(process.toHandle());
        for (ProcessHandle child : process.descendants().toList()) {
          now += residentBytes(child);
        }
        peak = Math.max(peak, now);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      if (process.exitValue() != 0) {
        throw new IOException(
            String.join(" ", line) + " failed:\n" + tail(Files.readString(errors)));
      }
      return new Measured(seconds, peak, Files.readString(output));
    } finally {
      Files.deleteIfExists(errors);
      Files.deleteIfExists(output);
    }
  }

  /** 0 for a process that has just ended, and where there is no /proc. */
  private static long residentBytes(ProcessHandle process) {
    try {
      String statm = Files.readString(Path.of("/proc/" + process.pid() + "/statm"));
      int from = statm.indexOf(' ') + 1;
      return Long.parseLong(statm.substring(from, statm.indexOf(' ', from))) * PAGE_BYTES;
    } catch (IOException e) {
      return 0;
    }
  }

  private static String tail(String text) {
    int most = 4000;
    String stripped = text.strip();
    return stripped.length() <= most ? stripped : stripped.substring(stripped.length() - most);
  }

  /** Whether a program of this name is on the path. */
  static boolean exists(String program) {
    String path = System.getenv("PATH");
    if (path != null) {
      for (String directory : path.split(File.pathSeparator, -1)) {
        if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
          return true;
        }
      }
    }
    return false;
  }
}
