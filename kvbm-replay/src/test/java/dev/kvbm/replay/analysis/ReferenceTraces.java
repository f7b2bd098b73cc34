package dev.kvbm.replay.analysis;

import dev.kvbm.replay.CompactBlockTrace;
import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.replay.trace.TraceOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The traces with recorded results, from the shared folder. */
public final class ReferenceTraces {

  private static final JsonFactory JSON = new JsonFactory();

  private ReferenceTraces() {}

  /** The folder named by {@code kvbm.shared}, or the nearest {@code shared} folder going up. */
  public static Path folder() {
    String named = System.getProperty("kvbm.shared");
    if (named != null) {
      return Path.of(named, "traces");
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path traces = at.resolve("shared").resolve("traces");
      if (Files.isDirectory(traces)) {
        return traces;
      }
    }
    throw new IllegalStateException("no shared/traces folder; name it with -Dkvbm.shared=...");
  }

  /** The trace that recorded results call by that name. */
  public static BlockTrace named(String name) {
    String file =
        switch (name) {
          case "mooncake_conversation" -> "conversation_trace.jsonl.gz";
          case "mooncake_synthetic" -> "synthetic_trace.jsonl.gz";
          case "mooncake_arxiv_first1000" -> "mooncake_trace_1000.jsonl.gz";
          case "sharegpt300_llama-3.1-8b" -> "sharegpt-llama-3.1-8b-300-sps10.jsonl.gz";
          default -> throw new IllegalArgumentException(name);
        };
    boolean tokens = file.startsWith("sharegpt");
    TraceOptions options = TraceOptions.defaults().withBlockSizeTokens(tokens ? 16 : 0);
    return new CompactBlockTrace(CompactTrace.load(folder().resolve(file), options), name);
  }

  /** The recorded results, one object a policy and size. */
  public static List<Map<String, Object>> results() {
    return lines("reference-results.jsonl").stream().map(ReferenceTraces::object).toList();
  }

  /** Lines of a file of the folder, unpacked if its name ends in {@code gz}. */
  static List<String> lines(String file) {
    try (InputStream raw = Files.newInputStream(folder().resolve(file));
        InputStream in = file.endsWith("gz") ? new GZIPInputStream(raw) : raw;
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One object: numbers as doubles, strings, objects. */
  static Map<String, Object> object(String line) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
      parser.nextToken();
      return object(parser);
    }
  }

  private static Map<String, Object> object(JsonParser parser) {
    Map<String, Object> object = new HashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_OBJECT) {
        object.put(key, object(parser));
      } else if (token.isNumeric()) {
        object.put(key, parser.getDoubleValue());
      } else {
        object.put(key, parser.getString());
      }
    }
    return object;
  }

  public static double number(Map<String, Object> object, String key) {
    return object.get(key) instanceof Double d ? d : Double.NaN;
  }
}
