package dev.kvbm.examples.tiny;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.scheduling.BlockCopy;
import dev.kvbm.logical.scheduling.Fork;
import dev.kvbm.logical.scheduling.SchedulableSequence;
import dev.kvbm.logical.scheduling.SequenceState;
import dev.kvbm.logical.tier.G1;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Continuous batching: each step takes the blocks for as many tokens as fit, computes them, and
 * tells the library what was computed. Who does not fit waits; if somebody who has begun does not
 * fit, the youngest gives its blocks back and comes in again later.
 *
 * <p>The library decides which block is whose, {@link KvMemory} has the bytes, {@link TinyModel}
 * computes. Single owner, not thread-safe.
 */
final class TinyEngine implements AutoCloseable {
  private final TinyModel model;
  private final BlockManager<G1> manager;
  private final KvMemory memory;
  private final Settings settings;
  private final Tally tally = new Tally();
  private final Deque<Answer> waiting = new ArrayDeque<>();
  private final List<Answer> running = new ArrayList<>();
  private final List<Answer> finished = new ArrayList<>();
  private long arrivals;
  private int budget;

  TinyEngine(TinyModel model, BlockManager<G1> manager, KvMemory memory, Settings settings) {
    this.model = model;
    this.manager = manager;
    this.memory = memory;
    this.settings = settings;
  }

  Tally tally() {
    return tally;
  }

  /**
   * Takes a request in.
   *
   * @throws IllegalArgumentException if it would not fit if it were alone
   */
  void submit(Request request) {
    int tokens = request.prompt().length + request.answerTokens();
    int blocks = (tokens + manager.blockSize() - 1) / manager.blockSize();
    if (tokens > TinyModel.MOST_TOKENS || blocks > manager.totalBlocks()) {
      throw new IllegalArgumentException(
          "a request of " + tokens + " tokens needs " + blocks + " blocks and can never run");
    }
    int separate = settings.forkAnswers() ? 1 : request.answers();
    for (int number = 0; number < separate; number++) {
      waiting.add(newAnswer(request, number));
    }
  }

  private Answer newAnswer(Request request, int number) {
    long arrival = arrivals++;
    SchedulableSequence<G1> sequence =
        SchedulableSequence.builder(manager)
            .tokens(request.prompt())
            .maxOutputTokens(request.answerTokens())
            .salt(settings.prefixCache() ? null : "answer " + arrival) // shares with nobody
            .publication(settings.publication())
            .build();
    return new Answer(request, number, arrival, sequence);
  }

  /**
   * Computes the next tokens of as many answers as possible.
   *
   * @return whether anything is left to do
   */
  boolean step() {
    schedule();
    compute();
    apply();
    tally.steps++;
    return !(waiting.isEmpty() && running.isEmpty());
  }

  /** The answers that were completed since the last call. */
  List<Answer> takeFinished() {
    List<Answer> taken = List.copyOf(finished);
    finished.clear();
    return taken;
  }

  // --------------- schedule: who gets blocks ---------------

  private void schedule() {
    budget = settings.stepTokens();
    int preemptions = tally.preemptions;
    for (Answer answer : List.copyOf(running)) {
      // Whoever was preempted for an older one is not among those that run any more.
      while (running.contains(answer) && budget > 0 && !plan(answer)) {
        preempt(running.stream().max(Comparator.comparingLong(a -> a.arrival)).orElseThrow());
      }
    }
    boolean room = tally.preemptions == preemptions;
    while (room && budget > 0 && !waiting.isEmpty() && running.size() < settings.mostRunning()) {
      room = enter(waiting.getFirst());
      if (room) {
        running.add(waiting.removeFirst());
      }
    }
  }

  /** Schedules the next tokens of an answer; false if the pool has not the blocks. */
  private boolean plan(Answer answer) {
    int held = answer.sequence.heldBlocks();
    boolean planned =
        answer.sequence.isPrefillComplete() ? planDecode(answer) : planPrefill(answer);
    if (planned) {
      lease(answer, held);
      budget -= answer.step.length;
    }
    return planned;
  }

  private boolean planPrefill(Answer answer) {
    int chunk = Math.min(budget, answer.sequence.tailTokens());
    if (!answer.sequence.schedulePrefill(chunk).isAllocated()) {
      return false;
    }
    answer.plan(chunk);
    return true;
  }

  private boolean planDecode(Answer answer) {
    int[] draft = Draft.after(answer.sequence, mostGuesses(answer));
    if (draft.length > 0
        && answer.sequence.scheduleSpeculative(draft.length + 1).isAllocated()) { // and its own
      answer.plan(1, draft);
      return true;
    }
    if (!answer.sequence.scheduleDecode().isAllocated()) { // nobody is preempted for guesses
      return false;
    }
    answer.plan(1);
    return true;
  }

  /** As many as settings, budget, output and the next fork leave room for, perhaps none. */
  private int mostGuesses(Answer answer) {
    SchedulableSequence<G1> sequence = answer.sequence;
    int yield = sequence.remainingTokens();
    if (isToBeForked(answer)) {
      yield = Math.min(yield, answer.request.branchAt() - sequence.generatedTokens());
    }
    return Math.min(settings.mostGuesses(), Math.min(budget, yield) - 1);
  }

  /** The blocks behind the first {@code known} ones are new; their content is somebody else's. */
  private void lease(Answer answer, int known) {
    for (int i = known; i < answer.sequence.heldBlocks(); i++) {
      memory.poison(answer.sequence.blockId(i));
    }
  }

  /** Gives an answer the blocks that it finds, and those of its first step. */
  private boolean enter(Answer answer) {
    SchedulableSequence<G1> sequence = answer.sequence;
    if (!answer.preempted) {
      sequence.matchAndAddPrefix();
    } else if (!sequence.reacquire().isAllocated()) {
      return false;
    }
    lease(answer, sequence.prefixMatchedBlocks());
    if (!plan(answer)) {
      sequence.release();
      return false;
    }
    tally.cachedTokens += sequence.prefixMatchedBlocks() * sequence.blockSize();
    return true;
  }

  private void preempt(Answer answer) {
    if (answer.isPlanned()) {
      budget += answer.step.length;
      answer.sequence.revertSchedule();
      answer.planNothing();
    }
    answer.sequence.release(); // what was published may be found again, or evicted
    answer.preempted = true;
    running.remove(answer);
    waiting.addFirst(answer);
    tally.preemptions++;
  }

  // --------------- compute: the model, which sees a page table only ---------------

  private void compute() {
    for (Answer answer : running) {
      if (answer.isPlanned()) {
        int[] pages = answer.sequence.pageTable();
        int wanted = answer.yieldsToken() ? answer.guesses + 1 : 0;
        answer.logits =
            model.forward(answer.step, answer.sequence.kvPosition(), pages, memory, wanted);
      }
    }
  }

  // --------------- apply: the library hears what was computed ---------------

  private void apply() {
    for (Answer answer : List.copyOf(running)) {
      if (answer.isPlanned()) {
        apply(answer);
        answer.planNothing();
        if (answer.sequence.isComplete()) {
          finish(answer);
        } else if (isToBeForked(answer)
            && answer.sequence.generatedTokens() == answer.request.branchAt()) {
          fork(answer);
        }
      }
    }
  }

  private void apply(Answer answer) {
    SchedulableSequence<G1> sequence = answer.sequence;
    int[] tokens = accept(answer);
    switch (sequence.state()) {
      case SequenceState.PrefillScheduled scheduled -> {
        tally.prefilledTokens += scheduled.tokens();
        if (tokens.length == 0) {
          sequence.applyPrefill();
        } else {
          sequence.applyPrefill(tokens[0]);
        }
      }
      case SequenceState.DecodeScheduled _ -> sequence.applyDecode(tokens[0]);
      case SequenceState.SpeculativeScheduled _ -> {
        tally.guesses += answer.guesses;
        tally.rightGuesses += tokens.length - 1;
        sequence.applySpeculative(tokens);
      }
      case SequenceState.Idle _, SequenceState.Closed _ -> throw new IllegalStateException();
    }
  }

  /** The tokens that the step yields: as long as guesses are right, and one of the model's own. */
  private static int[] accept(Answer answer) {
    int[] tokens = new int[answer.logits.length];
    int first = answer.sequence.generatedTokens();
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = answer.request.choose(answer.number, first + i, answer.logits[i]);
      boolean guessed =
          i < answer.guesses && tokens[i] == answer.step[answer.step.length - answer.guesses + i];
      if (!guessed) {
        return Arrays.copyOf(tokens, i + 1);
      }
    }
    return tokens;
  }

  private boolean isToBeForked(Answer answer) {
    return settings.forkAnswers()
        && answer.number == 0
        && answer.request.answers() > 1
        && answer.sequence.generatedTokens() <= answer.request.branchAt();
  }

  /** The other answers go on from here: they share what is published and copy the rest. */
  private void fork(Answer answer) {
    Request request = answer.request;
    for (int number = 1; number < request.answers(); number++) {
      Optional<Fork<SchedulableSequence<G1>>> forked = answer.sequence.fork();
      if (forked.isEmpty()) {
        waiting.add(newAnswer(request, number)); // no room to copy: on its own, then
        continue;
      }
      Answer child = new Answer(request, number, arrivals++, forked.get().child());
      lease(child, child.sequence.assignedBlocks());
      for (BlockCopy copy : forked.get().copies()) {
        memory.copy(copy);
        tally.copiedBlocks++;
      }
      running.add(child);
      tally.forks++;
    }
  }

  private void finish(Answer answer) {
    answer.sequence.close();
    running.remove(answer);
    finished.add(answer);
  }

  /** Gives all blocks back, in the middle of whatever. */
  @Override
  public void close() {
    running.forEach(answer -> answer.sequence.close());
    waiting.forEach(answer -> answer.sequence.close());
    running.clear();
    waiting.clear();
  }
}
