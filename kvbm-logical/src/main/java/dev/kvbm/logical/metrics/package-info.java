/**
 * What block managers count, without a metrics library.
 *
 * <p>{@link dev.kvbm.logical.metrics.MetricsSnapshot} holds the values of one manager at one
 * moment, {@link dev.kvbm.logical.metrics.PoolMetric} names the series, and {@link
 * dev.kvbm.logical.metrics.MetricsAggregator} gathers managers with the labels under which they are
 * exported. An exporter is a loop over the two. {@link dev.kvbm.logical.metrics.StatsCollector}
 * turns the counters of one manager into rates inside the process.
 *
 * <p>Nothing here runs in the operations of a manager: values are plain fields under the lock that
 * the operation holds anyway, and are read when somebody asks.
 */
@NullMarked
package dev.kvbm.logical.metrics;

import org.jspecify.annotations.NullMarked;
