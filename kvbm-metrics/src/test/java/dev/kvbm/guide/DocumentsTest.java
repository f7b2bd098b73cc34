package dev.kvbm.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.metrics.PoolMetric;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.ValueDescriptor;
import org.junit.jupiter.api.Test;

/**
 * What {@code docs/guide.md}, {@code docs/metrics.md} and {@code docs/requests.md} say is what the
 * code does: their Java blocks are regions of tests that run, their tables are compared with what
 * they describe.
 *
 * <p>A region begins with {@code // @start region="name"} and ends with {@code // @end}. In a
 * document, {@code <!-- region: name -->} stands in the line before its block.
 */
class DocumentsTest {
  private static final Path ROOT = root();
  private static final List<String> DOCUMENTS =
      List.of("docs/guide.md", "docs/metrics.md", "docs/requests.md");
  private static final List<String> SOURCES =
      List.of(
          "GuideTest.java",
          "MetricsGuideTest.java",
          "RequestsGuideTest.java",
          "TestKitGuideTest.java");
  private static final Pattern FENCE = Pattern.compile("```(\\w*)");
  private static final Pattern MARKER = Pattern.compile("<!-- region: (\\S+) -->");
  private static final Pattern START = Pattern.compile("\\s*// @start region=\"(\\S+)\"");

  /** A fenced block: its language, the line before it, and its text. */
  private record Block(String document, String language, String before, String text) {}

  private static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("docs/guide.md"))) {
        return folder;
      }
    }
    throw new IllegalStateException("no docs/guide.md above " + Path.of("").toAbsolutePath());
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(ROOT.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Block> blocks(String document) {
    List<Block> blocks = new ArrayList<>();
    List<String> lines = lines(document);
    for (int i = 0; i < lines.size(); i++) {
      Matcher fence = FENCE.matcher(lines.get(i));
      if (fence.matches()) {
        int end = i + 1 + lines.subList(i + 1, lines.size()).indexOf("```");
        assertThat(end).as("end of the block at line %d of %s", i + 1, document).isGreaterThan(i);
        blocks.add(
            new Block(
                document,
                fence.group(1),
                lines.get(i - 1),
                String.join("\n", lines.subList(i + 1, end))));
        i = end;
      }
    }
    return blocks;
  }

  private static List<Block> allBlocks() {
    return DOCUMENTS.stream().flatMap(document -> blocks(document).stream()).toList();
  }

  private static Map<String, String> regions() {
    Map<String, String> regions = new TreeMap<>();
    for (String source : SOURCES) {
      List<String> lines = lines("kvbm-metrics/src/test/java/dev/kvbm/guide/" + source);
      for (int i = 0; i < lines.size(); i++) {
        Matcher start = START.matcher(lines.get(i));
        if (start.matches()) {
          int end = i + 1;
          while (!lines.get(end).strip().equals("// @end")) {
            end++;
          }
          String text = String.join("\n", lines.subList(i + 1, end)).stripTrailing().stripIndent();
          assertThat(regions.put(start.group(1), text)).as("%s is new", start.group(1)).isNull();
        }
      }
    }
    return regions;
  }

  @Test
  void everyJavaBlockIsARegionOfATestThatRuns() {
    Map<String, String> regions = regions();
    Set<String> shown = new TreeSet<>();
    for (Block block : allBlocks()) {
      if (block.language().equals("java")) {
        Matcher marker = MARKER.matcher(block.before());
        assertThat(marker.matches())
            .as("%s: the line before a Java block names a region:\n%s", block.document(), block)
            .isTrue();
        assertThat(block.text())
            .as("region %s in %s", marker.group(1), block.document())
            .isEqualTo(regions.get(marker.group(1)));
        shown.add(marker.group(1));
      }
    }
    assertThat(shown).as("regions that a document shows").isEqualTo(regions.keySet());
  }

  @Test
  void otherBlocksAreCommandsDependenciesOrPictures() {
    assertThat(allBlocks())
        .extracting(Block::language)
        .containsOnly("java", "xml", "sh", "promql", "mermaid");
  }

  @Test
  void theDependenciesOfTheGuideAreInTheBillOfMaterials() throws IOException {
    String bom = Files.readString(ROOT.resolve("kvbm-bom/pom.xml"));
    List<String> artifacts =
        allBlocks().stream()
            .filter(block -> block.language().equals("xml"))
            .flatMap(block -> values(block.text(), "artifactId"))
            .toList();

    assertThat(artifacts).contains("kvbm-bom", "kvbm-logical", "kvbm-metrics");
    assertThat(values(bom, "artifactId").toList()).containsAll(artifacts);
    assertThat(allBlocks().stream().flatMap(block -> values(block.text(), "version")))
        .containsOnly(values(bom, "version").findFirst().orElseThrow());
  }

  private static Stream<String> values(String xml, String tag) {
    return Pattern.compile("<" + tag + ">([^<$]+)</")
        .matcher(xml)
        .results()
        .map(match -> match.group(1));
  }

  /** The cells of the table whose header has these columns, row by row. */
  private static List<List<String>> table(String document, String... columns) {
    List<String> lines = lines(document);
    int header = lines.indexOf("| " + String.join(" | ", columns) + " |");
    assertThat(header).as("a table %s in %s", List.of(columns), document).isNotNegative();
    return lines.subList(header + 2, lines.size()).stream()
        .takeWhile(line -> line.startsWith("|"))
        .map(
            line ->
                Stream.of(line.split("\\|", -1))
                    .map(String::strip)
                    .filter(cell -> !cell.isEmpty())
                    .toList())
        .toList();
  }

  @Test
  void theTableOfSeriesIsComplete() {
    List<List<String>> expected =
        Stream.of(PoolMetric.values())
            .map(
                metric ->
                    List.of(
                        "`" + metric.prometheusName() + "`",
                        metric.kind().name().toLowerCase(Locale.ROOT),
                        metric.help()))
            .toList();

    assertThat(table("docs/metrics.md", "series", "kind", "what it counts")).isEqualTo(expected);
  }

  @Test
  void theTableOfFlightRecorderEventsIsComplete() {
    BlockManager<G1> manager =
        BlockManager.builder(G1.TIER).blocks(1).registry(BlockRegistry.create()).build();
    manager.match(LineageHashes.empty()).close(); // loads the events

    Map<String, List<String>> expected = new LinkedHashMap<>();
    for (EventType type : FlightRecorder.getFlightRecorder().getEventTypes()) {
      if (type.getName().startsWith("dev.kvbm.")) {
        expected.put(
            type.getName(),
            List.of("`" + type.getName() + "`", type.getDescription(), fields(type)));
      }
    }
    assertThat(expected).isNotEmpty();
    assertThat(table("docs/metrics.md", "event", "when", "fields"))
        .containsExactlyInAnyOrderElementsOf(expected.values());
  }

  private static String fields(EventType type) {
    Set<String> common = Set.of("startTime", "duration", "eventThread", "stackTrace");
    return type.getFields().stream()
        .map(ValueDescriptor::getName)
        .filter(name -> !common.contains(name))
        .map(name -> "`" + name + "`")
        .collect(Collectors.joining(", "));
  }

  @Test
  void relativeLinksLeadSomewhere() {
    for (String document : DOCUMENTS) {
      Matcher links =
          Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)").matcher(String.join("\n", lines(document)));
      while (links.find()) {
        assertThat(ROOT.resolve("docs").resolve(links.group(1)))
            .as("link in %s", document)
            .exists();
      }
    }
  }
}
