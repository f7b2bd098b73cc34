package dev.kvbm.replay.analysis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  public static ListTrace named(String name) {
    return switch (name) {
      case "mooncake_conversation" -> mooncake(name, "conversation_trace.jsonl.gz");
      case "mooncake_synthetic" -> mooncake(name, "synthetic_trace.jsonl.gz");
      case "mooncake_arxiv_first1000" -> mooncake(name, "mooncake_trace_1000.jsonl.gz");
      case "sharegpt300_llama-3.1-8b" -> tokens(name, "sharegpt-llama-3.1-8b-300-sps10.jsonl.gz");
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static ListTrace mooncake(String name, String file) {
    ListTrace trace = new ListTrace(name, 512);
    for (String line : lines(file)) {
      Map<String, Object> request = object(line);
      trace.addKeys(
          number(request, "timestamp"),
          -1,
          (long) number(request, "input_length"),
          (long) number(request, "output_length"),
          numbers(request, "hash_ids"));
    }
    return trace;
  }

  private static ListTrace tokens(String name, String file) {
    ListTrace trace = new ListTrace(name, 16);
    Map<List<Long>, Long> chains = new HashMap<>();
    for (String line : lines(file)) {
      Map<String, Object> request = object(line);
      long[] tokens = numbers(request, "input_tok_ids");
      long[] keys = new long[tokens.length / 16];
      long parent = -1;
      for (int i = 0; i < keys.length; i++) {
        List<Long> block = new ArrayList<>(List.of(parent));
        for (int t = 0; t < 16; t++) {
          block.add(tokens[i * 16 + t]);
        }
        parent = chains.computeIfAbsent(block, _ -> (long) chains.size());
        keys[i] = parent;
      }
      trace.addKeys(
          number(request, "arrival_time_ns") / 1e6,
          -1,
          tokens.length,
          numbers(request, "output_tok_ids").length,
          keys);
    }
    return trace;
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

  /** One object: numbers as doubles, strings, arrays of numbers as {@code long[]}, objects. */
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
      if (token == JsonToken.START_ARRAY) {
        List<Long> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          values.add(parser.getLongValue());
        }
        object.put(key, values.stream().mapToLong(Long::longValue).toArray());
      } else if (token == JsonToken.START_OBJECT) {
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

  private static long[] numbers(Map<String, Object> object, String key) {
    return object.get(key) instanceof long[] values ? values : new long[0];
  }
}
