package dev.kvbm.testkit.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The recorded scripts among the test resources, and ways to spoil them. */
final class Recordings {
  private static final int MOST_SCRIPTS = 24;

  private Recordings() {}

  /** The folder of all recordings. */
  static Path folder() {
    URL folder = Recordings.class.getResource("/golden");
    try {
      return Path.of(Objects.requireNonNull(folder, "test resources /golden").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** The files of some kinds. */
  static List<Path> files(ScriptKind... kinds) {
    return Arrays.stream(kinds).map(kind -> folder().resolve(kind.label() + ".jsonl.gz")).toList();
  }

  /** The first scripts of one kind, parsed. */
  static List<Json.Members> scripts(ScriptKind kind) {
    try (BufferedReader reader = ScriptFiles.open(files(kind).getFirst())) {
      return reader
          .lines()
          .limit(MOST_SCRIPTS)
          .map(line -> (Json.Members) JsonLines.parse(line))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs scripts written to one plain file of {@code folder}. */
  static ConformanceReport run(Path folder, Object... lines) throws IOException {
    Path file = folder.resolve("scripts.jsonl");
    Files.write(file, List.of(lines).stream().map(Object::toString).toList());
    return ConformanceRunner.run(List.of(file), ConformanceOptions.DEFAULT);
  }

  /** The elements of a member that is an array. */
  static List<Json> list(Json.Members script, String name) {
    return ((Json.Array) Objects.requireNonNull(script.values().get(name))).values();
  }

  /** {@code script} with element {@code i} of the array {@code name} replaced. */
  static Json.Members with(Json.Members script, String name, int i, Json value) {
    return script.with(name, replaced(new Json.Array(list(script, name)), i, value));
  }

  /** {@code array} with element {@code i} replaced. */
  static Json.Array replaced(Json.Array array, int i, Json value) {
    Json[] values = array.values().toArray(Json[]::new);
    values[i] = value;
    return new Json.Array(List.of(values));
  }

  /** The first {@code n} operations of a script. */
  static Json.Members first(Json.Members script, int n) {
    return script
        .with("ops", new Json.Array(list(script, "ops").subList(0, n)))
        .with("out", new Json.Array(list(script, "out").subList(0, n)));
  }
}
