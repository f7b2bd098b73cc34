package dev.kvbm.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

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
      Map.of(
          ScriptKind.CORE, 176,
          ScriptKind.MEDIUM, 44,
          ScriptKind.TIERS, 66,
          ScriptKind.DEEP, 44,
          ScriptKind.LIN, 88,
          ScriptKind.RAW, 66,
          ScriptKind.COLLIDE, 33,
          ScriptKind.LFU, 60,
          ScriptKind.BUILDER, 196);

  private static final int OPERATIONS = 194_944;

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
    assertThat(report.total().deviations()).isEqualTo(Map.of(CompatibilityRow.COLLISION, 12));
    assertThat(report.total().matches()).isEqualTo(OPERATIONS - 12);
  }

  @Test
  void kindsThatNeedSequencesAreCountedAndNotRun() throws IOException {
    ConformanceReport report =
        ConformanceRunner.run(
            Recordings.files(
                ScriptKind.BUILDER, ScriptKind.SEQ, ScriptKind.SEQPANIC, ScriptKind.ASG),
            ConformanceOptions.DEFAULT);

    assertThat(report.conforms()).isTrue();
    assertThat(scripts(report)).isEqualTo(Map.of(ScriptKind.BUILDER, 196));
    assertThat(report.unsupported())
        .isEqualTo(Map.of(ScriptKind.SEQ, 132, ScriptKind.SEQPANIC, 44, ScriptKind.ASG, 66));
    assertThat(report.text())
        .contains(
            "not supported by this version: seq 132 scripts, seqpanic 44 scripts, asg 66 scripts");
  }

  private static Map<ScriptKind, Integer> scripts(ConformanceReport report) {
    return report.tallies().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().scripts()));
  }
}
