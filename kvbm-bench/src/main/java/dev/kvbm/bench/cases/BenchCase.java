package dev.kvbm.bench.cases;

/**
 * One case: a state, and work on it that leaves the state as it was.
 *
 * <p>One thread at a time. Whoever times it calls {@link #prepare}, {@link #run} (timed) and {@link
 * #tidy} in turn; cases that do not {@linkplain #isPrepared need preparation} are run back to back.
 */
public abstract class BenchCase implements AutoCloseable {

  /** Whether each run needs {@link #prepare} and {@link #tidy}. */
  public boolean isPrepared() {
    return false;
  }

  /** Makes ready for one run. Not timed. */
  public void prepare() {}

  /**
   * The work.
   *
   * @return something that depends on all of it; {@link #expected} if all went well
   */
  public abstract long run();

  /** Puts back what a run left. Not timed. */
  public void tidy() {}

  /** How many operations a run is made of. */
  public int operations() {
    return 1;
  }

  /** What {@link #run} returns. */
  public abstract long expected();

  /**
   * Checks that between runs nothing is held that was not held at the start.
   *
   * @throws IllegalStateException if that is not so
   */
  public void check() {}

  /** Gives up the state. */
  @Override
  public void close() {}
}
