package dev.kvbm.logical.frequency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Replays recorded runs of the reference sketch. */
class TinyLfuGoldenTest {

  @Test
  void everyRecordedScriptGivesTheRecordedEstimates() throws IOException {
    int scripts = 0;
    int estimates = 0;
    try (InputStream file =
            Objects.requireNonNull(getClass().getResourceAsStream("/golden/lfu.jsonl.gz"));
        JsonParser parser =
            new JsonFactory().createParser(ObjectReadContext.empty(), new GZIPInputStream(file))) {
      while (parser.nextToken() != null) {
        estimates += replay(map(value(parser)));
        scripts++;
      }
    }
    assertThat(scripts).isEqualTo(60);
    assertThat(estimates).isGreaterThan(5_000);
  }

  private static int replay(Map<?, ?> script) {
    Map<?, ?> settings = map(script.get("cfg"));
    int capacity = number(settings.get("capacity"));
    DecayPolicy decay =
        settings.get("sample") instanceof Long sample
            ? DecayPolicy.fixed(sample)
            : DecayPolicy.forCapacity(capacity);
    TinyLfuSketch sketch =
        TinyLfuSettings.builder().capacity(capacity).decayPolicy(decay).build().createSketch();
    boolean wide = number(settings.get("width")) == 128;
    List<?> keys = list(script.get("keys"));
    List<?> ops = list(script.get("ops"));
    List<?> out = list(script.get("out"));
    int estimates = 0;
    for (int i = 0; i < ops.size(); i++) {
      List<?> op = list(ops.get(i));
      String key = (String) Objects.requireNonNull(keys.get(number(op.get(1))));
      long lo = Long.parseUnsignedLong(key.substring(key.length() - 16), 16);
      long hi = wide ? Long.parseUnsignedLong(key.substring(0, 16), 16) : 0;
      if ("t".equals(op.get(0))) {
        for (int n = number(op.get(2)); n > 0; n--) {
          if (wide) {
            sketch.increment(hi, lo);
          } else {
            sketch.increment(lo);
          }
        }
      } else {
        assertThat(wide ? sketch.estimate(hi, lo) : sketch.estimate(lo))
            .as("%s, operation %d", script.get("id"), i)
            .isEqualTo(number(out.get(i)));
        estimates++;
      }
    }
    return estimates;
  }

  private static @Nullable Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NULL -> null;
      default -> parser.getString();
    };
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  private static List<?> list(@Nullable Object value) {
    return (List<?>) Objects.requireNonNull(value);
  }

  private static int number(@Nullable Object value) {
    return Math.toIntExact((Long) Objects.requireNonNull(value));
  }
}
