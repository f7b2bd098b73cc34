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

/** A program that is run to its end; what it prints on standard output is wanted. */
final class Command {
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
