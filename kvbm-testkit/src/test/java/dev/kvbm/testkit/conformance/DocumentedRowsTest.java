package dev.kvbm.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** A page of the checkout that this module is part of. */
  private static String page(String name) throws IOException {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path page = folder.resolve("docs").resolve(name);
      if (Files.exists(page)) {
        return Files.readString(page);
      }
    }
    throw new IOException("no docs/" + name + " above " + Path.of("").toAbsolutePath());
  }
}
