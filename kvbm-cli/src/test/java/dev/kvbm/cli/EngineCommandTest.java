package dev.kvbm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Model.OptionSpec;

/** {@code kvbm replay --engine}: each option has an effect or is refused. */
class EngineCommandTest {
  @TempDir private Path folder;

  /** A value for each option of the command that makes a difference where the option has one. */
  private static final Map<String, String> SAMPLES = new LinkedHashMap<>();

  static {
    SAMPLES.put("--engine", "");
    SAMPLES.put("--policy", "fifo");
    SAMPLES.put("--blocks", "30");
    SAMPLES.put("--tokens", "15360");
    SAMPLES.put("--memory", "15MiB --bytes-per-token 1KiB");
    SAMPLES.put("--bytes-per-token", "1KiB");
    SAMPLES.put("--layers", "2 --latent-width 8");
    SAMPLES.put("--kv-heads", "2 --layers 2 --head-size 8");
    SAMPLES.put("--head-size", "8 --layers 2 --kv-heads 2");
    SAMPLES.put("--latent-width", "8 --layers 2");
    SAMPLES.put("--element-bytes", "1 --layers 2 --latent-width 8");
    SAMPLES.put("--json", "-");
    SAMPLES.put("--details", "--json -");
    SAMPLES.put("--format", "mooncake");
    SAMPLES.put("--block-size", "512");
    SAMPLES.put("--ids", "content");
    SAMPLES.put("--skip-malformed", "");
    SAMPLES.put("--threads", "1");
    SAMPLES.put("--quiet", "");
    SAMPLES.put("--help", "");
    SAMPLES.put("--version", "");
    SAMPLES.put("--seed", "7");
    SAMPLES.put("--bounds", "");
    SAMPLES.put("--rule", "engine");
    SAMPLES.put("--warmup", "0.5");
    SAMPLES.put("--report", "out.html");
    SAMPLES.put("--max-sequences", "1");
    SAMPLES.put("--max-batched-tokens", "700");
    SAMPLES.put("--no-chunked-prefill", "");
    SAMPLES.put("--admit", "first-chunk --max-batched-tokens 3000");
    SAMPLES.put("--share", "within-step");
    SAMPLES.put("--arrivals", "apart");
    SAMPLES.put("--rate", "3 --arrivals poisson");
    SAMPLES.put("--output", "none");
    SAMPLES.put("--cost", "polynomial");
    SAMPLES.put("--cost-step", "9");
    SAMPLES.put("--cost-prefill", "30");
    SAMPLES.put("--cost-decode", "99");
    SAMPLES.put("--cost-context", "99");
  }

  /** Two twins, a prompt of more than a step, one that needs most of the pool, and a late one. */
  private Path trace() throws IOException {
    StringBuilder large = new StringBuilder("0");
    for (int id = 100; id < 117; id++) {
      large.append(',').append(id);
    }
    return Files.write(
        folder.resolve("small.jsonl"),
        List.of(
            line(0, 2048, 400, "0,1,2,3"),
            line(0, 2048, 900, "0,1,2,3"),
            line(1, 9000, 300, large.toString()),
            line(2, 1500, 100, "0,1,7"),
            line(900, 2048, 20, "0,1,8,9")));
  }

  private static String line(int millis, int input, int output, String ids) {
    return "{\"timestamp\":%d,\"input_length\":%d,\"output_length\":%d,\"hash_ids\":[%s]}"
        .formatted(millis, input, output, ids);
  }

  private Shell.Result run(String options) throws IOException {
    List<String> call = new ArrayList<>(List.of("replay", trace().toString()));
    call.addAll(List.of(options.strip().split(" +", -1)));
    return Shell.run(call.toArray(String[]::new));
  }

  private static List<OptionSpec> options() {
    return new ReplayCommand().spec().options();
  }

  private static String sampleName(OptionSpec option) {
    return option.negatable() ? "--no-" + option.longestName().substring(2) : option.longestName();
  }

  @Test
  void everyOptionIsKnownHere() {
    assertThat(options()).hasSizeGreaterThan(30);
    for (OptionSpec option : options()) {
      assertThat(SAMPLES)
          .as("a new option needs a sample here and a mode in ReplayModes")
          .containsKey(sampleName(option));
    }
  }

  @TestFactory
  List<DynamicTest> everyOptionHasAnEffectOrIsRefused() {
    List<DynamicTest> tests = new ArrayList<>();
    for (OptionSpec option : options()) {
      String name = sampleName(option);
      String call = name + " " + SAMPLES.get(name);
      tests.add(
          DynamicTest.dynamicTest(
              name,
              () -> {
                switch (ReplayModes.of(option)) {
                  case WITHOUT_ENGINE ->
                      refused("--engine --blocks 22 " + call, "no effect with --engine");
                  case WITH_ENGINE -> {
                    refused("--blocks 22 " + call, "no effect without --engine");
                    hasAnEffect(call);
                  }
                  case BOTH -> {
                    if (name.equals("--engine")) {
                      return; // given in every other test
                    }
                    String size = name.matches("--(blocks|tokens|memory)") ? "" : "--blocks 22 ";
                    assertThat(run("--engine " + size + call).err()).isEmpty();
                    String file = folder.resolve("small.jsonl").toString();
                    if (!name.equals("--seed")) {
                      assertThat(run(size + call).err()).isEmpty();
                    } else {
                      assertThat(Shell.run("replay", file, "--seed", "7").err())
                          .contains("built-in workload");
                    }
                  }
                }
              }));
    }
    return tests;
  }

  private void refused(String options, String said) throws IOException {
    Shell.Result result = run(options);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains(said).hasLineCount(1);
    assertThat(result.out()).isEmpty();
  }

  /** The results differ, not only the options that the document repeats. */
  private void hasAnEffect(String call) throws IOException {
    String without =
        switch (call) {
          case "--rate 3 --arrivals poisson" -> "--rate 8 --arrivals poisson";
          case "--admit first-chunk --max-batched-tokens 3000" -> "--max-batched-tokens 3000";
          default -> "";
        };
    assertThat(results("--engine --blocks 22 --json - " + call))
        .isNotEqualTo(results("--engine --blocks 22 --json - " + without));
  }

  private String results(String options) throws IOException {
    Shell.Result result = run(options);
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    return result.out().substring(result.out().indexOf("\"results\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--max-sequences 0              | --max-sequences must be at least 1, got 0",
        "--max-batched-tokens -3        | --max-batched-tokens must be at least 1, got -3",
        "--admit soon                   | --admit 'soon' is not known; choose from whole-prompt",
        "--share never                  | choose from after-step, within-step",
        "--arrivals bursts              | choose from trace, apart, poisson",
        "--output some                  | choose from trace, continued, none",
        "--cost quadratic               | unknown cost model 'quadratic'",
        "--cost-step -1                 | from 0 to 1000000000, got -1.0",
        "--cost-step 0 --cost-decode 0  | a step would take no time",
        "--arrivals poisson             | --arrivals poisson needs --rate",
        "--arrivals poisson --rate 0    | above 0",
        "--rate 3                       | --rate has no effect with --arrivals trace",
        "--arrivals apart --rate 3      | --rate has no effect with --arrivals apart",
        "--arrivals apart --max-sequences 4   | no effect with --arrivals apart: one request",
        "--arrivals apart --admit first-chunk | no effect with --arrivals apart: one request",
        "--arrivals apart --share within-step | no effect with --arrivals apart: one request",
        "--cost polynomial --cost-step 3      | --cost-step has no effect with --cost polynomial",
        "--output none --seed 3         | --seed has no effect: nothing is generated",
        "--output none --cost-decode 3  | --cost-decode has no effect with --output none",
        "--details                      | --json",
        "--max-sequences many           | is not an int"
      })
  void aValueThatIsNotUsableOrHasNoEffectIsOneLineAndExitCodeTwo(String options, String said)
      throws IOException {
    Shell.Result result = run("--engine --blocks 22 " + options);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains(said).hasLineCount(1);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void equalCallsPrintEqualBytesAndAnotherSeedDoesNot() throws IOException {
    String call = "--engine --blocks 22,40 --policy all --details --json -";
    String once = run(call).out();

    assertThat(run(call).out()).isEqualTo(once).contains("\"fingerprint\"");
    assertThat(run(call + " --threads 1").out()).isEqualTo(once);
    assertThat(run(call + " --seed 1").out()).isNotEqualTo(once);
    String random = "--engine --blocks 22 --arrivals poisson --rate 2 --json - --seed ";
    assertThat(run(random + "1").out()).isEqualTo(run(random + "1").out());
    assertThat(results(random + "1")).isNotEqualTo(results(random + "2"));
  }

  @Test
  void theTablesTellHitsOfFirstAdmissionsFromThoseAfterPreemption() throws IOException {
    Shell.Result result = run("--engine --blocks 22,400");

    assertThat(result.status()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("5 requests", "engine: 256 sequences, 8,192 tokens a step, chunked prefill")
        .contains("linear: 5.0 ms a step")
        .containsPattern("hit rate +token hit rate .* preempted +hit rate after")
        .containsPattern("lru +400 .* 0 +-")
        .containsPattern("queueing p50 +p99 +first token p50");
  }

  @Test
  void refusedRequestsAreCountedWithTheReason() throws IOException {
    Shell.Result result = run("--engine --blocks 8 --json -");
    assertThat(result.out()).contains("\"largerThanPool\": 1", "\"requests\": 4");
    assertThat(run("--engine --blocks 8").out())
        .contains("lru at 8 blocks refused 1 of 5 requests: 1 larger than the pool");
  }

  @Test
  void theBuiltInWorkloadRunsThroughTheEngine() {
    Shell.Result result =
        Shell.run("replay", "--engine", "--seed", "3", "--blocks", "2k", "--json", "-");
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("\"arrivals\": \"trace\"", "\"seed\": 3");
  }
}
