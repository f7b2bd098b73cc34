package dev.kvbm.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.TokenHashing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Input that is not what the format asks for. */
class MalformedScriptsTest {
  private static final String SCRIPT =
      """
      {"id":"x","kind":"core","cfg":{"bs":1,"events":null,"lfu":null,"salt":null,"mgrs":[
      {"tier":"G1","blocks":2,"bs":1,"backend":"lru","dup":"allow","dror":null}]},
      "nodes":[[-1,[7]]],"hashes":["HASH"],"ops":[OPS],"out":[OUT]}
      """
          .replace("\n", "")
          .replace(
              "HASH", PositionalLineageHash.root(TokenHashing.blockHash(new int[] {7}, 0)).toHex());

  @TempDir private Path folder;

  private static String script(String operations, String outcomes) {
    return SCRIPT.replace("OPS", operations).replace("OUT", outcomes);
  }

  @Test
  void aMalformedLineIsReportedWithFileAndLineAndOthersAreStillRun() throws IOException {
    String good = script("[\"alloc\",0,0,1]", "[[0],1,0,1,0]");

    ConformanceReport report = Recordings.run(folder, good, "", "{\"kind\":", good);

    assertThat(report.exitStatus()).isEqualTo(ConformanceReport.EXIT_UNUSABLE);
    assertThat(report.total().matches()).isEqualTo(2);
    assertThat(report.malformedLines()).isEqualTo(1);
    assertThat(report.malformed().getFirst())
        .startsWith(folder.resolve("scripts.jsonl") + ":3: not JSON");
    assertThat(report.text())
        .contains("malformed: " + report.malformed().getFirst())
        .endsWith("1 malformed lines");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[\"alloc\",0,0,1,2] | [[0],1,0,1,0],[null,1,0,1,0] | 1 operations and 2 outcomes",
        "[\"fly\",0]         | [null,2,0,0,0]               | operation 0 [\"fly\",0]: unknown"
            + " operation fly",
        "[\"alloc\",0,0]     | [null,2,0,0,0]               | operation alloc has no element 3",
        "[\"alloc\",0,0,\"1\"] | [null,2,0,0,0]             | element 3 is not made of numbers",
        "[\"alloc\",1,0,1]   | [null,2,0,0,0]               | there is no manager 1",
        "[\"match\",0,0,[1]] | [null,2,0,0,0]               | there is no node 1",
        "[\"drop\",0,[5]]    | [null,2,0,0,0]               | handle 5 holds nothing",
        "[\"alloc\",0,0,1],[\"clone\",0,1,0] | [[0],1,0,1,0],[null,2,0,0,0] | operation 1"
            + " [\"clone\",0,1,0]: handle 0 holds a mutable block, not an immutable block",
        "[\"alloc\",0,0,1],[\"alloc\",0,0,1] | [[0],1,0,1,0],[[1],0,0,2,0]  | handle 0 is in use",
        "7                   | [null,2,0,0,0]               | not an array that begins with its"
            + " code",
        "[\"alloc\",0,0,1.5] | [null,2,0,0,0]               | a number is not a whole one",
        "[\"alloc\",0,0,99999999999999999999] | [null,2,0,0,0] | a number does not fit 64 bits",
      })
  void aMalformedOperationIsReportedWithItsIndex(
      String operations, String outcomes, String complaint) throws IOException {
    ConformanceReport report = Recordings.run(folder, script(operations, outcomes));

    assertThat(report.exitStatus()).isEqualTo(ConformanceReport.EXIT_UNUSABLE);
    assertThat(report.malformed()).hasSize(1);
    assertThat(report.malformed().getFirst()).contains("scripts.jsonl:1: ").contains(complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"kind\":\"core\"   | \"kind\":\"corn\"        | unknown kind \"corn\"",
        "\"kind\":\"core\"   | \"sort\":\"core\"        | a script has no member \"kind\"",
        "\"backend\":\"lru\" | \"backend\":\"clock\"    | unknown backend clock",
        "\"tier\":\"G1\"     | \"tier\":\"G9\"          | unknown tier G9",
        "\"dup\":\"allow\"   | \"dup\":\"maybe\"        | neither allow nor reject",
        "\"blocks\":2        | \"blocks\":0             | \"blocks\" of a manager is not positive",
        "\"events\":null     | \"events\":\"some\"      | unknown event policy some",
        "[-1,[7]]            | [-1,[7,8]]               | node 0 has 2 tokens, not 1",
        "[-1,[7]]            | [0,[7]]                  | node 0 names the parent 0",
        "[-1,[7]]            | [-1,[4294967296]]        | 4294967296 is not a token",
        "[-1,[7]]            | [\"raw\",\"12\",null,0,-1] | is not a hash of 16 hex digits",
      })
  void aMalformedConfigurationIsReported(String part, String replacement, String complaint)
      throws IOException {
    String script = script("[\"alloc\",0,0,1]", "[[0],1,0,1,0]");
    assertThat(script).contains(part);

    ConformanceReport report = Recordings.run(folder, script.replace(part, replacement));

    assertThat(report.exitStatus()).isEqualTo(ConformanceReport.EXIT_UNUSABLE);
    assertThat(report.malformed().getFirst()).contains(complaint);
  }

  @Test
  void aTruncatedFileIsReportedAfterWhatCouldBeRead() throws IOException {
    Path whole = Recordings.files(ScriptKind.BUILDER).getFirst();
    byte[] bytes = Files.readAllBytes(whole);
    Path file = folder.resolve("builder.jsonl.gz");
    Files.write(file, Arrays.copyOf(bytes, bytes.length * 3 / 4));

    ConformanceReport report = ConformanceRunner.run(List.of(file), ConformanceOptions.DEFAULT);

    assertThat(report.exitStatus()).isEqualTo(ConformanceReport.EXIT_UNUSABLE);
    assertThat(report.malformed().getFirst()).startsWith(file + ":").contains("cannot be read");
  }

  @Test
  void aRunOfNothingIsNoSuccess() throws IOException {
    ConformanceReport report =
        ConformanceRunner.run(
            Recordings.files(ScriptKind.BUILDER),
            ConformanceOptions.DEFAULT.withKinds(List.of("lfu")));

    assertThat(report.exitStatus()).isEqualTo(ConformanceReport.EXIT_UNUSABLE);
    assertThat(report.text()).endsWith("0 unexplained; no script was run");
  }

  @Test
  void aMissingInputOrAFolderWithoutScriptsIsRefusedBeforeAnythingIsRun() {
    assertThatThrownBy(
            () ->
                ConformanceRunner.run(
                    List.of(Recordings.folder(), folder.resolve("none")),
                    ConformanceOptions.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none does not exist");
    assertThatThrownBy(() -> ConformanceRunner.run(List.of(folder), ConformanceOptions.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no *.jsonl or *.jsonl.gz in folder " + folder);
  }

  @Test
  void filtersChooseKindsAndBackends() throws IOException {
    ConformanceReport report =
        ConformanceRunner.run(
            Recordings.files(
                ScriptKind.COLLIDE, ScriptKind.BUILDER, ScriptKind.LFU, ScriptKind.RAW),
            ConformanceOptions.DEFAULT
                .withKinds(List.of("collide", "builder", "lfu"))
                .withBackends(List.of("hashmap")));

    assertThat(report.conforms()).as(report.text()).isTrue();
    assertThat(report.tallies()).containsOnlyKeys(ScriptKind.COLLIDE, ScriptKind.BUILDER);
    assertThat(report.tallies().values()).extracting(KindTally::scripts).containsExactly(3, 12);
  }

  @Test
  void lineageStandsForBothOfItsOrders() {
    assertThat(ConformanceOptions.DEFAULT.withBackends(List.of("lineage")))
        .isEqualTo(
            ConformanceOptions.DEFAULT.withBackends(List.of("lineage_tick", "lineage_fifo")));
  }

  @Test
  void anUnknownNameInAFilterIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> ConformanceOptions.DEFAULT.withKinds(List.of("core", "line")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"line\"")
        .hasMessageContaining("lin, raw");
    assertThatThrownBy(() -> ConformanceOptions.DEFAULT.withBackends(List.of("clock")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"clock\"")
        .hasMessageContaining("hashmap");
    assertThatThrownBy(() -> ConformanceOptions.DEFAULT.withKinds(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
