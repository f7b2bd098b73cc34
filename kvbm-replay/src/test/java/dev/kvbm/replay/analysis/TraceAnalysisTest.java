package dev.kvbm.replay.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TraceAnalysisTest {

  private static TraceStudy study(ListTrace list) {
    return TraceStudy.of(list, CacheRule.TRACE, 0);
  }

  @Test
  void aPrefixThatAlwaysGoesOnTheSameWayIsOneStretch() {
    // 0 1 is in all three requests, 2 3 in two of them, 4 in one.
    ListTrace list = new ListTrace("t", 10).add(0, 1, 2, 3).add(0, 1, 2, 3).add(0, 1, 4);

    SharedPrefixes prefixes = study(list).analysis().prefixes();

    assertThat(prefixes.count()).isEqualTo(2);
    assertThat(prefixes.savedBlocks()).isEqualTo(2 * 2 + 2);
    assertThat(prefixes.byTokens())
        .containsExactly(
            new SharedPrefixes.Prefix(1, 0, 2, 20, 2, 3, 4, 40),
            new SharedPrefixes.Prefix(3, 0, 4, 40, 2, 2, 2, 20));
    assertThat(prefixes.byRequests())
        .as("the longer one tells of much the same requests")
        .containsExactly(new SharedPrefixes.Prefix(1, 0, 2, 20, 2, 3, 4, 40));
  }

  @Test
  void savingsOfAllPrefixesAddUpToTheCeiling() {
    for (int seed = 0; seed < 50; seed++) {
      TraceStudy study = study(ListTrace.random(new Random(seed), 60, 10, 3));
      CacheCounts ceiling = study.bounds().infinite();

      assertThat(study.analysis().prefixes().savedBlocks())
          .as("seed %d", seed)
          .isEqualTo(ceiling.hits());
      assertThat(study.analysis().prefixes().savedTokens())
          .as("seed %d", seed)
          .isEqualTo(ceiling.hitTokens());
      assertThat(study.analysis().reuseDistanceBlocks().count())
          .as("seed %d", seed)
          .isEqualTo(ceiling.hits());
    }
  }

  @Test
  void aBlockAfterDifferentBlocksIsReported() {
    ListTrace list = new ListTrace("t", 4).add(0, 1).add(2, 1).add(0, 1);

    assertThat(study(list).analysis().prefixes().inconsistentBlocks()).isEqualTo(1);
  }

  @Test
  void aPromptThatContainsAnEarlierPromptContinuesItsConversation() {
    ListTrace list =
        new ListTrace("t", 4)
            .add(0, 1, 2) // a
            .add(0, 3, 4) // b: shares the first block only
            .add(0, 1, 2, 5, 6) // a goes on
            .add(0, 3, 4, 7) // b goes on
            .add(0, 1, 8); // c: has part of a's prompt
    Conversations conversations = study(list).conversations();

    assertThat(conversations.inferred()).isTrue();
    assertThat(conversations.count()).isEqualTo(3);
    assertThat(List.of(0, 1, 2, 3, 4))
        .extracting(conversations::conversationOf)
        .containsExactly(0, 1, 0, 1, 2);
    assertThat(List.of(0, 1, 2, 3, 4))
        .extracting(conversations::ownPrefix)
        .containsExactly(0, 0, 3, 3, 0);
  }

  @Test
  void aPromptThatEndsInASharedPrefixDoesNotCaptureThoseWhoShareIt() {
    ListTrace list =
        new ListTrace("t", 4)
            .add(0, 1, 2) // a brings the system prompt 0
            .addAt(1, -1, 5, 0, 3) // b: its only full block is the system prompt
            .add(0, 4, 5); // c
    Conversations conversations = study(list).conversations();

    assertThat(conversations.count()).isEqualTo(3);
  }

  @Test
  void namedConversationsSplitHitsByWhoHadSentTheBlock() {
    ListTrace list =
        new ListTrace("t", 10)
            .addAt(0, 7, 20, 0, 1)
            .addAt(1, 9, 20, 0, 2) // block 0 across
            .addAt(2, 7, 30, 0, 1, 3) // 0 and 1 within, although 9 touched 0 since
            .addAt(3, 9, 20, 0, 1) // 0 within, 1 across
            .addAt(4, -1, 10, 0); // a request without a name is alone: across
    TraceStudy study = study(list);
    RunCollector collector = study.collector();
    study.bounds().run(Bound.INFINITE, 1, collector);

    assertThat(study.conversations().inferred()).isFalse();
    assertThat(study.conversations().count()).isEqualTo(3);
    assertThat(collector.sharing()).isEqualTo(new HitSharing(3, 3, 30, 30));
  }

  @Test
  void ownPrefixesEqualASearchThroughAllEarlierPrompts() {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      ListTrace source = ListTrace.random(random, 60, 8, 3);
      ListTrace list = new ListTrace("named", 4);
      BlockTrace.Cursor cursor = source.cursor();
      while (cursor.next()) {
        list.addAt(0, random.nextInt(5), cursor.inputTokens(), cursor.ids());
      }
      PreparedTrace trace = PreparedTrace.of(list, CacheRule.TRACE, 0);
      Conversations conversations = Conversations.of(trace);
      for (int r = 0; r < trace.requests(); r++) {
        int own = 0;
        for (int earlier = 0; earlier < r; earlier++) {
          if (trace.conversation[earlier] == trace.conversation[r]) {
            int common = 0;
            while (common < Math.min(trace.blocksOf(earlier), trace.blocksOf(r))
                && trace.ids[trace.start[earlier] + common] == trace.ids[trace.start[r] + common]) {
              common++;
            }
            own = Math.max(own, common);
          }
        }
        assertThat(conversations.ownPrefix(r)).as("seed %d, request %d", seed, r).isEqualTo(own);
      }
    }
  }

  @Test
  void anEvictionIsRegrettedOnceByTheNextRequestThatListsTheBlock() {
    EvictionRegret regret = new EvictionRegret(10, 2_000);
    regret.evicted(3, 5);
    regret.evicted(4, 5);
    regret.evicted(-1, 5);
    regret.requested(15, new int[] {9, 3, 8}, 1, 1);
    regret.requested(16, new int[] {3}, 0, 1);
    regret.evicted(3, 20);
    regret.requested(1_500, new int[] {3}, 0, 1);

    EvictionRegret.Result result = regret.result();

    assertThat(result.evictions()).isEqualTo(4);
    assertThat(result.foreign()).isEqualTo(1);
    assertThat(result.within10()).isEqualTo(1);
    assertThat(result.later()).isEqualTo(1);
    assertThat(result.neededAgain()).isEqualTo(2);
    assertThat(result.neverNeeded()).isEqualTo(2);
    assertThat(result.gapRequests().max()).isEqualTo(1_480);
  }

  @Test
  void aCollectorRefusesRequestsOutOfOrder() {
    RunCollector collector = study(new ListTrace("t", 4).add(0).add(1)).collector();

    assertThatThrownBy(() -> collector.endRequest(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> collector.startRequest(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("request 1");
    collector.startRequest(0);
    assertThatThrownBy(() -> collector.startRequest(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has not ended");
  }

  @Test
  void hitsOverTimeFallIntoTheStretchOfTheirArrival() {
    ListTrace list =
        new ListTrace("t", 4)
            .addAt(1_000, -1, 8, 0, 1)
            .addAt(1_400, -1, 8, 0, 1)
            .addAt(61_000, -1, 8, 0, 2);
    PreparedTrace trace = PreparedTrace.of(list, CacheRule.TRACE, 0);
    TimeAxis axis = TimeAxis.of(trace, 10);
    RunCollector collector = new RunCollector(Conversations.of(trace), axis);
    new Bounds(trace).run(Bound.INFINITE, 1, collector);

    assertThat(axis).isEqualTo(new TimeAxis(true, 1_000, 10_000, 7));
    List<HitTimeline.Point> points = collector.timeline().points();
    assertThat(points.getFirst()).isEqualTo(new HitTimeline.Point(2, 4, 2, 16, 8));
    assertThat(points.getLast()).isEqualTo(new HitTimeline.Point(1, 2, 1, 8, 4));
    assertThat(points.get(3).hitRate()).isNaN();
  }

  @Test
  void withoutAClockStretchesAreOfRequests() {
    ListTrace list = new ListTrace("t", 4);
    for (int i = 0; i < 95; i++) {
      list.add(i);
    }
    TimeAxis axis = TimeAxis.of(PreparedTrace.of(list, CacheRule.TRACE, 0), 10);

    assertThat(axis).isEqualTo(new TimeAxis(false, 0, 10, 10));
  }

  @Test
  void theWorkingSetCountsWhatIsInUseAndWhatWillBeNeededAgain() {
    ListTrace list =
        new ListTrace("t", 4)
            .addAt(0, -1, 12, 0, 1, 2)
            .addAt(500, -1, 8, 0, 1)
            .addAt(1_500, -1, 12, 0, 1, 3);
    PreparedTrace trace = PreparedTrace.of(list, CacheRule.TRACE, 0);

    assertThat(WorkingSet.of(trace, new TimeAxis(true, 0, 1_000, 2)).points())
        .containsExactly(new WorkingSet.Point(2, 5, 3, 3, 2), new WorkingSet.Point(1, 3, 3, 1, 0));
  }

  @Test
  void binsCoverEveryValueOnce() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      double[] values = random.doubles(500, 0, Math.pow(10, seed % 7)).toArray();
      Distribution distribution =
          Distribution.ofValues(values.clone(), Distribution.decimalEdges(Math.pow(10, seed % 7)));
      long sum = 0;
      for (Distribution.Bin bin : distribution.bins()) {
        long inside = 0;
        for (double value : values) {
          inside += value >= bin.from() && value < bin.to() ? 1 : 0;
        }
        assertThat(bin.count()).as("seed %d, %s", seed, bin).isEqualTo(inside);
        sum += inside;
      }
      assertThat(sum).as("seed %d", seed).isEqualTo(500);
    }
  }
}
