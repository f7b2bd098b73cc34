package dev.kvbm.examples.tiny;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.scheduling.BlockCopy;
import dev.kvbm.logical.scheduling.Publication;
import dev.kvbm.logical.tier.G1;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the comparison of answers is worth: with a defect in the bookkeeping or in the bytes,
 * answers are wrong. Each run is made twice, without the defect as well.
 *
 * <p>The timing of the reference, {@link Publication#REFERENCE}, is such a defect. Blocks of 8.
 */
class PlantedDefectsTest {
  private static final int BLOCK_SIZE = 8;

  private final TinyModel model = new TinyModel(3);
  private final SplittableRandom random = new SplittableRandom(3);

  private static BlockManager<G1> manager(int blocks) {
    return BlockManager.builder(G1.TIER)
        .blocks(blocks)
        .blockSize(BLOCK_SIZE)
        .registry(BlockRegistry.create())
        .build();
  }

  private static Settings settings(Publication publication) {
    return Settings.PLAIN.withPrefixCache().withPublication(publication);
  }

  private int[] tokens(int n) {
    return random.ints(n, 0, TinyModel.VOCABULARY).toArray();
  }

  private int[] expected(Request request, int answer) {
    return PlainLoop.answer(model, request, answer);
  }

  /** Runs the engine until nothing is left to do; answers in the order of request and number. */
  private static List<int[]> answers(TinyEngine engine, Request... requests) {
    for (Request request : requests) {
      engine.submit(request);
    }
    List<Answer> answers = new ArrayList<>();
    boolean more = true;
    while (more) {
      more = engine.step();
      answers.addAll(engine.takeFinished());
    }
    return answers.stream()
        .sorted(
            (a, b) ->
                a.request.id() != b.request.id()
                    ? Integer.compare(a.request.id(), b.request.id())
                    : Integer.compare(a.number, b.number))
        .map(Answer::tokens)
        .toList();
  }

  private static void assertRightUnless(boolean defect, int[] answer, int[] expected) {
    assertThat(Arrays.equals(answer, expected))
        .as("%s instead of %s", Arrays.toString(answer), Arrays.toString(expected))
        .isEqualTo(!defect);
  }

  /** Row ★1: a block is published with its first chunk, and the client hangs up. */
  @ParameterizedTest
  @EnumSource
  void theReferenceTimingServesBlocksOfWhichAChunkIsComputed(Publication publication) {
    BlockManager<G1> manager = manager(64);
    KvMemory memory = new KvMemory(64, BLOCK_SIZE);
    Request request = new Request(0, tokens(30), 10, 1, 1);

    Settings chunks = settings(publication).withStepTokens(12);
    try (TinyEngine engine = new TinyEngine(model, manager, memory, chunks)) {
      engine.submit(request);
      engine.step();
    }

    try (TinyEngine engine = new TinyEngine(model, manager, memory, chunks)) {
      int[] answer = answers(engine, request).getFirst();
      assertRightUnless(publication == Publication.REFERENCE, answer, expected(request, 0));
      assertThat(engine.tally().cachedTokens)
          .isEqualTo(publication == Publication.REFERENCE ? 16 : 8);
    }
  }

  /** Row ★2: the last token of an answer fills a block and is never computed. */
  @ParameterizedTest
  @EnumSource
  void theReferenceTimingServesABlockWhoseLastTokenIsNotComputed(Publication publication) {
    BlockManager<G1> manager = manager(64);
    KvMemory memory = new KvMemory(64, BLOCK_SIZE);
    Request question = new Request(0, tokens(22), 10, 1, 1);
    int[] text = Arrays.copyOf(question.prompt(), 32 + 5);
    System.arraycopy(expected(question, 0), 0, text, 22, 10);
    System.arraycopy(tokens(5), 0, text, 32, 5);
    Request next = new Request(1, text, 10, 1, 1);

    try (TinyEngine engine = new TinyEngine(model, manager, memory, settings(publication))) {
      assertThat(answers(engine, question)).containsExactly(expected(question, 0));
      int[] answer = answers(engine, next).getFirst();
      assertRightUnless(publication == Publication.REFERENCE, answer, expected(next, 0));
    }
  }

  /** Row ★3: who comes back after a preemption believes that fresh blocks have content. */
  @ParameterizedTest
  @EnumSource
  void theReferenceTimingServesBlocksThatWereEvictedMeanwhile(Publication publication) {
    BlockManager<G1> manager = manager(8);
    KvMemory memory = new KvMemory(8, BLOCK_SIZE);
    Request first = new Request(0, tokens(20), 35, 1, 1);
    Request second = new Request(1, tokens(20), 35, 1, 1);

    try (TinyEngine engine = new TinyEngine(model, manager, memory, settings(publication))) {
      List<int[]> answers = answers(engine, first, second);
      assertThat(engine.tally().preemptions).isPositive();
      assertThat(answers.getFirst()).isEqualTo(expected(first, 0));
      assertRightUnless(publication == Publication.REFERENCE, answers.get(1), expected(second, 0));
    }
  }

  private static final class ForgetfulMemory extends KvMemory {
    private final boolean forgets;

    ForgetfulMemory(boolean forgets) {
      super(64, BLOCK_SIZE);
      this.forgets = forgets;
    }

    @Override
    void copy(BlockCopy copy) {
      if (!forgets) {
        super.copy(copy);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aForkWhoseBlockIsNotCopiedAnswersSomethingElse(boolean forgets) {
    KvMemory memory = new ForgetfulMemory(forgets);
    Request request = new Request(0, tokens(20), 20, 2, 7);
    Settings forks = settings(Publication.WHEN_COMPUTED).withForks();

    try (TinyEngine engine = new TinyEngine(model, manager(64), memory, forks)) {
      List<int[]> answers = answers(engine, request);
      assertThat(engine.tally().copiedBlocks).isEqualTo(1);
      assertThat(answers.getFirst()).isEqualTo(expected(request, 0));
      assertRightUnless(forgets, answers.get(1), expected(request, 1));
    }
  }

  /** Two blocks in one place: what goes wrong if ids and bytes are mapped differently. */
  private static final class CrampedMemory extends KvMemory {
    private final int places;

    CrampedMemory(int places) {
      super(64, BLOCK_SIZE);
      this.places = places;
    }

    @Override
    int keyAt(int[] pages, int layer, int position) {
      return super.keyAt(cramped(pages), layer, position);
    }

    @Override
    int valueAt(int[] pages, int layer, int position) {
      return super.valueAt(cramped(pages), layer, position);
    }

    private int[] cramped(int[] pages) {
      return Arrays.stream(pages).map(page -> page % places).toArray();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 7})
  void twoBlocksInOnePlaceSpoilEachOther(int places) {
    KvMemory memory = new CrampedMemory(places);
    Request first = new Request(0, tokens(20), 10, 1, 1);
    Request second = new Request(1, tokens(20), 10, 1, 1);
    Settings settings = settings(Publication.WHEN_COMPUTED);

    try (TinyEngine engine = new TinyEngine(model, manager(64), memory, settings)) {
      int[] answer = answers(engine, first, second).getFirst();
      assertRightUnless(places < 8, answer, expected(first, 0));
    }
  }

  @Test
  void aRequestThatCanNeverRunIsRefused() {
    try (TinyEngine engine =
        new TinyEngine(model, manager(4), new KvMemory(4, BLOCK_SIZE), Settings.PLAIN)) {
      engine.submit(new Request(0, tokens(20), 12, 1, 1));
      assertThatThrownBy(() -> engine.submit(new Request(1, tokens(20), 13, 1, 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("33 tokens needs 5 blocks");
    }
  }
}
