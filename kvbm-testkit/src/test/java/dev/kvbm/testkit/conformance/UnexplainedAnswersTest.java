package dev.kvbm.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spoiled recordings: the runner must notice, and say where. */
class UnexplainedAnswersTest {
  @TempDir private Path folder;

  @Test
  void anotherBlockIdIsReportedWithBothAnswersTheOperationAndTheConfiguration() throws IOException {
    Json.Members script = Recordings.scripts(ScriptKind.CORE).getFirst();
    Json recorded = Recordings.list(script, "out").get(1);
    Json spoiled = Recordings.replaced((Json.Array) recorded, 0, JsonLines.parse("[0,2]"));

    ConformanceReport report =
        Recordings.run(folder, Recordings.with(script, "out", 1, spoiled), script);

    assertThat(report.exitStatus()).isEqualTo(ConformanceReport.EXIT_UNEXPLAINED);
    assertThat(report.conforms()).isFalse();
    Unexplained unexplained = report.unexplained().getFirst();
    assertThat(unexplained.script()).isEqualTo("core-aea333bea6139eab");
    assertThat(unexplained.file()).isEqualTo(folder.resolve("scripts.jsonl"));
    assertThat(unexplained.line()).isEqualTo(1);
    assertThat(unexplained.operationIndex()).isEqualTo(1);
    assertThat(unexplained.operation()).isEqualTo("[\"alloc\",0,2,2]");
    assertThat(unexplained.expected()).isEqualTo("[[0,2],2,0,2,0]");
    assertThat(unexplained.actual()).isEqualTo("[[0,1],2,0,2,0]");
    assertThat(unexplained.difference()).isEqualTo("the outcome[0][1] is 2 against 1");
    assertThat(unexplained.configuration()).contains("\"backend\":\"lru\"");
    assertThat(report.text())
        .startsWith("unexplained: core-aea333bea6139eab (")
        .contains(unexplained.operation(), unexplained.expected(), unexplained.actual())
        .contains(unexplained.configuration())
        .endsWith("1 unexplained");
  }

  @Test
  void aScriptEndsAtItsFirstUnexplainedAnswerAndOthersAreStillRun() throws IOException {
    Json.Members script = Recordings.scripts(ScriptKind.CORE).getFirst();
    int operations = Recordings.list(script, "ops").size();
    Json.Members spoiled =
        Recordings.with(Recordings.with(script, "out", 3, Json.array()), "out", 10, Json.array());

    ConformanceReport report = Recordings.run(folder, spoiled, script);

    assertThat(report.total())
        .isEqualTo(new KindTally(2, 4 + operations, 3 + operations, Map.of(), 1));
    assertThat(report.unexplained()).hasSize(1);
  }

  @Test
  void aSpoiledNumberIsFoundWhereverItIs() throws IOException {
    long seed = 20_261_121;
    Random random = new Random(seed);
    for (ScriptKind kind : ScriptKind.values()) {
      if (kind == ScriptKind.BUILDER) {
        continue;
      }
      List<Json.Members> scripts = comparedScripts(kind);
      for (int round = 0; round < 12; round++) {
        Json.Members script = scripts.get(random.nextInt(scripts.size()));
        int i = indexWithNumber(script, random);
        Json outcome = Recordings.list(script, "out").get(i);
        Json spoiled = spoil(outcome, random);
        ConformanceReport report =
            Recordings.run(folder, Recordings.with(script, "out", i, spoiled));
        String context =
            "seed " + seed + ", " + script.values().get("id") + " operation " + i + ": " + spoiled;
        assertThat(report.exitStatus()).as(context).isEqualTo(ConformanceReport.EXIT_UNEXPLAINED);
        assertThat(report.unexplained().getFirst().operationIndex()).as(context).isEqualTo(i);
      }
    }
  }

  /** Scripts in which every answer is compared, but for a deviation that ends them. */
  private List<Json.Members> comparedScripts(ScriptKind kind) throws IOException {
    List<Json.Members> compared = new ArrayList<>();
    for (Json.Members script : Recordings.scripts(kind)) {
      if (deviations(Recordings.run(folder, script)) <= 1) {
        compared.add(script);
      }
    }
    return compared;
  }

  private static int deviations(ConformanceReport report) {
    return report.total().deviations().values().stream().mapToInt(Integer::intValue).sum();
  }

  private int indexWithNumber(Json.Members script, Random random) throws IOException {
    ConformanceReport report = Recordings.run(folder, script);
    int compared = report.total().operations() - deviations(report);
    List<Json> outcomes = Recordings.list(script, "out");
    List<Integer> candidates =
        IntStream.range(0, compared).filter(i -> numbers(outcomes.get(i)) > 0).boxed().toList();
    return candidates.get(random.nextInt(candidates.size()));
  }

  private static int numbers(Json json) {
    return switch (json) {
      case Json.Int _ -> 1;
      case Json.Array(List<Json> values) ->
          values.stream().mapToInt(UnexplainedAnswersTest::numbers).sum();
      case Json.Members _, Json.Text _, Json.Flag _, Json.Null _ -> 0;
    };
  }

  /** Adds 1 to one of the numbers. */
  private static Json spoil(Json json, Random random) {
    if (json instanceof Json.Int number) {
      return Json.of(number.value() + 1);
    }
    Json.Array array = (Json.Array) json;
    List<Integer> candidates = new ArrayList<>();
    for (int i = 0; i < array.values().size(); i++) {
      if (numbers(array.values().get(i)) > 0) {
        candidates.add(i);
      }
    }
    int i = candidates.get(random.nextInt(candidates.size()));
    return Recordings.replaced(array, i, spoil(array.values().get(i), random));
  }

  @Test
  void eventsInAnotherOrderAreReported() throws IOException {
    for (Json.Members script : Recordings.scripts(ScriptKind.CORE)) {
      List<Json> outcomes = Recordings.list(script, "out");
      for (int i = 0; i < outcomes.size(); i++) {
        if (outcomes.get(i) instanceof Json.Array(List<Json> parts)
            && parts.size() == 6
            && parts.get(5) instanceof Json.Array(List<Json> events)
            && events.size() > 1) {
          Json swapped = new Json.Array(events.reversed());
          Json spoiled = Recordings.replaced((Json.Array) outcomes.get(i), 5, swapped);
          ConformanceReport report =
              Recordings.run(folder, Recordings.with(script, "out", i, spoiled));
          assertThat(report.unexplained()).hasSize(1);
          assertThat(report.unexplained().getFirst().operationIndex()).isEqualTo(i);
          return;
        }
      }
    }
    throw new AssertionError("no recorded operation has two events");
  }

  @Test
  void anErrorOfAnotherKindIsReportedAndItsWordingIsNot() throws IOException {
    for (Json.Members script : Recordings.scripts(ScriptKind.CORE)) {
      List<Json> outcomes = Recordings.list(script, "out");
      for (int i = 0; i < outcomes.size(); i++) {
        if (outcomes.get(i) instanceof Json.Array array
            && array.values().getFirst() instanceof Json.Members error
            && error.values().containsKey("msg")) {
          Json reworded = error.with("msg", Json.of("said otherwise"));
          Json other = error.with("err", Json.of("OtherError"));
          assertThat(Recordings.run(folder, spoiledValue(script, i, array, reworded)).exitStatus())
              .isEqualTo(ConformanceReport.EXIT_CONFORMS);
          assertThat(Recordings.run(folder, spoiledValue(script, i, array, other)).exitStatus())
              .isEqualTo(ConformanceReport.EXIT_UNEXPLAINED);
          return;
        }
      }
    }
    throw new AssertionError("no recorded operation has an error with a message");
  }

  private static Json.Members spoiledValue(
      Json.Members script, int i, Json.Array outcome, Json value) {
    return Recordings.with(script, "out", i, Recordings.replaced(outcome, 0, value));
  }

  @Test
  void anotherIdentityOfANodeIsReportedBeforeAnythingIsPerformed() throws IOException {
    Json.Members script = Recordings.scripts(ScriptKind.RAW).getFirst();

    ConformanceReport report =
        Recordings.run(folder, Recordings.with(script, "hashes", 2, Json.of("0".repeat(32))));

    assertThat(report.exitStatus()).isEqualTo(ConformanceReport.EXIT_UNEXPLAINED);
    assertThat(report.unexplained().getFirst().operation()).isEqualTo("identity of node 2");
    assertThat(report.unexplained().getFirst().operationIndex())
        .isEqualTo(Unexplained.NO_OPERATION);
    assertThat(report.total().operations()).isZero();
  }

  @Test
  void anotherValidationErrorOfABuilderIsReported() throws IOException {
    Json.Members script =
        (Json.Members)
            JsonLines.parse(
                """
                {"id":"b","kind":"builder",
                 "cfg":{"backend":"lru","blocks":null,"bs":null,"registry":null},
                 "out":{"err":"ValidationError","msg":"registry is required"}}
                """);

    assertThat(Recordings.run(folder, script).conforms()).isTrue();
    assertThat(
            Recordings.run(
                    folder,
                    script.with(
                        "out",
                        Json.error("ValidationError")
                            .with("msg", Json.of("block_count is required"))))
                .exitStatus())
        .isEqualTo(ConformanceReport.EXIT_UNEXPLAINED);
  }

  @Test
  void aPanicIsExplainedByItsRowOnlyWhereTwoIdleBlocksShareALineageKey() throws IOException {
    Json panic =
        Json.array(
            new Json.Members(Map.of("panic", Json.of("Hash collision detected! position=1"))));
    Json.Members script = Recordings.scripts(ScriptKind.CORE).getFirst();

    ConformanceReport report =
        Recordings.run(folder, Recordings.with(Recordings.first(script, 5), "out", 4, panic));

    assertThat(report.exitStatus()).isEqualTo(ConformanceReport.EXIT_UNEXPLAINED);
    assertThat(report.unexplained().getFirst().operationIndex()).isEqualTo(4);
  }

  @Test
  void aPanicOfAnotherCauseIsNotExplained() throws IOException {
    Json.Members script =
        Recordings.scripts(ScriptKind.COLLIDE).stream()
            .filter(s -> RecordedPanic.isRecorded(Recordings.list(s, "out").getLast()))
            .findFirst()
            .orElseThrow();
    int last = Recordings.list(script, "out").size() - 1;
    Json other = Json.array(new Json.Members(Map.of("panic", Json.of("index out of bounds"))));

    ConformanceReport asRecorded = Recordings.run(folder, script);
    ConformanceReport spoiled = Recordings.run(folder, Recordings.with(script, "out", last, other));

    assertThat(asRecorded.conforms()).isTrue();
    assertThat(asRecorded.text()).contains("deviations by ★13: collide 1. ");
    assertThat(spoiled.exitStatus()).isEqualTo(ConformanceReport.EXIT_UNEXPLAINED);
  }
}
