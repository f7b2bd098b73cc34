package dev.kvbm.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.metrics.MetricLabel;
import dev.kvbm.logical.metrics.MetricsAggregator;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.metrics.StatsCollector;
import dev.kvbm.logical.metrics.StatsSample;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import dev.kvbm.metrics.MetricsHttpHandler;
import dev.kvbm.metrics.MicrometerPoolMetrics;
import dev.kvbm.metrics.PrometheusPoolMetrics;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockSequence;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;

/**
 * The code about metrics of {@code docs/guide.md} and {@code docs/metrics.md}, run. {@link
 * DocumentsTest} keeps them equal.
 */
class MetricsGuideTest {
  private final BlockManager<G1> gpu = manager("G1");
  private final BlockManager<G1> secondGpu = manager("gpu-1");
  private final BlockManager<G2> host =
      BlockManager.builder(G2.TIER).blocks(32).registry(BlockRegistry.create()).build();

  private static BlockManager<G1> manager(String name) {
    return BlockManager.builder(G1.TIER)
        .blocks(8)
        .blockSize(16)
        .registry(BlockRegistry.create())
        .name(name)
        .build();
  }

  private static LineageHashes hashes(int first, int blocks) {
    return TokenBlockSequence.of(IntStream.range(first, first + blocks * 16).toArray(), 16)
        .lineageHashes();
  }

  @Test
  void thePoolsAreServedToPrometheus() throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    // @start region="prometheus"
    MetricsAggregator pools = new MetricsAggregator();
    pools.add(gpu);
    pools.add(host);

    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(new PrometheusPoolMetrics(pools));

    HttpServer server = HttpServer.create(address, 0);
    server.createContext("/metrics", new MetricsHttpHandler(registry));
    server.start();
    // @end

    try (InputStream scrape =
        URI.create("http://localhost:" + server.getAddress().getPort() + "/metrics")
            .toURL()
            .openStream()) {
      assertThat(new String(scrape.readAllBytes(), UTF_8))
          .contains("kvbm_reset_pool_size{pool=\"G1\"} 8.0\n")
          .contains("kvbm_reset_pool_size{pool=\"G2\"} 32.0\n");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void labelsAreGivenToManagersAndToAll() {
    MetricsAggregator pools = new MetricsAggregator();

    // @start region="labels"
    pools.setExternalLabels(List.of(new MetricLabel("engine", "e1"), new MetricLabel("rank", "0")));
    pools.add(gpu); // pool="G1": the tier's label
    pools.add(secondGpu); // pool="gpu-1": named with the builder's name("gpu-1")
    pools.remove(secondGpu); // its series end with the next scrape
    // @end

    assertThat(pools.collect())
        .singleElement()
        .satisfies(
            sample ->
                assertThat(sample.labels())
                    .extracting(MetricLabel::value)
                    .containsExactly("G1", "e1", "0"));
  }

  @Test
  void micrometerReadsTheSamePools() {
    MetricsAggregator pools = new MetricsAggregator();
    pools.add(gpu);
    MeterRegistry meterRegistry = new SimpleMeterRegistry();

    // @start region="micrometer"
    MicrometerPoolMetrics metrics = new MicrometerPoolMetrics(pools);
    metrics.bindTo(meterRegistry);
    // @end

    assertThat(meterRegistry.get("kvbm.reset.pool.size").tag("pool", "G1").gauge().value())
        .isEqualTo(8);
    metrics.close();
  }

  @Test
  void aSnapshotIsOneMoment() {
    assertThat(gpu.allocate(3)).isPresent();
    gpu.allocate(2).orElseThrow().register(hashes(0, 2)).close();

    // @start region="snapshot"
    MetricsSnapshot now = gpu.metrics();
    long usable = now.resetPoolSize() + now.inactivePoolSize();
    long held = now.inflightMutable() + now.staged() + now.distinctActive();
    double hitRate = now.matchHitRate();
    // @end

    assertThat(usable).isEqualTo(5);
    assertThat(held).isEqualTo(3);
    assertThat(usable + held).isEqualTo(gpu.totalBlocks());
    assertThat(hitRate).isZero();
  }

  @Test
  void ratesAreCollectedInsideTheProcess() {
    // @start region="stats"
    StatsCollector stats = new StatsCollector(gpu); // a minute of samples, one a second
    stats.start();
    // @end

    try (stats) {
      stats.sample();
      assertThat(gpu.allocate(3)).isPresent();
      stats.sample();

      // @start region="rates"
      StatsSample last = stats.latest().orElseThrow();
      boolean thrashing = last.evictionsPerSecond() > 1_000 && last.evictionGradient() > 0;
      // @end

      assertThat(last.values().allocations()).isEqualTo(3);
      // The sampler of its own may have taken the last sample: one of them saw the allocation.
      assertThat(stats.window(10)).anyMatch(sample -> sample.allocationsPerSecond() > 0);
      assertThat(thrashing).isFalse();
    }
  }

  @Test
  void evictionsAreHeardThroughJfr() {
    AtomicInteger evicted = new AtomicInteger();

    // @start region="jfr"
    try (RecordingStream events = new RecordingStream()) {
      events.enable("dev.kvbm.Eviction");
      events.onEvent("dev.kvbm.Eviction", event -> evicted.addAndGet(event.getInt("blocks")));
      events.startAsync();

      gpu.allocate(8).orElseThrow().register(hashes(0, 8)).close();
      gpu.allocate(5).orElseThrow().close();
      events.stop(); // everything up to here has been delivered
    }
    // @end

    assertThat(evicted).hasValue(5);
  }
}
