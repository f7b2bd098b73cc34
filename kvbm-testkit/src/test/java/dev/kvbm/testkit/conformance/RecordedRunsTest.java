package dev.kvbm.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.scheduling.Publication;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The library against everything that was recorded of the reference. */
class RecordedRunsTest {
  private static final int CHECKED_POOL_BLOCKS = 16;

  /** The numbers of the recordings: a run that passes over some of them is no proof. */
  private static final Map<ScriptKind, Integer> SCRIPTS =
      Map.ofEntries(
          Map.entry(ScriptKind.CORE, 176),
          Map.entry(ScriptKind.MEDIUM, 44),
          Map.entry(ScriptKind.TIERS, 66),
          Map.entry(ScriptKind.DEEP, 44),
          Map.entry(ScriptKind.LIN, 88),
          Map.entry(ScriptKind.RAW, 66),
          Map.entry(ScriptKind.COLLIDE, 33),
          Map.entry(ScriptKind.LFU, 60),
          Map.entry(ScriptKind.BUILDER, 196),
          Map.entry(ScriptKind.SEQ, 132),
          Map.entry(ScriptKind.SEQPANIC, 44),
          Map.entry(ScriptKind.ASG, 66));

  private static final int OPERATIONS = 238_157;

  private static final Map<CompatibilityRow, Integer> DEVIATIONS =
      Map.of(
          CompatibilityRow.COLLISION, 12,
          CompatibilityRow.FILED_ID, 28,
          CompatibilityRow.POSITIONS, 1_427,
          CompatibilityRow.PANICS, 102);

  @ParameterizedTest
  @EnumSource
  void everyAnswerIsAsRecordedOrExplained(GuardForm form) throws IOException {
    ConformanceReport report =
        ConformanceRunner.run(
            List.of(Recordings.folder()),
            ConformanceOptions.DEFAULT.withGuards(form).withCheckedPools(CHECKED_POOL_BLOCKS));

    assertThat(report.conforms()).as(report.text()).isTrue();
    assertThat(report.exitStatus()).isEqualTo(ConformanceReport.EXIT_CONFORMS);
    assertThat(scripts(report)).isEqualTo(SCRIPTS);
    assertThat(report.total().operations()).isEqualTo(OPERATIONS);
    assertThat(report.total().deviations()).isEqualTo(DEVIATIONS);
    assertThat(report.total().matches()).isEqualTo(OPERATIONS - 1_569);
  }

  @Test
  void withOurTimingEveryDifferenceHasARow() throws IOException {
    ConformanceReport report =
        ConformanceRunner.run(
            Recordings.files(ScriptKind.SEQ, ScriptKind.SEQPANIC),
            ConformanceOptions.DEFAULT
                .withPublication(Publication.WHEN_COMPUTED)
                .withCheckedPools(CHECKED_POOL_BLOCKS));

    assertThat(report.conforms()).as(report.text()).isTrue();
    assertThat(scripts(report)).isEqualTo(Map.of(ScriptKind.SEQ, 132, ScriptKind.SEQPANIC, 44));
    assertThat(report.total().operations()).isEqualTo(4_797);
    assertThat(report.total().deviations().keySet())
        .containsExactlyInAnyOrder(
            CompatibilityRow.CHUNK,
            CompatibilityRow.NEWEST_TOKEN,
            CompatibilityRow.RELEASED,
            CompatibilityRow.FULL_MATCH,
            CompatibilityRow.FILED_ID,
            CompatibilityRow.PANICS,
            CompatibilityRow.DROPPED,
            CompatibilityRow.APPENDED);
  }

  private static Map<ScriptKind, Integer> scripts(ConformanceReport report) {
    return report.tallies().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().scripts()));
  }
}
