package dev.kvbm.replay.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.replay.trace.TraceRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PromptTest {
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  private final BlockNames names = new BlockNames();

  private static List<Long> ids(Prompt prompt) {
    TraceRequest request = new TraceRequest();
    prompt.describe(request);
    assertThat(request.inputTokens()).isEqualTo(prompt.tokens());
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < request.blockCount(); i++) {
      ids.add(request.blockId(i));
    }
    return ids;
  }

  @Test
  void blocksAreSharedUpToTheFirstTextOfOnesOwn() {
    Prompt shared = new Prompt(names, 16).appendShared(1, 40, NO_LIMIT);
    List<Long> one = ids(shared.copy().append(30));
    List<Long> two = ids(shared.copy().append(30));
    assertThat(one).hasSize(5);
    assertThat(two.subList(0, 2)).isEqualTo(one.subList(0, 2));
    assertThat(two.subList(2, 5)).doesNotContainAnyElementsOf(one);
  }

  @Test
  void partialBlockIsAnotherOnceItIsFull() {
    Prompt prompt = new Prompt(names, 16).append(40);
    List<Long> before = ids(prompt);
    assertThat(ids(prompt)).isEqualTo(before);
    List<Long> after = ids(prompt.append(8));
    assertThat(after).hasSize(3);
    assertThat(after.subList(0, 2)).isEqualTo(before.subList(0, 2));
    assertThat(after.get(2)).isNotEqualTo(before.get(2));
  }

  @Test
  void textsAreCutAtTheLimit() {
    Prompt prompt = new Prompt(names, 16).appendShared(1, 40, 30).appendUpTo(35, 100);
    assertThat(prompt.tokens()).isEqualTo(35);
    assertThat(prompt.appendShared(2, 10, 20).tokens()).isEqualTo(35);
  }

  @Test
  void promptsOfSharedTextsAgreeExactlyAsFarAsTheirTexts() {
    SplittableRandom random = new SplittableRandom(7);
    Map<List<Long>, Long> known = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      Prompt prompt = new Prompt(names, 4);
      List<Long> tokens = new ArrayList<>();
      for (int t = random.nextInt(1, 5); t > 0; t--) {
        int key = random.nextInt(4);
        int length = 3 + 2 * key;
        prompt.appendShared(key, length, NO_LIMIT);
        for (int k = 0; k < length; k++) {
          tokens.add(key * 100L + k);
        }
      }
      List<Long> ids = ids(prompt);
      for (int block = 0; block < ids.size(); block++) {
        List<Long> prefix = List.copyOf(tokens.subList(0, Math.min(tokens.size(), 4 * block + 4)));
        Long id = known.putIfAbsent(prefix, ids.get(block));
        assertThat(id == null || id.equals(ids.get(block))).isTrue();
      }
    }
    assertThat(known.values()).doesNotHaveDuplicates();
  }
}
