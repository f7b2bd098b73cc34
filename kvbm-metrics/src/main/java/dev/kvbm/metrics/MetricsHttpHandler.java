package dev.kvbm.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Objects;

/**
 * Answers scrapes of a registry with the HTTP server of the JDK, usually at {@code /metrics}.
 *
 * <p>It serves the OpenMetrics text format to those who ask for it and the Prometheus text format
 * to everybody else, to GET and HEAD. It knows nothing of authentication: mind which address the
 * server binds. Thread-safe.
 */
public final class MetricsHttpHandler implements HttpHandler {
  private static final System.Logger LOGGER = System.getLogger(MetricsHttpHandler.class.getName());

  private final PrometheusRegistry registry;
  private final ExpositionFormats formats = ExpositionFormats.init();

  /**
   * A handler for one registry.
   *
   * @param registry scraped at every request
   */
  public MetricsHttpHandler(PrometheusRegistry registry) {
    this.registry = Objects.requireNonNull(registry, "registry is null");
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean head = exchange.getRequestMethod().equals("HEAD");
      if (!head && !exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      ExpositionFormatWriter writer =
          formats.findWriter(exchange.getRequestHeaders().getFirst("Accept"));
      if (!writer.isAvailable()) {
        // The protobuf format needs a library of its own; a scraper that prefers it takes text too.
        writer = formats.getPrometheusTextFormatWriter();
      }
      ByteArrayOutputStream body = new ByteArrayOutputStream(8192);
      try {
        writer.write(body, registry.scrape());
      } catch (RuntimeException e) {
        LOGGER.log(System.Logger.Level.ERROR, "a scrape failed", e);
        exchange.sendResponseHeaders(500, -1);
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", writer.getContentType());
      exchange.sendResponseHeaders(200, head ? -1 : body.size());
      if (!head) {
        body.writeTo(exchange.getResponseBody());
      }
    }
  }
}
