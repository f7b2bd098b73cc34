package dev.kvbm.replay.trace;

import static dev.kvbm.replay.trace.Traces.mooncake;
import static dev.kvbm.replay.trace.Traces.reader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompactTraceTest {
  @TempDir Path folder;

  /** A trace with the obvious data structures. */
  private static final class Naive {
    final Map<Long, Integer> numbers = new HashMap<>();
    final List<Long> ids = new ArrayList<>();
    final List<int[]> requests = new ArrayList<>();
    final List<Integer> parents = new ArrayList<>();
    final List<Integer> positions = new ArrayList<>();
    long accesses;
    long violations;

    void add(long[] blocks) {
      int[] dense = new int[blocks.length];
      for (int i = 0; i < blocks.length; i++) {
        Integer known = numbers.putIfAbsent(blocks[i], numbers.size());
        int parent = i == 0 ? -1 : dense[i - 1];
        if (known == null) {
          ids.add(blocks[i]);
          parents.add(parent);
          positions.add(i);
          known = numbers.size() - 1;
        } else if (parents.get(known) != parent || positions.get(known) != i) {
          violations++;
        }
        dense[i] = known;
      }
      requests.add(dense);
      accesses += blocks.length;
    }

    void check(CompactTrace trace, String context) {
      assertThat(trace.requestCount()).as(context).isEqualTo(requests.size());
      assertThat(trace.accessCount()).as(context).isEqualTo(accesses);
      assertThat(trace.uniqueBlocks()).as(context).isEqualTo(numbers.size());
      assertThat(trace.chainViolations()).as(context).isEqualTo(violations);
      int[] allParents = trace.parents();
      int[] allPositions = trace.positions();
      for (int block = 0; block < numbers.size(); block++) {
        assertThat(trace.parent(block)).as(context).isEqualTo(parents.get(block));
        assertThat(trace.position(block)).as(context).isEqualTo(positions.get(block));
        assertThat(allParents[block]).as(context).isEqualTo(parents.get(block));
        assertThat(allPositions[block]).as(context).isEqualTo(positions.get(block));
        assertThat(trace.sourceId(block)).as(context).isEqualTo(ids.get(block));
      }
      CompactTrace.Cursor forward = trace.cursor();
      CompactTrace.Cursor jumping = trace.cursor();
      for (int i = 0; i < requests.size(); i++) {
        assertThat(forward.next()).isTrue();
        assertThat(forward.request()).isEqualTo(i);
        assertThat(blocks(forward)).as("%s, request %d", context, i).isEqualTo(requests.get(i));
        assertThat(trace.blockCount(i)).as(context).isEqualTo(requests.get(i).length);
        int other = (int) (i * 31L % requests.size());
        jumping.seek(other);
        assertThat(blocks(jumping)).as(context).isEqualTo(requests.get(other));
      }
      assertThat(forward.next()).isFalse();
    }
  }

  private static int[] blocks(CompactTrace.Cursor cursor) {
    return Arrays.copyOfRange(cursor.ids(), cursor.from(), cursor.from() + cursor.count());
  }

  private static TraceRequest request(long... ids) {
    return new TraceRequest()
        .inputTokens(ids.length * 16)
        .blockSizeTokens(16)
        .copyBlockIds(ids, ids.length);
  }

  @Test
  void randomTracesOfAllKindsOfIdsAreKeptExactly() {
    for (long seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      CompactTrace.Builder builder = new CompactTrace.Builder();
      Naive naive = new Naive();
      int spread = random.nextInt(4);
      List<long[]> earlier = new ArrayList<>();
      long next = 0;
      for (int r = random.nextInt(1, 400); r > 0; r--) {
        long[] blocks = new long[random.nextInt(40)];
        long[] shared = earlier.isEmpty() ? blocks : earlier.get(random.nextInt(earlier.size()));
        int prefix = random.nextInt(1 + Math.min(shared.length, blocks.length));
        for (int i = 0; i < blocks.length; i++) {
          if (i < prefix) {
            blocks[i] = shared[i];
          } else {
            blocks[i] =
                switch (spread) {
                  case 0 -> next++;
                  case 1 -> RecordParser.mix(next++);
                  case 2 -> RecordParser.mix(next++) >>> 34;
                  default -> random.nextInt(500);
                };
          }
        }
        earlier.add(blocks);
        naive.add(blocks);
        builder.add(request(blocks));
      }
      naive.check(builder.build(), "seed " + seed);
    }
  }

  @Test
  void numbersFollowFirstAppearanceWhateverTheIds() {
    SplittableRandom random = new SplittableRandom(11);
    BlockNumbering numbering = new BlockNumbering();
    Map<Long, Integer> expected = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      long id =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(50_000);
            case 1 -> random.nextLong(1L << 32);
            case 2 -> RecordParser.mix(random.nextInt(100_000));
            default -> -1 - random.nextInt(1_000);
          };
      int number = expected.computeIfAbsent(id, _ -> expected.size());
      assertThat(numbering.numberOf(id)).isEqualTo(number);
    }
    assertThat(numbering.size()).isEqualTo(expected.size());
  }

  @Test
  void contradictingChainsAreCountedAndTheFirstAppearanceCounts() {
    CompactTrace trace =
        new CompactTrace.Builder()
            .add(request(1, 2, 3))
            .add(request(1, 3)) // another parent and position
            .add(request(9, 2, 3)) // 2 has another parent, 3 hangs where it did
            .build();
    assertThat(trace.chainViolations()).isEqualTo(2);
    assertThat(trace.parent(2)).isEqualTo(1);
    assertThat(trace.position(2)).isEqualTo(2);
    assertThat(trace.parent(0)).isEqualTo(-1);
  }

  @Test
  void requestsComeInOrderOfArrivalAndEqualOnesInOrderOfTheSource() {
    String text =
        mooncake(30, 512, 1, 7)
            + "\n"
            + mooncake(10, 1024, 2, 8, 9)
            + "\n"
            + mooncake(30, 512, 3, 8)
            + "\n"
            + mooncake(20, 512, 4, 7);
    CompactTrace trace = CompactTrace.of(reader(text));
    assertThat(trace.outOfOrder()).isEqualTo(2);
    assertThat(trace.firstArrivalNanos()).isEqualTo(10_000_000);
    assertThat(trace.spanNanos()).isEqualTo(20_000_000);
    assertThat(outputs(trace)).containsExactly(2, 4, 1, 3);
    assertThat(trace.arrivalNanos(2)).isEqualTo(20_000_000);
    assertThat(trace.sourceId(0)).isEqualTo(8);
    assertThat(trace.sourceId(1)).isEqualTo(9);
    assertThat(trace.sourceId(2)).isEqualTo(7);
    CompactTrace.Cursor cursor = trace.cursor();
    cursor.seek(1);
    assertThat(blocks(cursor)).containsExactly(2);
    assertThat(cursor.arrivalMillis()).isEqualTo(10);

    CompactTrace asWritten =
        new CompactTrace.Builder().keepSourceOrder().addAll(reader(text)).build();
    assertThat(outputs(asWritten)).containsExactly(1, 2, 3, 4);
    assertThat(asWritten.arrivalNanos(1)).isZero();
  }

  @Test
  void sortingKeepsWhateverTraceIsSorted() {
    for (long seed = 0; seed < 15; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      CompactTrace.Builder shuffled = new CompactTrace.Builder();
      List<long[]> byTime = new ArrayList<>();
      int n = random.nextInt(1, 1_500);
      int[] times = new int[n];
      for (int i = 0; i < n; i++) {
        times[i] = i;
        byTime.add(new long[] {random.nextInt(50), 100 + random.nextInt(200), 1_000 + i});
      }
      for (int i = n - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int swap = times[i];
        times[i] = times[j];
        times[j] = swap;
      }
      for (int time : times) {
        shuffled.add(
            request(byTime.get(time))
                .arrivalNanos(time)
                .outputTokens(time)
                .turn(1 + time % 3)
                .type(time % 2 == 0 ? "even" : "odd")
                .cachedTokens(time)
                .chatId(time, time >= 3 ? time - 3 : -1));
      }
      Naive naive = new Naive();
      byTime.forEach(naive::add);
      CompactTrace trace = shuffled.build();
      naive.check(trace, "seed " + seed);
      for (int i = 0; i < n; i++) {
        assertThat(trace.outputTokens(i)).as("seed %d", seed).isEqualTo(i);
        assertThat(trace.turn(i)).isEqualTo(1 + i % 3);
        assertThat(trace.type(i)).isEqualTo(i % 2 == 0 ? "even" : "odd");
        assertThat(trace.cachedTokens(i)).isEqualTo(i);
      }
    }
  }

  private static int[] outputs(CompactTrace trace) {
    int[] outputs = new int[trace.requestCount()];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = trace.outputTokens(i);
    }
    return outputs;
  }

  @Test
  void conversationsFollowChatIdsEvenWhenTheirBeginningIsMissing() {
    CompactTrace trace =
        new CompactTrace.Builder()
            .add(request(1).chatId(10, -1))
            .add(request(2).chatId(11, 99)) // its parent came before the trace
            .add(request(3).chatId(12, 10))
            .add(request(4).chatId(13, 99))
            .add(request(5))
            .add(request(6).chatId(14, 12))
            .build();
    assertThat(trace.conversationCount()).isEqualTo(2);
    assertThat(conversations(trace)).containsExactly(0, 1, 0, 1, -1, 0);
  }

  @Test
  void conversationsFollowSessions() {
    CompactTrace trace =
        new CompactTrace.Builder()
            .add(request(1))
            .add(request(1).session("b", null))
            .add(request(2).session("a", "b"))
            .add(request(3).session("b", null))
            .build();
    assertThat(trace.conversationCount()).isEqualTo(2);
    assertThat(conversations(trace)).containsExactly(-1, 0, 1, 0);
  }

  private static int[] conversations(CompactTrace trace) {
    int[] conversations = new int[trace.requestCount()];
    for (int i = 0; i < conversations.length; i++) {
      conversations[i] = trace.conversation(i);
    }
    return conversations;
  }

  @Test
  void missingColumnsReadAsUnknown() {
    CompactTrace trace = new CompactTrace.Builder().add(request(1)).source("here").build();
    assertThat(trace.turn(0)).isZero();
    assertThat(trace.type(0)).isNull();
    assertThat(trace.conversation(0)).isEqualTo(-1);
    assertThat(trace.cachedTokens(0)).isEqualTo(-1);
    assertThat(trace.hasCachedTokens()).isFalse();
    assertThat(trace.types()).isEmpty();
    assertThat(trace.sources()).containsExactly("here");
  }

  @Test
  void blockSizesMayDiffer() {
    CompactTrace trace =
        new CompactTrace.Builder()
            .add(request(1).inputTokens(20))
            .add(request(1, 2).blockSizeTokens(32).inputTokens(40))
            .build();
    assertThat(trace.blockSizeTokens()).isZero();
    assertThat(trace.blockSizeTokens(0)).isEqualTo(16);
    assertThat(trace.blockSizeTokens(1)).isEqualTo(32);
    assertThat(trace.fullBlockCount(1)).isEqualTo(1);
    CompactTrace.Cursor cursor = trace.cursor();
    cursor.seek(1);
    assertThat(cursor.blockSizeTokens()).isEqualTo(32);
    assertThat(cursor.inputTokens()).isEqualTo(40);
    assertThat(CompactTrace.of(reader(mooncake(0, 10, 1, 1))).blockSizeTokens()).isEqualTo(512);
  }

  @Test
  void traceWhoseRequestsAllArriveAtOnceHasNoClock() {
    CompactTrace trace = CompactTrace.of(reader("{\"token_ids\": [1]}\n{\"token_ids\": [2]}"));
    CompactTrace.Cursor cursor = trace.cursor();
    assertThat(cursor.next()).isTrue();
    assertThat(cursor.arrivalMillis()).isNaN();
  }

  @Test
  void moreKindsThanFitAreLumpedTogether() {
    CompactTrace.Builder builder = new CompactTrace.Builder();
    for (int i = 0; i < 300; i++) {
      builder.add(request(i).type("kind " + i));
    }
    CompactTrace trace = builder.build();
    assertThat(trace.type(253)).isEqualTo("kind 253");
    assertThat(trace.type(254)).isEqualTo("other");
    assertThat(trace.type(299)).isEqualTo("other");
    assertThat(trace.types()).hasSize(255);
  }

  @Test
  void filesOfOneRecordingBecomeOneTrace() throws IOException {
    Path first = folder.resolve("part1.jsonl");
    Path second = folder.resolve("part2.jsonl.gz");
    Files.writeString(first, mooncake(0, 512, 1, 1) + "\n" + mooncake(20, 512, 2, 2));
    Files.write(second, Traces.gzip(mooncake(10, 512, 3, 1)));
    CompactTrace trace = CompactTrace.load(List.of(first, second), TraceOptions.defaults());
    assertThat(outputs(trace)).containsExactly(1, 3, 2);
    assertThat(trace.uniqueBlocks()).isEqualTo(2);
    assertThat(trace.sources()).containsExactly(first.toString(), second.toString());
    assertThat(trace.name()).isEqualTo("part1 + part2");
    assertThat(CompactTrace.load(second, TraceOptions.defaults()).name()).isEqualTo("part2");
    assertThatThrownBy(() -> CompactTrace.load(List.of(), TraceOptions.defaults()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void newBlocksCostNextToNothing() {
    CompactTrace.Builder builder = new CompactTrace.Builder();
    TraceRequest request = new TraceRequest().blockSizeTokens(512).inputTokens(512 * 100);
    long[] ids = new long[100];
    long next = 1;
    for (int r = 0; r < 20_000; r++) {
      for (int i = 0; i < 100; i++) {
        ids[i] = i == 0 ? 0 : next++;
      }
      builder.add(request.arrivalNanos(r).copyBlockIds(ids, 100));
    }
    CompactTrace trace = builder.build();
    assertThat(trace.accessCount()).isEqualTo(2_000_000);
    assertThat(trace.uniqueBlocks()).isEqualTo(20_000 * 99 + 1);
    assertThat(trace.retainedBytes()).isLessThan(20_000 * 48);
  }

  @Test
  void positionsOutsideTheTraceAreRefused() {
    CompactTrace trace = new CompactTrace.Builder().add(request(5, 6)).build();
    assertThatThrownBy(() -> trace.inputTokens(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> trace.turn(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> trace.parent(2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> trace.sourceId(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> trace.cursor().seek(1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void cursorCanBeRewound() {
    CompactTrace trace = new CompactTrace.Builder().add(request(5)).add(request(6)).build();
    CompactTrace.Cursor cursor = trace.cursor();
    cursor.seek(1);
    cursor.rewind();
    assertThat(cursor.request()).isEqualTo(-1);
    assertThat(cursor.next()).isTrue();
    assertThat(blocks(cursor)).containsExactly(0);
  }

  @Test
  void emptyTraceIsPossible() {
    CompactTrace trace = new CompactTrace.Builder().build();
    assertThat(trace.requestCount()).isZero();
    assertThat(trace.cursor().next()).isFalse();
    assertThat(trace.spanNanos()).isZero();
    assertThat(trace.blockSizeTokens()).isZero();
  }

  @Test
  void builderIsUsedOnce() {
    CompactTrace.Builder builder = new CompactTrace.Builder();
    assertThat(builder.build()).isNotNull();
    assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder.add(request(1))).isInstanceOf(IllegalStateException.class);
  }
}
