package dev.kvbm.testkit.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.json.JsonFactory;

/** Parses one JSON value a line. Nesting is limited by the parser, so recursion is safe. */
final class JsonLines {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonLines() {}

  /**
   * The one value of {@code line}.
   *
   * @throws MalformedScriptException if it is not JSON, has anything after the value, or a number
   *     that is not a whole one of 64 bits
   */
  static Json parse(String line) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), line)) {
      Json value = value(parser, parser.nextToken());
      if (parser.nextToken() != null) {
        throw malformed("there is more than one value", parser.currentTokenLocation());
      }
      return value;
    } catch (InputCoercionException e) {
      throw malformed("a number does not fit 64 bits", e.getLocation());
    } catch (JacksonException e) {
      throw malformed("not JSON: " + e.getOriginalMessage(), e.getLocation());
    }
  }

  private static Json value(JsonParser parser, @Nullable JsonToken token) {
    return switch (token) {
      case START_OBJECT -> members(parser);
      case START_ARRAY -> array(parser);
      case VALUE_NUMBER_INT -> Json.of(parser.getLongValue());
      case VALUE_STRING -> Json.of(parser.getString());
      case VALUE_TRUE -> new Json.Flag(true);
      case VALUE_FALSE -> new Json.Flag(false);
      case VALUE_NULL -> Json.NULL;
      case VALUE_NUMBER_FLOAT ->
          throw malformed("a number is not a whole one", parser.currentTokenLocation());
      case null -> throw malformed("there is no value", parser.currentLocation());
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
          throw malformed("unexpected " + token, parser.currentTokenLocation());
    };
  }

  private static Json members(JsonParser parser) {
    Map<String, Json> members = new LinkedHashMap<>();
    String name;
    while ((name = parser.nextName()) != null) {
      members.put(name, value(parser, parser.nextToken()));
    }
    return new Json.Members(members);
  }

  private static Json array(JsonParser parser) {
    List<Json> values = new ArrayList<>();
    JsonToken token;
    while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
      values.add(value(parser, token));
    }
    return new Json.Array(values);
  }

  private static MalformedScriptException malformed(
      String what, @Nullable TokenStreamLocation where) {
    return new MalformedScriptException(
        where == null ? what : what + " (column " + where.getColumnNr() + ")");
  }
}
