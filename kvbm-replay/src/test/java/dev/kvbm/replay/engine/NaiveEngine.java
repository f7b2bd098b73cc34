package dev.kvbm.replay.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules of the loop once more, token by token and without a block manager, to compare with.
 * Blocks are names: those of the trace for prompts, request and number for what is generated.
 */
final class NaiveEngine {
  /** A request as the trace has it; ids of full blocks, and perhaps of a partial one. */
  record Job(long arrivalNanos, int input, int output, List<Integer> ids) {}

  /** What happened. */
  static final class Outcome {
    long hits;
    long accesses;
    long againHits;
    long againAccesses;
    long preemptions;
    long steps;
    long prefillTokens;
    long generated;
    long endNanos;
    long evictions;
    long registrations;
    int finished;
    int refused;
    int maxPinned;
    double queueingNanos;
    double firstTokenNanos;
    double interTokenNanos;
    long interTokens;
    double endToEndNanos;
  }

  private static final class Request {
    final Job job;
    final int number;
    final NaivePool.Lease lease = new NaivePool.Lease();
    int total;
    int computed;
    int scheduled;
    boolean applied;
    boolean yields;
    boolean admitted;
    long lastToken = -1;

    Request(Job job, int number) {
      this.job = job;
      this.number = number;
      total = job.input;
    }
  }

  private final List<Job> jobs;
  private final int[] continuations;
  private final EngineOptions options;
  private final int blockSize;
  private final int blocks;
  private final NaivePool pool;
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private final List<Request> running = new ArrayList<>();
  private final Outcome outcome = new Outcome();
  private long now;
  private int budget;
  private StepWork work = new StepWork();

  /**
   * An engine with an empty pool.
   *
   * @param continuations who goes on from each job, or -1; used with {@link Output#CONTINUED}
   */
  NaiveEngine(
      List<Job> jobs, int[] continuations, EngineOptions options, int blockSize, int blocks) {
    this.jobs = jobs;
    this.continuations = continuations;
    this.options = options;
    this.blockSize = blockSize;
    this.blocks = blocks;
    this.pool = new NaivePool(blocks);
  }

  Outcome run() {
    int next = 0;
    while (outcome.finished + outcome.refused < jobs.size()) {
      while (next < jobs.size() && hasArrived(next)) {
        long at = options.arrivals() == Arrivals.APART ? now : jobs.get(next).arrivalNanos;
        Job job = jobs.get(next);
        arrive(new Request(new Job(at, job.input, output(job), job.ids), next));
        next++;
      }
      if (!step() && next < jobs.size() && options.arrivals() == Arrivals.TRACE) {
        now = Math.max(now, jobs.get(next).arrivalNanos);
      }
    }
    outcome.evictions = pool.evictions;
    outcome.registrations = pool.registrations;
    return outcome;
  }

  private boolean hasArrived(int job) {
    return options.arrivals() == Arrivals.APART
        ? waiting.isEmpty() && running.isEmpty()
        : jobs.get(job).arrivalNanos <= now;
  }

  private int output(Job job) {
    return options.output() == Output.NONE ? 0 : job.output;
  }

  private void arrive(Request request) {
    int input = request.job.input;
    int computed = input + Math.max(0, request.job.output - 1);
    int needed = ceil(input);
    if (request.job.output > 1) {
      needed = Math.max(needed, computed / blockSize + 1);
    }
    boolean overlong = !options.chunkedPrefill() && computed > options.maxBatchedTokens();
    if (input == 0 || needed > blocks || overlong) {
      outcome.refused++;
    } else {
      waiting.addLast(request);
    }
  }

  private int ceil(int tokens) {
    return (tokens + blockSize - 1) / blockSize;
  }

  private String name(Request request, int block) {
    List<Integer> ids = request.job.ids;
    if ((block + 1) * blockSize <= request.job.input) {
      return "p" + ids.get(block);
    }
    int next = continuations[request.number];
    if (options.output() == Output.CONTINUED && next >= 0) {
      Job job = jobs.get(next);
      int ends = request.job.input + request.job.output;
      if (block < Math.min(ends, job.input) / blockSize) {
        return "p" + job.ids.get(block);
      }
    }
    return "r" + request.number + "." + block;
  }

  private List<String> names(Request request, int blockCount) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < blockCount; i++) {
      names.add(name(request, i));
    }
    return names;
  }

  private boolean step() {
    work = new StepWork();
    budget = options.maxBatchedTokens();
    boolean preempted = false;
    for (int i = 0; i < running.size() && budget > 0; i++) {
      Request request = running.get(i);
      while (!schedule(request)) {
        preempted = true;
        Request victim = running.removeLast();
        pool.release(victim.lease);
        victim.computed = 0;
        waiting.addFirst(victim);
        outcome.preemptions++;
        if (victim == request) {
          break;
        }
      }
    }
    if (!preempted || running.isEmpty()) {
      admit();
    }
    if (work.isEmpty()) {
      return false;
    }
    long start = now;
    outcome.maxPinned = Math.max(outcome.maxPinned, blocks - pool.available());
    double millis = options.cost().stepMillis(work, (long) blocks * blockSize);
    now += Math.max(1, Math.round(millis * 1e6));
    outcome.steps++;
    outcome.endNanos = now;
    outcome.prefillTokens += work.prefillTokens();
    for (Request request : List.copyOf(running)) {
      if (request.scheduled > 0) {
        end(request);
      }
    }
    assert now > start;
    return true;
  }

  private boolean isDecoding(Request request) {
    return request.computed >= request.job.input && request.total - request.computed <= 1;
  }

  private boolean schedule(Request request) {
    boolean decode = isDecoding(request);
    int chunk = decode ? 1 : Math.min(budget, request.total - request.computed);
    int target = decode ? request.total / blockSize + 1 : ceil(request.computed + chunk);
    int more = Math.max(0, target - request.lease.held());
    if (more > 0 && !pool.allocate(more, request.lease)) {
      return false;
    }
    if (decode) {
      work.addDecode(request.total);
    } else {
      work.addPrefill(chunk, request.computed);
    }
    budget -= chunk;
    request.scheduled = chunk;
    if (options.sharing() == Sharing.WITHIN_STEP) {
      apply(request);
    }
    return true;
  }

  private void admit() {
    while (budget > 0 && running.size() < options.maxSequences() && !waiting.isEmpty()) {
      Request request = waiting.peekFirst();
      List<String> names =
          names(request, Math.min(request.total / blockSize, (request.total - 1) / blockSize));
      int present = pool.present(names);
      boolean whole = options.admission() == Admission.WHOLE_PROMPT;
      if (whole && ceil(request.total) - present > pool.available()) {
        return;
      }
      if (!options.chunkedPrefill() && request.total - present * blockSize > budget) {
        return;
      }
      int full = request.total / blockSize;
      int matched = pool.match(names, request.lease);
      request.computed = matched * blockSize;
      if ((whole && ceil(request.total) - matched > pool.available()) || !schedule(request)) {
        pool.release(request.lease);
        request.computed = 0;
        return;
      }
      waiting.removeFirst();
      running.add(request);
      if (request.admitted) {
        outcome.againHits += matched;
        outcome.againAccesses += full;
      } else {
        request.admitted = true;
        outcome.hits += matched;
        outcome.accesses += request.job.input / blockSize;
        outcome.queueingNanos += now - request.job.arrivalNanos;
      }
    }
  }

  /** The work is computed: positions, names, the next token. */
  private void apply(Request request) {
    int before = request.total;
    request.computed += request.scheduled;
    request.applied = true;
    if (request.computed == before) {
      request.yields = true;
      if (request.total - request.job.input < request.job.output) {
        request.total++;
        outcome.generated++;
      }
    }
    for (int block = request.lease.registered.size();
        (block + 1) * blockSize <= request.computed;
        block++) {
      pool.register(name(request, block), request.lease);
    }
  }

  private void end(Request request) {
    if (!request.applied) {
      apply(request);
    }
    request.applied = false;
    request.scheduled = 0;
    if (!request.yields) {
      return;
    }
    request.yields = false;
    if (request.lastToken < 0) {
      outcome.firstTokenNanos += now - request.job.arrivalNanos;
    } else {
      outcome.interTokenNanos += now - request.lastToken;
      outcome.interTokens++;
    }
    request.lastToken = now;
    if (request.total - request.job.input >= request.job.output) {
      pool.release(request.lease);
      running.remove(request);
      outcome.finished++;
      outcome.endToEndNanos += now - request.job.arrivalNanos;
    }
  }
}
