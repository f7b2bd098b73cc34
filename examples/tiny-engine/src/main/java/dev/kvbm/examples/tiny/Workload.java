package dev.kvbm.examples.tiny;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Chats with a model, and what it has to say. Several chats begin with the same system prompt; each
 * turn repeats the turns before it, with the answer that was given. Made from a seed.
 */
final class Workload {
  /** One request; {@code expected} has what each answer to it has to be. */
  private record Turn(Request request, List<int[]> expected, boolean isFirst) {}

  /** In the order of the ids; the turns of a chat follow each other. */
  private final List<Turn> turns = new ArrayList<>();

  private Workload() {}

  /** Chats of up to three turns. The answers are computed by {@link PlainLoop}. */
  static Workload of(TinyModel model, long seed, int chats) {
    SplittableRandom random = new SplittableRandom(seed);
    Workload workload = new Workload();
    int[][] systemPrompts = {tokens(random, 37), tokens(random, 52)};
    for (int chat = 0; chat < chats; chat++) {
      int[] text = systemPrompts[chat % systemPrompts.length];
      for (int turn = 0; turn <= chat % 3; turn++) {
        text = concat(text, tokens(random, random.nextInt(5, 20)));
        int[] answer = workload.add(model, random, text, turn == 0);
        text = concat(text, answer);
      }
    }
    return workload;
  }

  private int[] add(TinyModel model, SplittableRandom random, int[] prompt, boolean isFirst) {
    int answerTokens = random.nextInt(12, 20);
    int answers = random.nextInt(1, 4);
    int branchAt = random.nextInt(1, answerTokens);
    Request request = new Request(turns.size(), prompt, answerTokens, answers, branchAt);
    List<int[]> expected = new ArrayList<>();
    for (int number = 0; number < answers; number++) {
      expected.add(PlainLoop.answer(model, request, number));
    }
    turns.add(new Turn(request, expected, isFirst));
    return expected.getFirst();
  }

  private static int[] tokens(SplittableRandom random, int n) {
    return random.ints(n, 0, TinyModel.VOCABULARY).toArray();
  }

  private static int[] concat(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  int requests() {
    return turns.size();
  }

  /** Tokens of the longest request and its answer. */
  int mostTokens() {
    return turns.stream()
        .mapToInt(turn -> turn.request.prompt().length + turn.request.answerTokens())
        .max()
        .orElse(0);
  }

  int answers() {
    return turns.stream().mapToInt(turn -> turn.expected.size()).sum();
  }

  /**
   * Has all chats at once, each turn when the one before it is answered.
   *
   * @param afterStep called after each step of the engine
   * @return how many answers are as expected
   */
  int run(TinyEngine engine, Runnable afterStep) {
    turns.stream().filter(Turn::isFirst).forEach(turn -> engine.submit(turn.request));
    int right = 0;
    boolean more = true;
    while (more) {
      more = engine.step();
      afterStep.run();
      for (Answer answer : engine.takeFinished()) {
        int id = answer.request.id();
        if (Arrays.equals(answer.tokens(), turns.get(id).expected.get(answer.number))) {
          right++;
        }
        if (answer.number == 0 && id + 1 < turns.size() && !turns.get(id + 1).isFirst()) {
          engine.submit(turns.get(id + 1).request);
          more = true;
        }
      }
    }
    return right;
  }
}
