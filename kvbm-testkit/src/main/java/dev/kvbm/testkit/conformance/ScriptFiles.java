package dev.kvbm.testkit.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Finds and opens files of scripts. */
final class ScriptFiles {
  private static final String PLAIN = ".jsonl";
  private static final String COMPRESSED = ".jsonl.gz";

  private ScriptFiles() {}

  /**
   * The files to read: a file stands for itself whatever its name, a folder for the scripts
   * directly in it, by name.
   *
   * @throws IOException if an input does not exist or a folder has no file of scripts
   */
  static List<Path> expand(List<Path> inputs) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path input : inputs) {
      if (Files.isDirectory(input)) {
        files.addAll(scriptsIn(input));
      } else if (Files.isReadable(input)) {
        files.add(input);
      } else {
        throw new IOException(input + " does not exist or cannot be read");
      }
    }
    return files;
  }

  private static List<Path> scriptsIn(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.endsWith(PLAIN) || name.endsWith(COMPRESSED)) {
          files.add(entry);
        }
      }
    }
    if (files.isEmpty()) {
      throw new IOException("no *" + PLAIN + " or *" + COMPRESSED + " in folder " + folder);
    }
    Collections.sort(files);
    return files;
  }

  /** Opens a file as lines of UTF-8, through gzip if its name ends with .gz. */
  static BufferedReader open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      InputStream content = file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
      return new BufferedReader(new InputStreamReader(content, StandardCharsets.UTF_8), 1 << 16);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
