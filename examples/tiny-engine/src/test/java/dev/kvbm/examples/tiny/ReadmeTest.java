package dev.kvbm.examples.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the page says is what the code does. */
class ReadmeTest {
  private static final Path MODULE = Path.of("").toAbsolutePath();

  private static String readme() throws IOException {
    return Files.readString(MODULE.resolve("README.md"));
  }

  private static List<String> blocks(String language) throws IOException {
    return Pattern.compile("^```" + language + "\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
        .matcher(readme())
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  private static String withoutIndent(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining("\n", "\n", "\n"));
  }

  @Test
  void everyJavaBlockIsInTheSources() throws IOException {
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> files = Files.walk(MODULE.resolve("src/main/java"))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        sources.append(withoutIndent(Files.readString(file)));
      }
    }

    assertThat(blocks("java"))
        .hasSizeGreaterThan(8)
        .allSatisfy(block -> assertThat(sources).contains(withoutIndent(block)));
  }

  @Test
  void theOutputIsThatOfTheProgram() throws IOException {
    Main.Report report = Main.run(1);

    assertThat(report.isIdentical()).isTrue();
    assertThat(blocks("text")).containsExactly(report.text());
  }

  @Test
  void theCommandIsThere() throws IOException {
    assertThat(blocks("sh")).containsExactly("examples/tiny-engine/run\n");
    assertThat(MODULE).endsWithRaw(Path.of("examples/tiny-engine"));
    assertThat(MODULE.resolve("run")).isExecutable();
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> links =
        Pattern.compile("]\\(([^)#]+)(#[^)]*)?\\)")
            .matcher(readme())
            .results()
            .map((MatchResult link) -> link.group(1))
            .toList();

    assertThat(links).isNotEmpty().allSatisfy(link -> assertThat(MODULE.resolve(link)).exists());
  }
}
