package dev.kvbm.replay.engine;

/**
 * Holds the loop to its promise to come to an end.
 *
 * <p>A round of the loop happens at one instant. It has an effect: a request arrives, is refused,
 * or gets a token computed, the last of which moves the clock. Or it has none: then nobody is
 * running and nobody waits, and the clock moves to the next arrival, which lies ahead. And every
 * request is in one place only: it has not arrived, and its arrival wakes it; or it waits or runs,
 * and the end of the step in progress wakes it; or it is finished or refused. Requests, tokens and
 * arrivals are finite, so the loop ends. A round that breaks this ends the run with an error
 * instead of turning on the spot.
 */
final class Liveness {
  private final int requests;

  Liveness(int requests) {
    this.requests = requests;
  }

  /**
   * After every round.
   *
   * @throws IllegalStateException if a request is nowhere or in two places
   */
  void everyRequestIsSomewhere(int ahead, int waiting, int running, int ended) {
    if (ahead + waiting + running + ended != requests) {
      throw broken(
          ahead
              + " requests have not arrived, "
              + waiting
              + " wait, "
              + running
              + " run, "
              + ended
              + " have ended, which is not all "
              + requests);
    }
  }

  /**
   * After a round that computed nothing.
   *
   * @throws IllegalStateException if somebody waits for a step that does not come, or the next
   *     arrival does not lie ahead
   */
  void nothingToDo(long nowNanos, int waiting, int running, long nextArrivalNanos, int ahead) {
    if (waiting + running > 0) {
      throw broken(
          "nothing was computed at "
              + nowNanos
              + " ns, but "
              + waiting
              + " requests wait and "
              + running
              + " run, and no step will wake them");
    }
    if (ahead > 0 && nextArrivalNanos <= nowNanos) {
      throw broken("nothing was done at " + nowNanos + " ns, but a request has arrived by then");
    }
  }

  private static IllegalStateException broken(String what) {
    return new IllegalStateException("the engine loop broke its liveness rule: " + what);
  }
}
