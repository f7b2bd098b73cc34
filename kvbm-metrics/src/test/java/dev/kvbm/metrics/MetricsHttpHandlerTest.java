package dev.kvbm.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.kvbm.logical.metrics.MetricsAggregator;
import dev.kvbm.logical.tier.G1;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsHttpHandlerTest {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpServer server;

  MetricsHttpHandlerTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/metrics", new MetricsHttpHandler(registry));
    MetricsAggregator aggregator = new MetricsAggregator();
    aggregator.add(Pools.busy(G1.TIER));
    registry.register(new PrometheusPoolMetrics(aggregator));
  }

  @BeforeEach
  void start() {
    server.start();
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  private HttpRequest.Builder request() {
    InetSocketAddress address = server.getAddress();
    return HttpRequest.newBuilder(
        URI.create("http://" + address.getHostString() + ":" + address.getPort() + "/metrics"));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static String contentType(HttpResponse<String> response) {
    return response.headers().firstValue("Content-Type").orElse("none");
  }

  @Test
  void aPlainRequestGetsThePrometheusTextFormat() throws Exception {
    HttpResponse<String> response = send(request());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(contentType(response)).startsWith("text/plain; version=0.0.4");
    assertThat(response.body()).isEqualTo(Pools.busyExposition());
  }

  @Test
  void whoAsksForOpenMetricsGetsIt() throws Exception {
    HttpResponse<String> response =
        send(request().header("Accept", "application/openmetrics-text; version=1.0.0"));

    assertThat(contentType(response)).startsWith("application/openmetrics-text");
    assertThat(response.body()).contains("kvbm_evictions_total").endsWith("# EOF\n");
  }

  @Test
  void whoPrefersProtobufGetsText() throws Exception {
    HttpResponse<String> response =
        send(
            request()
                .header(
                    "Accept",
                    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
                        + "encoding=delimited;q=0.6,text/plain;version=0.0.4;q=0.5"));

    assertThat(contentType(response)).startsWith("text/plain");
    assertThat(response.body()).isEqualTo(Pools.busyExposition());
  }

  @Test
  void headHasNoBody() throws Exception {
    HttpResponse<String> response = send(request().method("HEAD", BodyPublishers.noBody()));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(contentType(response)).startsWith("text/plain");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void otherMethodsAreNotAllowed() throws Exception {
    HttpResponse<String> response = send(request().POST(BodyPublishers.ofString("x")));

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
  }

  @Test
  void aFailingCollectorIsAServerError() throws Exception {
    MultiCollector broken =
        () -> {
          throw new IllegalStateException("broken on purpose");
        };
    registry.register(broken);

    assertThat(send(request()).statusCode()).isEqualTo(500);

    registry.unregister(broken);
    assertThat(send(request()).statusCode()).isEqualTo(200);
  }
}
