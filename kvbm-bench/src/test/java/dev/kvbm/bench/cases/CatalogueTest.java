package dev.kvbm.bench.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.tier.G1;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CatalogueTest {
  private static final Pattern ARM = Pattern.compile("^ +\"([a-z_]+)\" => ", Pattern.MULTILINE);

  /** Every case; forms and pools that only take longer to set up are given a smaller pool. */
  static Stream<String> names() {
    List<String> names = new ArrayList<>(Catalogue.shared());
    for (String name : Catalogue.shared()) {
      String other = Catalogue.otherForm(name);
      if (!other.isEmpty()) {
        names.add(other.replace("pool=1M", "pool=4k"));
      }
    }
    Catalogue.large().forEach(name -> names.add(name.replace("pool=16M", "pool=4k")));
    return names.stream().distinct();
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyCaseDoesItsWorkAndLeavesThePoolAsItWas(String name) {
    if (Catalogue.isThreaded(name)) {
      try (SharedPool pool = Catalogue.threads(name)) {
        for (int thread = 0; thread < pool.threads(); thread++) {
          try (BenchCase work = pool.worker(thread)) {
            assertThat(work.run()).isEqualTo(work.expected());
          }
        }
        pool.check();
      }
      return;
    }
    try (BenchCase work = Catalogue.create(name)) {
      for (int i = 0; i < 2; i++) {
        work.prepare();
        assertThat(work.run()).isEqualTo(work.expected());
        work.tidy();
        work.check();
      }
      assertThat(work.operations()).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("memoryNames")
  void everyMemoryCaseFillsItsPool(String name) {
    try (Residency pool = Residency.build(name, 1024);
        ImmutableBlocks<G1> held = pool.fill()) {
      assertThat(held.size()).isEqualTo(name.endsWith("state=active") ? 1024 : 0);
    }
  }

  static List<String> memoryNames() {
    return Catalogue.memory();
  }

  @Test
  void theListIsThatOfTheBaseline() {
    assertThat(Catalogue.shared()).hasSize(139).doesNotHaveDuplicates();
    assertThat(Catalogue.memory()).hasSize(10).doesNotHaveDuplicates();
  }

  @Test
  void theProgramAroundTheOriginalReadsTheSameListAndKnowsEveryFamily() throws IOException {
    Path peer = checkout().resolve("bench/peers/kvbm-logical/src");
    assertThat(Files.readString(peer.resolve("names.rs")))
        .contains("kvbm-bench/src/main/resources/dev/kvbm/bench/cases.txt")
        .contains("kvbm-bench/src/main/resources/dev/kvbm/bench/memory-cases.txt");
    String cases = Files.readString(peer.resolve("cases.rs"));
    String families =
        cases.substring(cases.indexOf("match name.family"), cases.indexOf("other =>"));
    TreeSet<String> known = new TreeSet<>();
    ARM.matcher(families).results().forEach(arm -> known.add(arm.group(1)));
    TreeSet<String> listed = new TreeSet<>();
    Catalogue.shared().forEach(name -> listed.add(CaseName.parse(name).family()));
    assertThat(known).isEqualTo(listed);
  }

  @Test
  void anUnknownCaseIsRefusedByName() {
    assertThatThrownBy(() -> Catalogue.create("match_sideways/lru/n=8"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("match_sideways/lru/n=8");
    assertThatThrownBy(() -> Catalogue.create("match_active/lru/lfu=1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("n=");
    assertThatThrownBy(() -> Catalogue.create("match_active/clock/lfu=1/n=8"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clock");
  }

  @Test
  void sizesAreReadAsTheyAreWritten() {
    CaseName name = CaseName.parse("churn/lru/pool=4k/big=1M/cap=2^21/n=32/single");
    assertThat(name.number("pool")).isEqualTo(4096);
    assertThat(name.number("big")).isEqualTo(1 << 20);
    assertThat(name.number("cap")).isEqualTo(1 << 21);
    assertThat(name.number("n")).isEqualTo(32);
    assertThat(name.backend()).isEqualTo("lru");
    assertThat(name.isForm("single")).isTrue();
  }

  private static Path checkout() {
    Path directory = Path.of("").toAbsolutePath();
    while (directory != null && !Files.isDirectory(directory.resolve("bench/peers"))) {
      directory = directory.getParent();
    }
    if (directory == null) {
      throw new IllegalStateException("not run inside a checkout");
    }
    return directory;
  }
}
