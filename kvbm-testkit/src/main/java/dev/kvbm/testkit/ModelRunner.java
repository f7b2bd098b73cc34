package dev.kvbm.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Drives a system and a naive model of it with the same random operations until they disagree, and
 * shrinks what made them disagree to a script that a human can read.
 *
 * <pre>{@code
 * ModelRunner<Step> runner = new ModelRunner<>(seed -> new QueueModel(new Random(seed)));
 * runner.run(4711, 1_000);   // AssertionError with seed and script if they disagree
 * }</pre>
 *
 * <p>Shrinking removes operations and runs the rest again, as long as it still fails. So an
 * operation must mean something whatever came before it: let it name things by a number that is
 * taken modulo how many there are, and do nothing if there are none. A run must depend on nothing
 * but the seed and the operations.
 *
 * <p>Not thread-safe.
 *
 * @param <O> an operation; its text is a line of the script
 */
public final class ModelRunner<O> {

  /**
   * One system beside its model, from the beginning.
   *
   * @param <O> an operation
   */
  public interface Model<O> {

    /**
     * Draws an operation that is interesting now. Changes nothing.
     *
     * @param random the only source of chance
     * @return the operation; it has to mean something in any other state, too
     */
    O draw(Random random);

    /**
     * Does it to both and compares them.
     *
     * @param operation drawn here, or in another run of the same seed
     * @throws AssertionError if they disagree; any other exception counts as a disagreement too
     */
    void apply(O operation);

    /** Ends the run: a last comparison, or the giving back of what is held. */
    default void finish() {}
  }

  /** How often the rest is tried again while shrinking. */
  private static final int MAX_SHRINK_RUNS = 3_000;

  private final LongFunction<? extends Model<O>> models;
  private long operationsTried;

  /**
   * A runner.
   *
   * @param models makes a model at its beginning; the seed is there for what is random about the
   *     beginning, and the same for every run of one script
   */
  public ModelRunner(LongFunction<? extends Model<O>> models) {
    this.models = Objects.requireNonNull(models, "models is null");
  }

  /** {@return operations applied by all runs so far, those of shrinking not counted} */
  public long operationsTried() {
    return operationsTried;
  }

  /**
   * Applies random operations until system and model disagree or all were applied.
   *
   * @param seed decides everything about the run
   * @param operations how many
   * @throws ModelFailure if system and model disagree
   */
  public void run(long seed, int operations) {
    Model<O> model = models.apply(seed);
    Random random = new Random(seed);
    List<O> script = new ArrayList<>();
    try {
      for (int i = 0; i < operations; i++) {
        O operation = model.draw(random);
        script.add(operation);
        operationsTried++;
        model.apply(operation);
      }
      model.finish();
    } catch (AssertionError | RuntimeException e) {
      throw failure(seed, script, e);
    }
  }

  /**
   * Runs one seed after the other, from {@code firstSeed}, until the time is over; at least one.
   *
   * @param nanos how long to go on, in nanoseconds; no run is cut short
   * @param firstSeed the seed of the first run; each following run adds 1
   * @param operationsEach how many operations a run has
   * @return how many seeds were run
   * @throws ModelFailure if system and model disagree
   */
  public int runFor(long nanos, long firstSeed, int operationsEach) {
    long start = System.nanoTime();
    int runs = 0;
    do {
      run(firstSeed + runs++, operationsEach);
    } while (System.nanoTime() - start < nanos);
    return runs;
  }

  /**
   * Applies a script, for example one that a failure printed.
   *
   * @param seed the seed of the run that the script comes from
   * @param script the operations in order
   * @return what went wrong; empty if system and model agree to the end
   */
  public Optional<Throwable> replay(long seed, List<O> script) {
    Model<O> model = models.apply(seed);
    try {
      for (O operation : script) {
        model.apply(operation);
      }
      model.finish();
    } catch (AssertionError | RuntimeException e) {
      return Optional.of(e);
    }
    return Optional.empty();
  }

  private ModelFailure failure(long seed, List<O> script, Throwable first) {
    List<O> shrunk = new ArrayList<>(script);
    Throwable cause = first;
    int runs = 0;
    int chunk = Math.max(1, shrunk.size() / 2);
    while (runs < MAX_SHRINK_RUNS) {
      int before = shrunk.size();
      int at = 0;
      while (at < shrunk.size() && runs < MAX_SHRINK_RUNS) {
        List<O> fewer = new ArrayList<>(shrunk.subList(0, at));
        fewer.addAll(shrunk.subList(Math.min(shrunk.size(), at + chunk), shrunk.size()));
        runs++;
        Optional<Throwable> failed = replay(seed, fewer);
        if (failed.isPresent()) {
          shrunk = fewer;
          cause = failed.get();
        } else {
          at += chunk;
        }
      }
      if (chunk == 1 && shrunk.size() == before) {
        break;
      }
      chunk = Math.max(1, chunk / 2);
    }
    return new ModelFailure(seed, script.size(), shrunk, cause);
  }

  /** System and model disagree. The message names the seed and lists the shrunk script. */
  public static final class ModelFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    /** The seed of the run. */
    private final long seed;

    private final transient List<?> script;

    private ModelFailure(long seed, int operations, List<?> script, @Nullable Throwable cause) {
      super(message(seed, operations, script, cause), cause);
      this.seed = seed;
      this.script = List.copyOf(script);
    }

    /** {@return the seed of the run} */
    public long seed() {
      return seed;
    }

    /** {@return the operations that are left after shrinking, in order} */
    public List<?> script() {
      return script;
    }

    private static String message(
        long seed, int operations, List<?> script, @Nullable Throwable cause) {
      StringBuilder text = new StringBuilder();
      text.append("seed ").append(seed).append(", after ").append(operations);
      text.append(" operations, shrunk to ").append(script.size()).append(":");
      for (Object operation : script) {
        text.append("\n  ").append(operation);
      }
      return text.append('\n').append(cause).toString();
    }
  }
}
