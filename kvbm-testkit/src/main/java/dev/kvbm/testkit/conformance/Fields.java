package dev.kvbm.testkit.conformance;

import java.util.List;

/**
 * Typed access to the members of one JSON object. Every method throws {@link
 * MalformedScriptException} if the member is missing or of another type.
 *
 * @param where how messages name the object
 * @param object the object
 */
record Fields(String where, Json.Members object) {

  static Fields of(String where, Json json) {
    if (json instanceof Json.Members members) {
      return new Fields(where, members);
    }
    throw new MalformedScriptException(where + " is not an object");
  }

  boolean has(String name) {
    return object.values().containsKey(name);
  }

  Json any(String name) {
    Json value = object.values().get(name);
    if (value == null) {
      throw new MalformedScriptException(where + " has no member \"" + name + "\"");
    }
    return value;
  }

  boolean isNull(String name) {
    return any(name).equals(Json.NULL);
  }

  String text(String name) {
    if (any(name) instanceof Json.Text text) {
      return text.value();
    }
    throw wrong(name, "a string");
  }

  int integer(String name) {
    if (any(name) instanceof Json.Int number && number.value() == (int) number.value()) {
      return (int) number.value();
    }
    throw wrong(name, "a number of 32 bits");
  }

  /** A number that must not be negative. */
  int count(String name) {
    int value = integer(name);
    if (value < 0) {
      throw wrong(name, "0 or more");
    }
    return value;
  }

  /** A number that must not be negative or zero. */
  int positive(String name) {
    int value = integer(name);
    if (value < 1) {
      throw wrong(name, "positive");
    }
    return value;
  }

  boolean flag(String name) {
    if (any(name) instanceof Json.Flag flag) {
      return flag.value();
    }
    throw wrong(name, "true or false");
  }

  List<Json> array(String name) {
    if (any(name) instanceof Json.Array array) {
      return array.values();
    }
    throw wrong(name, "an array");
  }

  Fields members(String name) {
    return Fields.of(name, any(name));
  }

  private MalformedScriptException wrong(String name, String wanted) {
    return new MalformedScriptException(
        "member \"" + name + "\" of " + where + " is not " + wanted + ": " + any(name));
  }
}
