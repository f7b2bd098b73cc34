package dev.kvbm.examples.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TinyModelTest {
  private static final int TOKENS = 60;

  private static int[] prompt(long seed) {
    return new SplittableRandom(seed).ints(TOKENS, 0, TinyModel.VOCABULARY).toArray();
  }

  /** The logits of all tokens, computed in chunks, in blocks that lie in reverse order. */
  private static float[][] logits(int[] prompt, int chunk, int blockSize) {
    TinyModel model = new TinyModel(5);
    int blocks = (prompt.length + blockSize - 1) / blockSize;
    int[] pages = new int[blocks];
    Arrays.setAll(pages, i -> blocks - 1 - i);
    KvMemory memory = new KvMemory(blocks, blockSize);
    float[][] all = new float[prompt.length][];
    for (int from = 0; from < prompt.length; from += chunk) {
      int to = Math.min(from + chunk, prompt.length);
      int[] tokens = Arrays.copyOfRange(prompt, from, to);
      float[][] some = model.forward(tokens, from, pages, memory, to - from);
      System.arraycopy(some, 0, all, from, to - from);
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 16, 60})
  void aTokenHasTheSameBitsInAChunkOfAnySizeAndInBlocksOfAnySize(int chunk) {
    float[][] oneByOne = logits(prompt(5), 1, TOKENS);

    assertThat(Arrays.deepEquals(logits(prompt(5), chunk, 8), oneByOne)).isTrue();
    assertThat(Arrays.deepEquals(logits(prompt(5), chunk, 1), oneByOne)).isTrue();
    assertThat(oneByOne[TOKENS - 1][0]).isFinite();
  }

  /** Otherwise answers could be right although attention reads the wrong blocks. */
  @Test
  void anAnswerDependsOnTokensFarBack() {
    int changed = 0;
    for (int seed = 0; seed < 20; seed++) {
      TinyModel model = new TinyModel(seed);
      int[] prompt = prompt(seed);
      int[] other = prompt.clone();
      other[10] = (other[10] + 1) % TinyModel.VOCABULARY;
      int[] answer = PlainLoop.answer(model, new Request(0, prompt, 16, 1, 1), 0);
      if (!Arrays.equals(answer, PlainLoop.answer(model, new Request(0, other, 16, 1, 1), 0))) {
        changed++;
      }
    }
    assertThat(changed).isGreaterThanOrEqualTo(15);
  }

  @Test
  void whoReadsARowThatWasNotWrittenGetsNoNumbers() {
    KvMemory memory = new KvMemory(2, 4);
    TinyModel model = new TinyModel(1);
    int[] pages = {0, 1};

    float[][] logits = model.forward(new int[] {7}, 4, pages, memory, 1);

    assertThat(logits[0][0]).isNaN();
    assertThat(TinyModel.choose(logits[0], 0)).isZero();
  }

  @Test
  void runnersUpComeInTheOrderOfTheirLogits() {
    float[] logits = {1, 4, 2, 4, 3};

    assertThat(IntStream.range(0, 5).map(rank -> TinyModel.choose(logits, rank)))
        .containsExactly(1, 3, 4, 2, 0);
  }
}
