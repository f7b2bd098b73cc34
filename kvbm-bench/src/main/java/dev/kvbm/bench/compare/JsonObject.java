package dev.kvbm.bench.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** One flat JSON object, as the programs that are run print it: numbers and lists of numbers. */
final class JsonObject {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final Map<String, List<Double>> numbers;

  private JsonObject(Map<String, List<Double>> numbers) {
    this.numbers = numbers;
  }

  static JsonObject parse(String text) throws IOException {
    Map<String, List<Double>> numbers = new HashMap<>();
    try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      String key = "";
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.PROPERTY_NAME) {
          key = json.currentName();
        } else if (token.isNumeric()) {
          numbers.computeIfAbsent(key, _ -> new ArrayList<>()).add(json.getDoubleValue());
        }
      }
    } catch (JacksonException e) {
      throw new IOException("not what was expected: " + text.strip(), e);
    }
    return new JsonObject(numbers);
  }

  double number(String key) throws IOException {
    return list(key).getFirst();
  }

  /** The numbers under a key, one at least. */
  List<Double> list(String key) throws IOException {
    List<Double> found = numbers.get(key);
    if (found == null) {
      throw new IOException("there is no number " + key);
    }
    return found;
  }
}
