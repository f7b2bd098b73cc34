/**
 * Takes the metrics of block managers to Prometheus and to Micrometer.
 *
 * <p>Both adapters read a {@link dev.kvbm.logical.metrics.MetricsAggregator} when they are scraped:
 * nothing is counted twice and nothing runs in the operations of a manager. {@link
 * dev.kvbm.metrics.PrometheusPoolMetrics} is a collector for the Prometheus client, {@link
 * dev.kvbm.metrics.MetricsHttpHandler} answers a scrape with the JDK's own HTTP server, and {@link
 * dev.kvbm.metrics.MicrometerPoolMetrics} registers meters. The series are those of {@link
 * dev.kvbm.logical.metrics.PoolMetric}, under the same names in both worlds.
 */
@NullMarked
package dev.kvbm.metrics;

import org.jspecify.annotations.NullMarked;
