package dev.kvbm.bench.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** An object that another program printed. What is missing in it is an error of that program. */
final class JsonObject {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final Map<String, Object> members;

  private JsonObject(Map<String, Object> members) {
    this.members = members;
  }

  /** The one object of a document. */
  static JsonObject parse(String text) throws IOException {
    try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (value(json, json.nextToken()) instanceof JsonObject object && json.nextToken() == null) {
        return object;
      }
    } catch (JacksonException e) {
      throw new IOException("not JSON: " + shortened(text), e);
    }
    throw new IOException("not one JSON object: " + shortened(text));
  }

  double number(String key) throws IOException {
    if (members.get(key) instanceof Double number) {
      return number;
    }
    throw missing("number", key);
  }

  boolean has(String key) {
    return members.containsKey(key);
  }

  String text(String key) throws IOException {
    if (members.get(key) instanceof String text) {
      return text;
    }
    throw missing("text", key);
  }

  JsonObject object(String key) throws IOException {
    if (members.get(key) instanceof JsonObject object) {
      return object;
    }
    throw missing("object", key);
  }

  /** The numbers under a key; there may be none. */
  List<Double> numbers(String key) throws IOException {
    return list(key, Double.class);
  }

  /** The objects under a key; there may be none. */
  List<JsonObject> objects(String key) throws IOException {
    return list(key, JsonObject.class);
  }

  private <T> List<T> list(String key, Class<T> type) throws IOException {
    if (members.get(key) instanceof List<?> list) {
      List<T> elements = new ArrayList<>();
      for (Object element : list) {
        if (!type.isInstance(element)) {
          throw missing("list of one kind", key);
        }
        elements.add(type.cast(element));
      }
      return elements;
    }
    throw missing("list", key);
  }

  private IOException missing(String what, String key) {
    return new IOException("there is no " + what + " " + key + " in " + shortened(toString()));
  }

  private static Object value(JsonParser json, @Nullable JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> members = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String key = json.currentName();
          if (members.put(key, value(json, json.nextToken())) != null) {
            throw new IOException("there are two members " + key);
          }
        }
        yield new JsonObject(members);
      }
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        for (JsonToken next = json.nextToken();
            next != JsonToken.END_ARRAY;
            next = json.nextToken()) {
          elements.add(value(json, next));
        }
        yield elements;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_STRING -> json.getString();
      case null, default -> "";
    };
  }

  private static String shortened(String text) {
    String stripped = text.strip();
    return stripped.length() <= 200 ? stripped : stripped.substring(0, 200) + "...";
  }

  @Override
  public String toString() {
    return members.toString();
  }
}
