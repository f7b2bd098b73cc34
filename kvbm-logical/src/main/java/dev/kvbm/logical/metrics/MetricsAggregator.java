package dev.kvbm.logical.metrics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The pools that are exported together, in the order in which they were added.
 *
 * <p>It holds no values: an exporter calls {@link #collect}, which takes one snapshot of each pool.
 * The pools' own operations never come here, so exporting costs them nothing but the lock of a
 * snapshot at each scrape.
 *
 * <p>The label {@code pool} of a series is the name of its source: the tier's label, unless the
 * manager was given a name. If that name is taken by another source of this aggregator, the later
 * one becomes {@code name-2}, {@code name-3} and so on, the first that is free. It keeps that label
 * until it is removed, so no series changes its identity because another pool comes or goes. Give
 * managers of one tier names of their own to choose better ones.
 *
 * <p>A closed manager may still be read; remove it when its series should end.
 *
 * <p>Thread-safe.
 */
public final class MetricsAggregator {

  // State. `pools` is an immutable list, replaced as a whole under the monitor and read without it.
  // Listeners are told outside the monitor and look at the list themselves; so after the last of
  // several concurrent changes, every listener has seen a list with all of them.

  private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
  private List<MetricLabel> externalLabels = List.of();
  private volatile List<LabelledPool> pools = List.of();

  /** An aggregator without pools. */
  public MetricsAggregator() {}

  /**
   * Adds a pool behind the others.
   *
   * @param source read at every scrape from now on
   * @return the source with its labels
   * @throws IllegalArgumentException if the source was added before and not removed
   */
  public LabelledPool add(PoolMetricsSource source) {
    Objects.requireNonNull(source, "source is null");
    LabelledPool added;
    synchronized (this) {
      Set<String> taken = new HashSet<>();
      for (LabelledPool pool : pools) {
        if (isOf(pool, source)) {
          throw new IllegalArgumentException(
              "pool " + pool.pool() + " was added before; its series would appear twice");
        }
        taken.add(pool.pool());
      }
      String name = source.name();
      for (int i = 2; taken.contains(name); i++) {
        name = source.name() + "-" + i;
      }
      added = new LabelledPool(labels(name), source);
      List<LabelledPool> more = new ArrayList<>(pools);
      more.add(added);
      pools = List.copyOf(more);
    }
    listeners.forEach(Runnable::run);
    return added;
  }

  /**
   * Removes a pool; its series end with the next scrape.
   *
   * @param source what was added
   * @return whether it was there
   */
  public boolean remove(PoolMetricsSource source) {
    synchronized (this) {
      List<LabelledPool> fewer = pools.stream().filter(pool -> !isOf(pool, source)).toList();
      if (fewer.size() == pools.size()) {
        return false;
      }
      pools = fewer;
    }
    listeners.forEach(Runnable::run);
    return true;
  }

  /**
   * Replaces the labels that every series carries behind {@code pool}, also those of pools that are
   * here already.
   *
   * @param labels the labels in their order; empty for none
   * @throws IllegalArgumentException if a name occurs twice or is {@code pool}; nothing changes
   */
  public void setExternalLabels(List<MetricLabel> labels) {
    Set<String> names = new HashSet<>(Set.of(MetricLabel.POOL));
    for (MetricLabel label : labels) {
      if (!names.add(label.name())) {
        throw new IllegalArgumentException(
            label.name().equals(MetricLabel.POOL)
                ? "the label pool is the name of the manager; set it with the manager's builder"
                : "the label " + label.name() + " is given twice");
      }
    }
    synchronized (this) {
      externalLabels = List.copyOf(labels);
      pools =
          pools.stream().map(pool -> new LabelledPool(labels(pool.pool()), pool.source())).toList();
    }
    listeners.forEach(Runnable::run);
  }

  /**
   * {@return the labels that every series carries behind {@code pool}, in their order; immutable}
   */
  public synchronized List<MetricLabel> externalLabels() {
    return externalLabels;
  }

  /** {@return the pools with their labels, in the order in which they were added; immutable} */
  public List<LabelledPool> pools() {
    return pools;
  }

  /**
   * Takes one snapshot of each pool, in the order in which they were added. The values of one pool
   * belong to one moment; those of two pools to two moments close together.
   *
   * @return nothing if there are no pools
   */
  public List<PoolSample> collect() {
    return pools.stream().map(LabelledPool::sample).toList();
  }

  /**
   * Calls {@code listener} after every change of {@link #pools}, outside every lock, by the thread
   * that made the change. For exporters that have to announce series before they are scraped.
   *
   * @param listener must be quick and must not throw
   */
  public void addListener(Runnable listener) {
    listeners.add(Objects.requireNonNull(listener, "listener is null"));
  }

  /**
   * Removes a listener.
   *
   * @param listener what was added
   * @return whether it was there
   */
  public boolean removeListener(Runnable listener) {
    return listeners.remove(listener);
  }

  @SuppressWarnings("ReferenceEquality") // a source is itself, whatever it calls equal
  private static boolean isOf(LabelledPool pool, PoolMetricsSource source) {
    return pool.source() == source;
  }

  private List<MetricLabel> labels(String pool) {
    List<MetricLabel> labels = new ArrayList<>(1 + externalLabels.size());
    labels.add(new MetricLabel(MetricLabel.POOL, pool));
    labels.addAll(externalLabels);
    return labels;
  }
}
