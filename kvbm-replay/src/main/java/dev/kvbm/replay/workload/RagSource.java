package dev.kvbm.replay.workload;

import dev.kvbm.replay.trace.TraceRequest;
import java.util.Arrays;

/** The process of a {@link RagWorkload}. */
final class RagSource extends GeneratedSource<RagSource.Asker> {
  private static final int SYSTEM_PROMPT = 2;
  private static final int CHUNK = 3;
  private static final int QUESTION = 4;
  private static final int FRESH_QUESTION = 5;
  private static final int SHELF = 6;

  static final class Asker extends GeneratedSource.Session {
    private final Prompt prompt;
    private int turnsLeft;

    Asker(Prompt prompt, int turns) {
      this.prompt = prompt;
      this.turnsLeft = turns;
    }
  }

  private final RagWorkload workload;
  private final Zipf systemPrompts;
  private final Zipf chunks;
  private final Zipf questions;
  private long freshQuestions;

  RagSource(RagWorkload workload) {
    super(workload, workload.blockSizeTokens(), workload.ratePerSecond(), workload.meanTurns());
    this.workload = workload;
    this.systemPrompts = new Zipf(workload.systemPrompts(), workload.systemPromptSkew());
    this.chunks = new Zipf(workload.chunks(), workload.chunkSkew());
    this.questions = new Zipf(workload.questions(), workload.questionSkew());
  }

  @Override
  Asker start() {
    RagWorkload w = workload;
    long system = Sampler.key(seed, SYSTEM_PROMPT, systemPrompts.draw(sampler));
    Prompt prompt = newPrompt();
    int length = new Sampler(system).tokens(w.systemPromptTokens());
    prompt.appendShared(system, length, w.maxContextTokens());
    ask(prompt);
    return new Asker(prompt, sampler.geometric(w.meanTurns()));
  }

  /** Appends a question and its chunks. All draws about the question follow from its key. */
  private void ask(Prompt prompt) {
    RagWorkload w = workload;
    long question =
        sampler.chance(w.freshQuestionShare())
            ? Sampler.key(seed, FRESH_QUESTION, freshQuestions++)
            : Sampler.key(seed, QUESTION, questions.draw(sampler));
    Sampler about = new Sampler(question);
    int limit = w.maxContextTokens();
    int length = about.tokens(w.questionTokens());
    if (w.questionFirst()) {
      prompt.appendShared(question, length, limit);
    }
    for (long chunk : retrieve(about)) {
      long key = Sampler.key(seed, CHUNK, chunk);
      prompt.appendShared(key, new Sampler(key).tokens(w.chunkTokens()), limit);
    }
    if (!w.questionFirst()) {
      prompt.appendShared(question, length, limit);
    }
  }

  private long[] retrieve(Sampler about) {
    long[] found = new long[workload.chunksPerRequest()];
    int count = 0;
    int draws = 0;
    while (count < found.length) {
      // After many repetitions the rest is filled with the most popular chunks not yet found.
      long chunk = draws < 100 * found.length ? chunks.draw(about) : draws - 100L * found.length;
      draws++;
      boolean known = false;
      for (int i = 0; i < count; i++) {
        known |= found[i] == chunk;
      }
      if (!known) {
        found[count++] = chunk;
      }
    }
    switch (workload.chunkOrder()) {
      case RANKED -> {
        // As drawn.
      }
      case POPULAR_FIRST -> Arrays.sort(found);
      case CANONICAL -> sortByShelf(found);
    }
    return found;
  }

  /** Sorts by a place that has nothing to do with popularity. Insertion sort: a handful. */
  private void sortByShelf(long[] found) {
    for (int i = 1; i < found.length; i++) {
      long chunk = found[i];
      long shelf = Sampler.key(seed, SHELF, chunk);
      int at = i;
      while (at > 0 && Sampler.key(seed, SHELF, found[at - 1]) > shelf) {
        found[at] = found[at - 1];
        at--;
      }
      found[at] = chunk;
    }
  }

  @Override
  void send(Asker asker, double atMillis, TraceRequest into) {
    RagWorkload w = workload;
    asker.prompt.describe(into);
    int response = sampler.tokens(w.responseTokens());
    into.outputTokens(response).type("rag");
    turn(asker, into);
    asker.turnsLeft--;
    int left = w.maxContextTokens() - asker.prompt.tokens() - response;
    if (asker.turnsLeft > 0 && left > 0) {
      double answered = atMillis + w.firstTokenMillis() + response * w.tokenMillis();
      asker.prompt.append(response);
      ask(asker.prompt);
      plan(asker, answered + 1_000 * sampler.logNormal(w.thinkSeconds()));
    }
  }
}
