package dev.kvbm.tokens;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the recorded values of the reference system from the test resources. */
final class Vectors {
  private Vectors() {}

  /** Reads {@code vectors/<name>.json}. */
  static Node read(String name) {
    String resource = "/vectors/" + name + ".json";
    try (InputStream in =
            Objects.requireNonNull(Vectors.class.getResourceAsStream(resource), resource);
        JsonParser parser =
            JsonFactory.builder().build().createParser(ObjectReadContext.empty(), in)) {
      return new Node(name, value(parser, parser.nextToken()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a JSON text, such as one that a recording quotes. */
  static Node parse(String json) {
    try (JsonParser parser =
        JsonFactory.builder().build().createParser(ObjectReadContext.empty(), json)) {
      return new Node("json", value(parser, parser.nextToken()));
    }
  }

  private static @Nullable Object value(JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          fields.put(name, value(parser, parser.nextToken()));
        }
        yield fields;
      }
      case START_ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>();
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
          items.add(value(parser, t));
        }
        yield items;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getBigIntegerValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IllegalStateException("unexpected " + token);
    };
  }

  /** A value with the path that led to it, which every failure message names. */
  record Node(String path, @Nullable Object value) {
    boolean isNull() {
      return value == null;
    }

    boolean has(String name) {
      return fields().containsKey(name);
    }

    Node get(String name) {
      if (!has(name)) {
        throw new AssertionError(path + " has no field " + name);
      }
      return new Node(path + "." + name, fields().get(name));
    }

    Set<String> names() {
      return fields().keySet();
    }

    @SuppressWarnings("unchecked")
    private Map<String, @Nullable Object> fields() {
      return (Map<String, @Nullable Object>) present();
    }

    List<Node> items() {
      List<?> list = (List<?>) present();
      List<Node> nodes = new ArrayList<>(list.size());
      for (int i = 0; i < list.size(); i++) {
        nodes.add(new Node(path + "[" + i + "]", list.get(i)));
      }
      return nodes;
    }

    /** The items that a field holds. */
    List<Node> items(String name) {
      return get(name).items();
    }

    String text() {
      return (String) present();
    }

    String text(String name) {
      return get(name).text();
    }

    boolean flag(String name) {
      return (Boolean) get(name).present();
    }

    /** A JSON number, or a decimal string, that may need all 64 bits. */
    long number() {
      BigInteger n = present() instanceof BigInteger big ? big : new BigInteger((String) present());
      if (n.bitLength() > 64) {
        throw new AssertionError(path + " is not a 64-bit number: " + n);
      }
      return n.longValue();
    }

    long number(String name) {
      return get(name).number();
    }

    int integer(String name) {
      return Math.toIntExact(number(name));
    }

    /** A hash of 16 hexadecimal digits. */
    long hash() {
      return HexFormat.fromHexDigitsToLong(text());
    }

    long hash(String name) {
      return get(name).hash();
    }

    /** A 64-bit hash; 0 for null. */
    long hashOrZero(String name) {
      Node node = get(name);
      return node.isNull() ? 0 : node.hash();
    }

    /** A 128-bit value of 32 hexadecimal digits. */
    PositionalLineageHash lineage(String name) {
      return get(name).lineage();
    }

    PositionalLineageHash lineage() {
      return PositionalLineageHash.fromHex(text());
    }

    byte[] bytes(String name) {
      return HexFormat.of().parseHex(text(name));
    }

    /** Token ids: a list, or the description of a stream. */
    int[] tokens() {
      if (value instanceof List<?>) {
        return items().stream().mapToInt(n -> (int) n.number()).toArray();
      }
      if (has("explicit")) {
        return get("explicit").tokens();
      }
      int[] ids = new int[integer("count")];
      switch (text("gen")) {
        case "iota" -> {
          for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) (number("start") + i);
          }
        }
        case "const" -> java.util.Arrays.fill(ids, (int) number("value"));
        case "lcg" -> {
          long x = number("seed");
          for (int i = 0; i < ids.length; i++) {
            x = x * 6364136223846793005L + 1442695040888963407L;
            ids[i] = (int) (x >>> 32);
          }
        }
        default -> throw new AssertionError(path + ": unknown stream " + text("gen"));
      }
      return ids;
    }

    int[] tokens(String name) {
      return get(name).tokens();
    }

    private Object present() {
      return Objects.requireNonNull(value, path);
    }
  }
}
