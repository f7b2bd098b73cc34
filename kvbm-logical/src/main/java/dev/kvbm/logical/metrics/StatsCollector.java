package dev.kvbm.logical.metrics;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the latest samples of one pool and how fast its counters grow: for schedulers and
 * dashboards inside the process, without a metrics system.
 *
 * <p>Samples are taken by {@link #sample}, or regularly after {@link #start}. A collector begins
 * disabled and samples nothing then; {@code start} enables it. After a pause the next sample tells
 * of the change over the whole pause.
 *
 * <p>Thread-safe. A sample costs one snapshot of the pool; reading costs the pool nothing.
 */
public final class StatsCollector implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(StatsCollector.class.getName());

  // State: everything below is guarded by the monitor. The scheduler's task may run once more after
  // close(): it finds the collector closed. The source is read under the monitor, so that samples
  // are in the order of their snapshots; a source knows nothing of the collector.

  private final PoolMetricsSource source;
  private final StatsConfig config;
  private final LongSupplier nanoClock;
  private final ArrayDeque<StatsSample> window = new ArrayDeque<>();
  private boolean enabled;
  private boolean closed;
  private boolean failureLogged;
  private @Nullable Runnable stop;

  /**
   * A disabled collector with {@link StatsConfig#DEFAULT} and {@link System#nanoTime}.
   *
   * @param source the pool, usually a block manager
   */
  public StatsCollector(PoolMetricsSource source) {
    this(source, StatsConfig.DEFAULT, System::nanoTime);
  }

  /**
   * A disabled collector.
   *
   * @param source the pool, usually a block manager
   * @param config how many samples to keep, and how often {@link #start} takes one
   * @param nanoClock a clock that never goes back, in nanoseconds
   */
  public StatsCollector(PoolMetricsSource source, StatsConfig config, LongSupplier nanoClock) {
    this.source = Objects.requireNonNull(source, "source is null");
    this.config = Objects.requireNonNull(config, "config is null");
    this.nanoClock = Objects.requireNonNull(nanoClock, "clock is null");
  }

  /** {@return whether samples are taken} */
  public synchronized boolean isEnabled() {
    return enabled;
  }

  /**
   * Switches sampling on or off. Samples that were taken stay.
   *
   * @param enabled whether samples are taken from now on
   */
  public synchronized void setEnabled(boolean enabled) {
    this.enabled = enabled;
  }

  /**
   * Takes a sample now; does nothing while disabled or closed.
   *
   * @return whether it took one
   */
  public synchronized boolean sample() {
    if (!enabled || closed) {
      return false;
    }
    MetricsSnapshot values = source.metrics();
    long now = nanoClock.getAsLong();
    StatsSample before = window.peekLast();
    if (window.size() == config.windowSamples()) {
      window.removeFirst();
    }
    window.addLast(
        before == null ? StatsSample.first(now, values) : StatsSample.after(before, now, values));
    return true;
  }

  /** {@return the newest sample; empty if none was taken} */
  public synchronized Optional<StatsSample> latest() {
    return Optional.ofNullable(window.peekLast());
  }

  /**
   * Returns the newest samples, the oldest of them first.
   *
   * @param n how many at most
   * @return an immutable list, shorter if fewer are kept
   * @throws IllegalArgumentException if {@code n} is negative
   */
  public synchronized List<StatsSample> window(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("cannot return " + n + " samples");
    }
    List<StatsSample> all = new ArrayList<>(window);
    return List.copyOf(all.subList(Math.max(0, all.size() - n), all.size()));
  }

  /**
   * Enables the collector and samples in the background until {@link #close}: at once, and then at
   * every interval, on a virtual thread.
   *
   * @throws IllegalStateException if the collector was started or closed before
   */
  public void start() {
    start(Scheduler.onVirtualThread("kvbm-stats-" + source.name()));
  }

  /**
   * {@link #start()} with a scheduler of the caller's.
   *
   * @param scheduler calls the collector until it is closed
   * @throws IllegalStateException if the collector was started or closed before
   */
  public synchronized void start(Scheduler scheduler) {
    if (closed || stop != null) {
      throw new IllegalStateException(
          "the statistics of "
              + source.name()
              + (closed ? " are closed; make a new collector" : " are being collected already"));
    }
    enabled = true;
    stop = scheduler.repeat(config.sampleInterval(), this::sampleInBackground);
  }

  /** Ends sampling for ever. What was sampled stays readable. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    enabled = false;
    if (stop != null) {
      stop.run();
      stop = null;
    }
  }

  private synchronized void sampleInBackground() {
    try {
      sample();
    } catch (RuntimeException e) {
      if (!failureLogged) {
        failureLogged = true;
        LOGGER.log(
            System.Logger.Level.WARNING,
            "cannot sample " + source.name() + "; later failures are not logged",
            e);
      }
    }
  }

  /** Runs a task again and again. */
  @FunctionalInterface
  public interface Scheduler {

    /**
     * Runs {@code task} at once and then every {@code interval}, not on the calling thread and
     * never twice at the same time. The task does not throw.
     *
     * @param interval the time between two runs
     * @param task what to run
     * @return what ends it; it may be called by the task's own thread
     */
    Runnable repeat(Duration interval, Runnable task);

    /**
     * A scheduler that gives each task a virtual thread. Runs that fall due while the task is still
     * running become one, right after it.
     *
     * @param name the name of the threads
     * @return a new scheduler
     */
    static Scheduler onVirtualThread(String name) {
      return (interval, task) -> {
        Thread thread = Thread.ofVirtual().name(name).start(() -> loop(interval, task));
        return thread::interrupt;
      };
    }

    private static void loop(Duration interval, Runnable task) {
      long due = System.nanoTime();
      while (!Thread.currentThread().isInterrupted()) {
        task.run();
        long now = System.nanoTime();
        due = Math.max(due + interval.toNanos(), now);
        try {
          Thread.sleep(Duration.ofNanos(due - now));
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }
}
