package dev.kvbm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayCommandTest {
  @TempDir private Path folder;

  /** Three requests of 4, 4 and 3 blocks; the second and third begin like the first. */
  private Path trace() throws IOException {
    return write(
        "small.jsonl",
        "{\"timestamp\":0,\"input_length\":2048,\"output_length\":1,\"hash_ids\":[0,1,2,3]}",
        "{\"timestamp\":9,\"input_length\":2048,\"output_length\":1,\"hash_ids\":[0,1,4,5]}",
        "{\"timestamp\":12,\"input_length\":1200,\"output_length\":1,\"hash_ids\":[0,1,2]}");
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  @Test
  void theTableShowsHitsOfEveryPolicyAndBound() throws IOException {
    Shell.Result result =
        Shell.run(
            "replay", trace().toString(), "--policy", "lru,fifo", "--blocks", "6", "--bounds");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("3 requests", "11 block accesses", "6 distinct blocks")
        .containsPattern("lru +6 +3.07k +45.45 %")
        .containsPattern("infinite +- +- +45.45 %")
        .contains("min ", "minb ");
    assertThat(result.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'lru,minb', 'lru minb'",
    "'minb,lru,MinB', 'lru minb'",
    "'min', 'min'",
    "'infinite,fifo', 'fifo infinite'"
  })
  void singleBoundsCanBeNamedAmongThePolicies(String policies, String shown) throws IOException {
    Shell.Result result =
        Shell.run(
            "replay", trace().toString(), "--policy", policies, "--blocks", "6", "--json", "-");
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(
            Pattern.compile("\"policy\": \"(\\w+)\"")
                .matcher(result.out())
                .results()
                .map(match -> match.group(1)))
        .containsExactly(shown.split(" "));
  }

  @Test
  void jsonOnStandardOutputStandsAlone() throws IOException {
    Shell.Result result =
        Shell.run("replay", trace().toString(), "--policy", "lru", "--blocks", "6", "--json", "-");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .startsWith("{")
        .endsWith("}\n")
        .contains("\"trace\": \"small\"", "\"policy\": \"lru\"", "\"blocks\": 6")
        .contains("\"requests\": 3", "\"accesses\": 11", "\"hits\": 5", "\"evictions\": 0")
        .contains("\"hitRate\": 0.454545", "\"tokenHitRate\":");
  }

  @Test
  void equalCallsPrintEqualBytes() {
    String[] call = {
      "replay", "--seed", "5", "--policy", "all", "--blocks", "500,2k", "--json", "-"
    };
    assertThat(Shell.run(call).out()).isEqualTo(Shell.run(call).out()).contains("seed 5");
  }

  @Test
  void theReportIsOnePageThatNamesTheTrace() throws IOException {
    Path page = folder.resolve("out.html");
    Shell.Result result =
        Shell.run("replay", trace().toString(), "--blocks", "4,6", "--report", page.toString());
    assertThat(result.status()).isZero();
    assertThat(Files.readString(page))
        .contains("small", "<svg")
        .doesNotContain("src=", "<link", "url(");
  }

  @Test
  void tokensAndMemoryAreTurnedIntoBlocks() throws IOException {
    String file = trace().toString();
    assertThat(Shell.run("replay", file, "--policy", "lru", "--tokens", "3072").out())
        .containsPattern("lru +6 ");
    assertThat(
            Shell.run(
                    "replay",
                    file,
                    "--policy",
                    "lru",
                    "--memory",
                    "192KiB",
                    "--layers",
                    "2",
                    "--kv-heads",
                    "1",
                    "--head-size",
                    "8")
                .out())
        .containsPattern("lru +6 +3.07k +192 KiB");
    assertThat(
            Shell.run(
                    "replay",
                    file,
                    "--policy",
                    "lru",
                    "--memory",
                    "36MiB",
                    "--layers",
                    "10",
                    "--latent-width",
                    "576",
                    "--element-bytes",
                    "1")
                .out())
        .containsPattern("lru +12 ");
  }

  @Test
  void theEngineRuleCountsFullBlocksAndComputesTheLastToken() throws IOException {
    Shell.Result result =
        Shell.run(
            "replay",
            trace().toString(),
            "--policy",
            "lru",
            "--blocks",
            "8",
            "--rule",
            "engine",
            "--json",
            "-");
    assertThat(result.out()).contains("\"accesses\": 10", "\"hits\": 4");
  }

  @Test
  void warmUpIsReplayedButNotCounted() throws IOException {
    Shell.Result result =
        Shell.run(
            "replay",
            trace().toString(),
            "--policy",
            "lru",
            "--blocks",
            "6",
            "--warmup",
            "0.4",
            "--json",
            "-");
    assertThat(result.out()).contains("\"requests\": 2", "\"accesses\": 7", "\"hits\": 5");
  }

  @Test
  void aMalformedLineIsNamedAndCanBeSkipped() throws IOException {
    Path broken =
        write(
            "broken.jsonl",
            "{\"timestamp\":0,\"input_length\":512,\"output_length\":1,\"hash_ids\":[0]}",
            "{\"timestamp\":0,\"input_length\":512,\"output_length\":1,\"hash_ids\":\"x\"}");
    Shell.Result refused = Shell.run("replay", broken.toString(), "--blocks", "4");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains(broken + ":2:").hasLineCount(1);
    Shell.Result skipped =
        Shell.run("replay", broken.toString(), "--blocks", "4", "--skip-malformed");
    assertThat(skipped.status()).isZero();
    assertThat(skipped.out()).contains("1 malformed line");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--blocks 0                      | at least 1",
        "--blocks ten                    | not a number",
        "--blocks 1,,2                   | not a number",
        "--policy clock --blocks 4       | unknown policy 'clock'",
        "--rule strict --blocks 4        | unknown cache rule 'strict'",
        "--warmup 1 --blocks 4           | warm-up is 1.0",
        "--memory 64GiB                  | --bytes-per-token",
        "--memory 64GiB --layers 80      | --kv-heads",
        "--tokens 100                    | less than one block",
        "--blocks 4 --tokens 4096        | not by several",
        "--blocks 4 --seed 3             | built-in workload",
        "--blocks 4 --format csv         | not known",
        "--blocks 4 --ids random         | chained or content",
        "--blocks 4 --details            | --json or --report",
        "--blocks 4 --threads 0          | --threads must be at least 1",
        "--blocks 4 --frobnicate         | Unknown option"
      })
  void aBadOptionIsOneLineAndExitCodeTwo(String options, String said) throws IOException {
    List<String> call = new ArrayList<>(List.of("replay", trace().toString()));
    call.addAll(List.of(options.strip().split(" +")));
    Shell.Result result = Shell.run(call.toArray(String[]::new));
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains(said).hasLineCount(1);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aMissingOrEmptyFileIsOneLineAndExitCodeTwo() throws IOException {
    Shell.Result missing = Shell.run("replay", folder.resolve("none.jsonl").toString());
    assertThat(missing.status()).isEqualTo(2);
    assertThat(missing.err()).contains("none.jsonl").hasLineCount(1);
    Shell.Result empty = Shell.run("replay", write("empty.jsonl").toString());
    assertThat(empty.status()).isEqualTo(2);
    assertThat(empty.err()).contains("empty").hasLineCount(1);
  }

  @Test
  void aGeneratedWorkloadCanBeReplayed() {
    Path file = folder.resolve("rag.jsonl.gz");
    assertThat(Shell.run("trace", "generate", "rag", file.toString(), "--requests", "50").status())
        .isZero();
    assertThat(Shell.run("replay", file.toString(), "--blocks", "1k").out())
        .contains("50 requests");
  }

  @Test
  void anUnknownProfileOrParameterIsRefused() {
    assertThat(Shell.run("trace", "generate", "poem", "x").err()).contains("poem").hasLineCount(1);
    Shell.Result result = Shell.run("trace", "generate", "chat", "x", "--set", "colour=red");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("colour").hasLineCount(1);
  }

  @Test
  void conformanceRefusesAFolderWithoutScripts() {
    Shell.Result result = Shell.run("conformance", folder.toString());
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains(folder.toString()).hasLineCount(1);
  }
}
