package dev.kvbm.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pages say what the runner does. */
class DocumentedRowsTest {

  @ParameterizedTest
  @EnumSource
  void everyRowIsQuotedOnTheConformancePageAndExplainedOnTheCompatibilityPage(CompatibilityRow row)
      throws IOException {
    assertThat(page("conformance.md")).contains("| " + row.id() + " | " + row.sentence() + " |");
    assertThat(page("compatibility.md")).contains("| " + row.id() + " |");
  }

  @ParameterizedTest
  @EnumSource
  void everyKindIsOnTheConformancePage(ScriptKind kind) throws IOException {
    assertThat(page("conformance.md")).contains("| `" + kind.label() + "` |");
  }

  /** What the page calls shown is shown by a test that is there. */
  @Test
  void everyTestThatTheCompatibilityPageNamesExists() throws IOException {
    Map<String, String> tests = new HashMap<>();
    try (Stream<Path> files = Files.walk(root())) {
      for (Path file : files.filter(file -> file.toString().endsWith("Test.java")).toList()) {
        String name = file.getFileName().toString();
        tests.merge(
            name.substring(0, name.length() - ".java".length()),
            Files.readString(file),
            String::concat);
      }
    }
    List<String> missing = new ArrayList<>();
    Matcher named = Pattern.compile("`(\\w+Test)\\.(\\w+)`").matcher(page("compatibility.md"));
    int count = 0;
    while (named.find()) {
      count++;
      if (!tests.getOrDefault(named.group(1), "").contains("void " + named.group(2) + "(")) {
        missing.add(named.group());
      }
    }
    assertThat(missing).isEmpty();
    assertThat(count).isGreaterThan(50);
  }

  /** A page of the checkout that this module is part of. */
  private static String page(String name) throws IOException {
    return Files.readString(root().resolve("docs").resolve(name));
  }

  private static Path root() throws IOException {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("docs/compatibility.md"))) {
        return folder;
      }
    }
    throw new IOException("no docs/compatibility.md above " + Path.of("").toAbsolutePath());
  }
}
