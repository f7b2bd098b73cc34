package dev.kvbm.logical.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.frequency.TinyLfuSketch;
import dev.kvbm.logical.frequency.TinyLfuTracker;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many requests over a pool that is always too small: chunks, decode, speculation, preemption,
 * aborts, forks, cuts and shared prefixes in random order. After every step, what an engine would
 * read is there, what others can find is right, and no block is lost or shared by mistake.
 */
class RequestModelTest {
  private static final int STEPS = 1_200;
  private static final int MOST_LIVE = 10;

  @ParameterizedTest(name = "seeds from {0}")
  @ValueSource(longs = {100, 200, 300, 400})
  void noStepLosesSharesOrPublishesABlockWrongly(long firstSeed) {
    for (long seed = firstSeed; seed < firstSeed + 25; seed++) {
      long[] steps = steps(seed);
      if (new Run(seed, steps).failure() != null) {
        throw shrunk(seed, steps);
      }
    }
  }

  /** A step is what a generator with this seed chooses, whatever came before. */
  private static long[] steps(long seed) {
    return new Random(seed).longs(STEPS).toArray();
  }

  /** Leaves steps out, more and more of them one by one, as long as the rest still fails. */
  private static AssertionError shrunk(long seed, long[] failing) {
    long[] steps = failing;
    for (int chunk = steps.length / 2; chunk > 0; chunk /= 2) {
      for (int from = 0; from < steps.length; ) {
        int to = Math.min(steps.length, from + chunk);
        long[] rest =
            LongStream.concat(Arrays.stream(steps, 0, from), Arrays.stream(steps, to, steps.length))
                .toArray();
        if (new Run(seed, rest).failure() != null) {
          steps = rest;
        } else {
          from = to;
        }
      }
    }
    Run run = new Run(seed, steps);
    Throwable failure = run.failure();
    return new AssertionError(
        "seed " + seed + ", " + run.manager + ", shrunk to:\n" + String.join("\n", run.log),
        failure);
  }

  @Test
  void aRunMeetsEverythingThatCanHappen() {
    Map<String, Integer> seen = new TreeMap<>();
    for (long seed = 1; seed <= 12; seed++) {
      Run run = new Run(seed, steps(seed));
      assertThat(run.failure()).isNull();
      run.seen.forEach((what, n) -> seen.merge(what, n, Integer::sum));
    }

    assertThat(seen.keySet())
        .contains(
            "new",
            "match",
            "match hit",
            "prefill",
            "prefill full",
            "decode",
            "decode full",
            "speculate",
            "speculate full",
            "revert",
            "revert after run",
            "drop",
            "release",
            "reacquire",
            "reacquire full",
            "append",
            "truncate",
            "fork",
            "fork full",
            "fork copy",
            "abort",
            "finish",
            "misuse");
    assertThat(seen.get("new")).isGreaterThan(300);
  }

  /** One seeded series of steps. */
  private static final class Run {
    private final long[] steps;
    private final Random random;
    private final BlockManager<G1> manager;
    private final ShadowEngine engine;
    private final List<SchedulableSequence<G1>> live = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final Map<String, Integer> seen = new TreeMap<>();

    Run(long seed, long[] steps) {
      this.steps = steps;
      this.random = new Random(seed);
      List<EvictionPolicy.Factory> policies =
          List.of(Eviction.lineage(), Eviction.lru(), Eviction.fifo(), Eviction.multiLru());
      manager =
          BlockManager.builder(G1.TIER)
              .blocks(16 + random.nextInt(40))
              .blockSize(1 << random.nextInt(4))
              .duplicationPolicy(
                  random.nextBoolean() ? DuplicationPolicy.ALLOW : DuplicationPolicy.REJECT)
              .eviction(policies.get(random.nextInt(policies.size())))
              .registry(
                  BlockRegistry.builder()
                      .frequencyTracker(new TinyLfuTracker(new TinyLfuSketch(64)))
                      .build())
              .build();
      engine = new ShadowEngine(manager);
    }

    /** Performs all steps; what went wrong, or null. */
    @Nullable Throwable failure() {
      try {
        for (long step : steps) {
          random.setSeed(step);
          step();
          check();
        }
        live.forEach(SchedulableSequence::close);
        live.clear();
        check();
        assertThat(manager.availableBlocks()).isEqualTo(manager.totalBlocks());
        return null;
      } catch (RuntimeException | AssertionError e) {
        return e;
      }
    }

    // --------------- steps ---------------

    private void step() {
      if (live.isEmpty() || (live.size() < MOST_LIVE && random.nextInt(6) == 0)) {
        create();
        return;
      }
      int who = random.nextInt(live.size());
      SchedulableSequence<G1> request = live.get(who);
      switch (request.state()) {
        case SequenceState.PrefillScheduled(int tokens, int _) -> applyPrefill(request, tokens);
        case SequenceState.DecodeScheduled _ -> applyDecode(request);
        case SequenceState.SpeculativeScheduled(int tokens, int _) ->
            applySpeculative(request, tokens);
        case SequenceState.Idle() -> idle(request);
        case SequenceState.Closed() -> throw new AssertionError("a closed request is live");
      }
    }

    private void note(String what, SchedulableSequence<G1> request) {
      seen.merge(what, 1, Integer::sum);
      log.add(what + ": " + request);
    }

    private void create() {
      int blockSize = manager.blockSize();
      int most = Math.max(2, manager.totalBlocks() * blockSize / 3);
      int shared = random.nextInt(most / 2 + 1);
      int topic = random.nextInt(3);
      int own = 1 + random.nextInt(most / 2 + 1);
      int[] tokens =
          IntStream.concat(
                  IntStream.range(0, shared).map(i -> 1000 * topic + i), random.ints(own, 0, 3))
              .toArray();
      SchedulableSequence<G1> request =
          SchedulableSequence.builder(manager)
              .tokens(tokens)
              .salt(random.nextInt(8) == 0 ? "other" : null)
              .maxOutputTokens(random.nextInt(4 * blockSize + 3))
              .releaseOrder(
                  random.nextBoolean() ? ReleaseOrder.TAIL_FIRST : ReleaseOrder.HEAD_FIRST)
              .build();
      live.add(request);
      note("new", request);
      if (random.nextInt(4) > 0) {
        match(request);
      }
    }

    private void match(SchedulableSequence<G1> request) {
      int matched = request.matchAndAddPrefix();
      assertThat(request.tailTokens()).as("a token is left to be computed").isPositive();
      note(matched > 0 ? "match hit" : "match", request);
    }

    private void idle(SchedulableSequence<G1> request) {
      int choice = random.nextInt(100);
      if (choice < 4) {
        end(request, "abort");
      } else if (choice < 8) {
        misuse(request);
      } else if (choice < 13) {
        fork(request);
      } else if (choice < 17) {
        truncate(request);
      } else if (choice < 20) {
        append(request);
      } else if (choice < 23) {
        int dropped = request.dropUnassigned(random.nextInt(3));
        note(dropped > 0 ? "drop" : "drop none", request);
      } else if (choice < 26) {
        request.release();
        note("release", request);
      } else if (request.heldBlocks() == 0 && choice < 60) {
        comeBack(request);
      } else if (!request.isPrefillComplete()) {
        schedulePrefill(request);
      } else if (request.isComplete()) {
        end(request, "finish");
      } else if (random.nextInt(3) == 0) {
        boolean done =
            request.scheduleSpeculative(random.nextInt(2 * manager.blockSize() + 2)).isAllocated();
        note(done ? "speculate" : "speculate full", request);
        preemptIfFull(done);
      } else {
        boolean done = request.scheduleDecode().isAllocated();
        note(done ? "decode" : "decode full", request);
        preemptIfFull(done);
      }
    }

    private void comeBack(SchedulableSequence<G1> request) {
      if (random.nextBoolean()) {
        match(request);
        return;
      }
      boolean done = request.reacquire().isAllocated();
      assertThat(request.tailTokens()).as("a token is left to be computed").isPositive();
      note(done ? "reacquire" : "reacquire full", request);
    }

    private void schedulePrefill(SchedulableSequence<G1> request) {
      int tail = request.tailTokens();
      int chunk = random.nextInt(3) == 0 ? tail : random.nextInt(tail + 1);
      boolean done = request.schedulePrefill(chunk).isAllocated();
      note(done ? "prefill" : "prefill full", request);
      preemptIfFull(done);
    }

    /** Somebody has to give way sometimes, or nobody gets on. */
    private void preemptIfFull(boolean done) {
      if (!done && random.nextBoolean()) {
        SchedulableSequence<G1> victim = live.get(random.nextInt(live.size()));
        if (victim.state() instanceof SequenceState.Idle) {
          victim.release();
          note("release", victim);
        }
      }
    }

    private void append(SchedulableSequence<G1> request) {
      int n = Math.min(request.remainingTokens(), random.nextInt(manager.blockSize() + 2));
      request.appendTokens(random.ints(n, 0, 3).toArray());
      note("append", request);
    }

    private void truncate(SchedulableSequence<G1> request) {
      int back = random.nextInt(2 * manager.blockSize() + 2);
      int length = Math.max(1, request.totalTokens() - back);
      request.truncate(length);
      note("truncate", request);
    }

    private void fork(SchedulableSequence<G1> request) {
      if (live.size() >= MOST_LIVE + 4) {
        return;
      }
      request
          .fork()
          .ifPresentOrElse(
              fork -> {
                fork.copies().forEach(engine::copy);
                live.add(fork.child());
                note(fork.copies().isEmpty() ? "fork" : "fork copy", fork.child());
              },
              () -> note("fork full", request));
    }

    private void end(SchedulableSequence<G1> request, String how) {
      note(how, request);
      request.close();
      live.remove(request);
    }

    private boolean undoneInstead(SchedulableSequence<G1> request, Runnable run) {
      int choice = random.nextInt(20);
      if (choice == 0) {
        request.revertSchedule();
        note("revert", request);
      } else if (choice == 1) {
        run.run();
        request.revertSchedule();
        note("revert after run", request);
      } else if (choice == 2) {
        end(request, "abort");
      } else {
        return false;
      }
      return true;
    }

    private void applyPrefill(SchedulableSequence<G1> request, int tokens) {
      int from = request.kvPosition();
      long[] all = engine.keysAndValues(request);
      Runnable run =
          () -> engine.compute(request, from, Arrays.copyOfRange(all, from, from + tokens));
      if (undoneInstead(request, run)) {
        return;
      }
      run.run();
      boolean last = from + tokens == request.totalTokens();
      if (last && !request.isComplete()) {
        request.applyPrefill(random.nextInt(3));
      } else {
        request.applyPrefill();
      }
      note("prefilled", request);
    }

    private void applyDecode(SchedulableSequence<G1> request) {
      int at = request.kvPosition();
      long[] all = engine.keysAndValues(request);
      Runnable run = () -> engine.compute(request, at, new long[] {all[at]});
      if (undoneInstead(request, run)) {
        return;
      }
      run.run();
      request.applyDecode(random.nextInt(3));
      note("decoded", request);
    }

    /** Guesses are right up to some point; behind it the engine has written what is wrong. */
    private void applySpeculative(SchedulableSequence<G1> request, int tokens) {
      int at = request.kvPosition();
      int accepted = random.nextInt(tokens + 1);
      int[] yielded = random.ints(accepted, 0, 3).toArray();
      long[] right =
          ShadowEngine.keysAndValues(
              request.saltHash(),
              IntStream.concat(Arrays.stream(ShadowEngine.tokens(request)), Arrays.stream(yielded))
                  .toArray());
      long[] written = new long[Math.max(1, tokens)];
      Arrays.fill(written, -1);
      System.arraycopy(right, at, written, 0, Math.max(1, accepted));
      Runnable run = () -> engine.compute(request, at, written);
      if (undoneInstead(request, run)) {
        return;
      }
      run.run();
      request.applySpeculative(yielded);
      note("speculated", request);
    }

    /** Calls out of place; each must say so and change nothing. */
    private void misuse(SchedulableSequence<G1> request) {
      String before = Requests.picture(request);
      List<Runnable> calls = new ArrayList<>();
      calls.add(request::revertSchedule);
      calls.add(() -> request.applyPrefill(1));
      calls.add(() -> request.applyDecode(1));
      calls.add(() -> request.applySpeculative(1));
      calls.add(() -> request.appendTokens(new int[request.remainingTokens() + 1]));
      if (request.isPrefillComplete()) {
        calls.add(() -> request.schedulePrefill(1));
      } else {
        calls.add(() -> request.schedulePrefill(request.tailTokens() + 1));
        calls.add(request::scheduleDecode);
      }
      if (request.heldBlocks() > 0) {
        calls.add(request::matchAndAddPrefix);
        calls.add(request::reacquire);
      }
      assertThatThrownBy(calls.get(random.nextInt(calls.size()))::run)
          .isInstanceOf(SchedulingException.class);
      assertThat(Requests.picture(request)).isEqualTo(before);
      note("misuse", request);
    }

    // --------------- checks ---------------

    private void check() {
      assertThat(manager.invariantViolations()).isEmpty();
      live.forEach(this::checkPositions);
      live.forEach(engine::checkContent);
      engine.checkPublished();
      checkOwnership();
    }

    private void checkPositions(SchedulableSequence<G1> request) {
      int kv = request.kvPosition();
      int blockSize = manager.blockSize();
      assertThat(kv).isBetween(0, request.totalTokens());
      assertThat(request.assignedBlocks()).as("%s", request).isEqualTo(kv / blockSize);
      assertThat(request.stagedBlocks()).isZero();
      assertThat(request.heldBlocks() * blockSize).isGreaterThanOrEqualTo(kv);
      assertThat(request.prefillPosition()).isEqualTo(Math.min(kv, request.inputTokens()));
      assertThat(request.tailTokens()).isEqualTo(request.totalTokens() - kv);
      assertThat(request.totalTokens())
          .isEqualTo(request.inputTokens() + request.generatedTokens());
      assertThat(request.generatedTokens()).isLessThanOrEqualTo(request.maxOutputTokens());
    }

    private void checkOwnership() {
      Set<Integer> exclusive = new HashSet<>();
      Set<Integer> shared = new HashSet<>();
      int unassigned = 0;
      int assigned = 0;
      for (SchedulableSequence<G1> request : live) {
        int[] pages = request.pageTable();
        unassigned += request.unassignedBlocks();
        assigned += request.assignedBlocks();
        for (int i = 0; i < pages.length; i++) {
          if (i < request.assignedBlocks()) {
            shared.add(pages[i]);
          } else {
            assertThat(exclusive.add(pages[i])).as("block %s has one owner", pages[i]).isTrue();
          }
        }
        assertThat(Arrays.stream(pages).distinct().count()).isEqualTo(pages.length);
      }
      shared.retainAll(exclusive);
      assertThat(shared).as("blocks that are published and written to").isEmpty();
      MetricsSnapshot metrics = manager.metrics();
      assertThat(metrics.inflightMutable()).isEqualTo(unassigned);
      assertThat(metrics.inflightImmutable()).isEqualTo(assigned);
    }
  }
}
