package dev.kvbm.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.scheduling.AllocationResult.AllocationFailed;
import dev.kvbm.logical.scheduling.Fork;
import dev.kvbm.logical.scheduling.SchedulableSequence;
import dev.kvbm.logical.scheduling.SchedulingError;
import dev.kvbm.logical.scheduling.SchedulingException;
import dev.kvbm.logical.sequence.BlockPair;
import dev.kvbm.logical.sequence.ExternalBlockAssignments;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of {@code docs/requests.md}, run. {@link DocumentsTest} keeps the two equal. */
class RequestsGuideTest {
  private final ToyEngine engine = new ToyEngine(64, 64);
  private final BlockManager<G1> gpu =
      BlockManager.builder(G1.TIER)
          .blocks(64)
          .blockSize(16)
          .registry(BlockRegistry.create())
          .build();

  @AfterEach
  void everyBlockIsBack() {
    assertThat(gpu.availableBlocks()).isEqualTo(64);
    assertThat(gpu.invariantViolations()).isEmpty();
  }

  private static int[] prompt(int tokens) {
    return IntStream.range(0, tokens).toArray();
  }

  // @start region="request"
  SchedulableSequence<G1> admit(int[] prompt, int answerTokens) {
    SchedulableSequence<G1> request =
        SchedulableSequence.builder(gpu)
            .tokens(prompt)
            .salt("tenant-7")
            .loraName("my-lora-adapter")
            .maxOutputTokens(answerTokens)
            .build();
    request.matchAndAddPrefix();
    return request;
  }

  /** One step of the engine for one request; false if the pool is full. */
  boolean step(SchedulableSequence<G1> request) {
    if (!request.isPrefillComplete()) {
      int chunk = Math.min(512, request.tailTokens());
      if (!request.schedulePrefill(chunk).isAllocated()) {
        return false;
      }
      int next = engine.run(request, chunk);
      if (request.yieldsToken()) {
        request.applyPrefill(next);
      } else {
        request.applyPrefill(); // more chunks follow
      }
      return true;
    }
    if (!request.scheduleDecode().isAllocated()) {
      return false;
    }
    request.applyDecode(engine.run(request, 1));
    return true;
  }

  // @end

  @Test
  void oneRequestAfterTheOther() {
    try (SchedulableSequence<G1> first = admit(prompt(100), 20)) {
      while (!first.isComplete()) {
        assertThat(step(first)).isTrue();
      }
      int[] answer = first.outputTokens();
      assertThat(answer).isEqualTo(ToyEngine.answer(prompt(100), 20, 0));
    }

    try (SchedulableSequence<G1> second = admit(prompt(96), 20)) {
      assertThat(second.prefixMatchedBlocks()).isEqualTo(5); // the sixth has the last token
      while (!second.isComplete()) {
        assertThat(step(second)).isTrue();
      }
      int[] answer = second.outputTokens();
      assertThat(answer).isEqualTo(ToyEngine.answer(prompt(96), 20, 0));
    }
  }

  // @start region="preempt"
  void runAll(Deque<SchedulableSequence<G1>> waiting) {
    Deque<SchedulableSequence<G1>> running = new ArrayDeque<>();
    while (!running.isEmpty() || !waiting.isEmpty()) {
      while (!waiting.isEmpty() && running.size() < 256) {
        running.addLast(waiting.removeFirst());
      }
      for (SchedulableSequence<G1> request : List.copyOf(running)) {
        while (running.contains(request) && !step(request)) {
          SchedulableSequence<G1> victim = running.removeLast(); // came last, goes first
          victim.preempt();
          waiting.addFirst(victim);
        }
        if (request.isComplete()) {
          running.remove(request);
          request.close();
        }
      }
      if (running.isEmpty() && !waiting.isEmpty()) {
        throw new IllegalStateException("one request alone needs more blocks than there are");
      }
    }
  }

  // @end

  @Test
  void aPoolThatIsTooSmallServesAllTheSame() {
    List<SchedulableSequence<G1>> requests = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      requests.add(
          SchedulableSequence.builder(gpu)
              .tokens(IntStream.range(i * 1_000, i * 1_000 + 120).toArray())
              .maxOutputTokens(40)
              .build());
    }

    runAll(new ArrayDeque<>(requests));

    for (int i = 0; i < 12; i++) {
      int[] prompt = IntStream.range(i * 1_000, i * 1_000 + 120).toArray();
      assertThat(IntStream.range(120, 160).map(requests.get(i)::token).toArray())
          .isEqualTo(ToyEngine.answer(prompt, 40, 0));
    }
  }

  @Test
  void guessesAreCheckedInOneStep() {
    try (SchedulableSequence<G1> request = admit(prompt(40), 20)) {
      step(request);
      int[] right = ToyEngine.answer(prompt(40), 20, 0);
      int[] guesses = {right[1], right[2], right[3] + 1};

      // @start region="speculate"
      if (request.scheduleSpeculative(guesses.length + 1).isAllocated()) {
        int[] accepted = engine.verify(request, guesses); // right guesses and one token more
        request.applySpeculative(accepted);
      }
      // @end

      assertThat(request.generatedTokens()).isEqualTo(4);
      assertThat(IntStream.range(40, 44).map(request::token).toArray())
          .isEqualTo(IntStream.range(0, 4).map(i -> right[i]).toArray());
    }
  }

  @Test
  void twoSamplesOfOnePrompt() {
    SchedulableSequence<G1> request = admit(prompt(40), 20);
    step(request);

    // @start region="fork"
    Fork<SchedulableSequence<G1>> fork = request.fork().orElseThrow();
    fork.copies().forEach(engine::copy);
    SchedulableSequence<G1> sample = fork.child();
    // @end

    assertThat(fork.copies()).hasSize(1);
    while (!sample.isComplete()) {
      assertThat(step(sample)).isTrue();
      assertThat(step(request)).isTrue();
    }
    assertThat(sample.pageTable()).startsWith(request.blockId(0), request.blockId(1));
    sample.close();
    request.close();
  }

  @Test
  void anAnswerIsTakenBack() {
    SchedulableSequence<G1> request = admit(prompt(40), 20);
    while (request.generatedTokens() < 10) {
      step(request);
    }

    // @start region="truncate"
    request.truncate(40 + 4); // keep four tokens of the answer
    request.appendTokens(7, 8, 9); // what a tool said
    while (!request.isComplete() && step(request)) {}
    // @end

    assertThat(request.totalTokens()).isEqualTo(60);
    assertThat(request.token(45)).isEqualTo(8);
    request.close();
  }

  @Test
  void aCallOutOfPlaceChangesNothing() {
    SchedulableSequence<G1> request = admit(prompt(40), 20);
    int missing = 0;

    // @start region="refused"
    try {
      request.scheduleDecode();
    } catch (SchedulingException refused) {
      if (refused.error() instanceof SchedulingError.PrefillNotComplete(int from, int to)) {
        missing = to - from; // tokens to prefill first; the request is as it was
      }
    }
    // @end

    assertThat(missing).isEqualTo(40);
    assertThat(request.prefillPosition()).isZero();
    request.close();
  }

  @Test
  void aSchedulerElsewhereChoosesTheIds() {
    TokenBlockSequence text = TokenBlockSequence.of(prompt(80), 16);

    // @start region="external"
    ExternalBlockAssignments host = new ExternalBlockAssignments(0);
    host.extendBlockIds(900, 901, 902, 903, 904);
    host.assignPending(text.lineageHashes()); // five blocks have content in the host

    ExternalBlockAssignments device = new ExternalBlockAssignments(0);
    device.extendBlockIds(10, 11);
    device.assignPending(text.lineageHashes()); // two of them on the device as well
    device.extendBlockIds(10, 11, 12, 13, 14); // three more to fill

    List<BlockPair> copies = BlockPair.zipAssignedPending(host, device);
    // @end

    assertThat(copies)
        .containsExactly(
            new BlockPair(2, 902, 12), new BlockPair(3, 903, 13), new BlockPair(4, 904, 14));
  }

  @Test
  void aFullPoolIsAResult() {
    SchedulableSequence<G1> request = admit(prompt(2_000), 1);

    assertThat(request.schedulePrefill(2_000)).isEqualTo(new AllocationFailed(125));
    request.close();
  }
}
