package dev.kvbm.replay.workload;

import dev.kvbm.replay.trace.TraceRequest;
import dev.kvbm.replay.trace.TraceSource;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The clockwork behind all workloads: sessions start as a Poisson process, and each session says
 * when it sends its next request. Requests come out in order of time; equal times in the order in
 * which they were planned.
 *
 * @param <S> what a session is
 */
abstract class GeneratedSource<S extends GeneratedSource.Session> implements TraceSource {

  /** Somebody who sends requests. */
  abstract static class Session implements Comparable<Session> {
    private double atMillis;
    private long planned;
    private long lastChatId = -1;
    private int turn;

    @Override
    public final int compareTo(Session other) {
      int byTime = Double.compare(atMillis, other.atMillis);
      return byTime != 0 ? byTime : Long.compare(planned, other.planned);
    }

    @Override
    public final boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public final int hashCode() {
      return System.identityHashCode(this);
    }
  }

  final Sampler sampler;
  final long seed;
  private final String name;
  private final int requests;
  private final double meanGapMillis;
  private final BlockNames names = new BlockNames();
  private final int blockSizeTokens;
  private final TraceRequest request = new TraceRequest();
  private final PriorityQueue<S> waiting = new PriorityQueue<>();
  private double nextStartMillis;
  private long plans;
  private int given;

  /**
   * A clockwork.
   *
   * @param requestsASession how many requests a session sends on average, which turns the rate of
   *     requests into one of sessions
   */
  GeneratedSource(
      Workload workload, int blockSizeTokens, double ratePerSecond, double requestsASession) {
    this.blockSizeTokens = blockSizeTokens;
    this.name = "built-in " + workload.profile() + " workload (seed " + workload.seed() + ")";
    this.seed = workload.seed();
    this.requests = workload.requests();
    this.sampler = new Sampler(Sampler.key(seed, 0, 0));
    this.meanGapMillis = requestsASession / ratePerSecond * 1_000;
  }

  /** A new session; it is planned for the time at which it starts. */
  abstract S start();

  /**
   * Lets a session send: describes its request and plans what comes next.
   *
   * @param atMillis the present
   */
  abstract void send(S session, double atMillis, TraceRequest into);

  /** Has the session send at this time. */
  final void plan(S session, double atMillis) {
    Session base = session;
    base.atMillis = atMillis;
    base.planned = plans++;
    waiting.add(session);
  }

  /** A prompt without any text. */
  final Prompt newPrompt() {
    return new Prompt(names, blockSizeTokens);
  }

  /** Notes the request as the session's next turn. */
  final void turn(S session, TraceRequest into) {
    Session base = session;
    base.turn++;
    into.chatId(given, base.lastChatId).turn(base.turn);
    base.lastChatId = given;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final @Nullable TraceRequest next() {
    if (given == requests) {
      return null;
    }
    while (true) {
      S first = waiting.peek();
      if (first != null && ((Session) first).atMillis < nextStartMillis) {
        break;
      }
      plan(start(), nextStartMillis);
      nextStartMillis += sampler.exponential(meanGapMillis);
    }
    S session = waiting.remove();
    double atMillis = ((Session) session).atMillis;
    request.clear().arrivalNanos(((long) atMillis) * 1_000_000);
    send(session, atMillis, request);
    given++;
    return request;
  }

  @Override
  public final void close() {}
}
