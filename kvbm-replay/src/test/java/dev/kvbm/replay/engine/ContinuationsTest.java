package dev.kvbm.replay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.replay.trace.TraceRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContinuationsTest {
  private static CompactTrace trace(List<NaiveEngine.Job> jobs) {
    return Jobs.trace(jobs, 4).requests();
  }

  @Test
  void theNextTurnGoesOnWhereTheLastOneEnded() {
    CompactTrace trace =
        trace(
            List.of(
                Jobs.job(0, 8, 8, 0, 1),
                Jobs.job(1, 8, 8, 5, 6),
                Jobs.job(2, 18, 8, 0, 1, 2, 3, 4),
                Jobs.job(3, 24, 8, 0, 1, 2, 3, 7, 8)));

    assertThat(Continuations.of(trace)).containsExactly(2, -1, 3, -1);
  }

  @Test
  void aPromptThatIsRepeatedGoesOnFromNothing() {
    CompactTrace trace =
        trace(List.of(Jobs.job(0, 8, 8, 0, 1), Jobs.job(1, 8, 8, 0, 1), Jobs.job(2, 10, 0, 0, 1)));

    assertThat(Continuations.of(trace)).containsExactly(-1, -1, -1);
  }

  @Test
  void oneTurnGoesOnFromTheLongestAndLatestBeginning() {
    CompactTrace trace =
        trace(
            List.of(
                Jobs.job(0, 4, 8, 0),
                Jobs.job(1, 8, 8, 0, 1),
                Jobs.job(2, 8, 8, 0, 1),
                Jobs.job(3, 12, 8, 0, 1, 2)));

    assertThat(Continuations.of(trace)).containsExactly(1, -1, 3, -1);
  }

  @Test
  void conversationsThatTheTraceNamesAreKeptApart() {
    CompactTrace.Builder builder = new CompactTrace.Builder().source("chats");
    for (String session : List.of("a", "b")) {
      TraceRequest request =
          new TraceRequest()
              .inputTokens(session.equals("a") ? 4 : 8)
              .outputTokens(4)
              .blockSizeTokens(4)
              .session(session, null)
              .addBlockId(1);
      builder.add(session.equals("a") ? request : request.addBlockId(2));
    }

    assertThat(Continuations.of(builder.build())).containsExactly(-1, -1);
  }
}
