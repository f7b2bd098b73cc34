package dev.kvbm.testkit.conformance;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A JSON value as scripts use them: numbers are whole. Immutable; equal if the content is, where
 * the order of an object's members does not matter. As text they are JSON.
 */
sealed interface Json {

  /** The value null. */
  Json NULL = new Null();

  /** The text "ok". */
  Json OK = new Text("ok");

  /** A whole number. */
  record Int(long value) implements Json {
    private static final Int[] SMALL = new Int[1024];

    static {
      Arrays.setAll(SMALL, Int::new);
    }

    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /** A string. */
  record Text(String value) implements Json {
    @Override
    public String toString() {
      return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
  }

  /** A truth value. */
  record Flag(boolean value) implements Json {
    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /** The type of {@link #NULL}. */
  record Null() implements Json {
    @Override
    public String toString() {
      return "null";
    }
  }

  /** A list. */
  record Array(List<Json> values) implements Json {
    @Override
    public String toString() {
      return values.stream().map(Json::toString).collect(Collectors.joining(",", "[", "]"));
    }
  }

  /** An object. */
  record Members(Map<String, Json> values) implements Json {
    @Override
    public String toString() {
      return values.entrySet().stream()
          .map(member -> new Text(member.getKey()) + ":" + member.getValue())
          .collect(Collectors.joining(",", "{", "}"));
    }

    /** This object with one member more or replaced. */
    Members with(String name, Json value) {
      Map<String, Json> copy = new LinkedHashMap<>(values);
      copy.put(name, value);
      return new Members(copy);
    }

    /** This object without a member. */
    Members without(String name) {
      Map<String, Json> copy = new LinkedHashMap<>(values);
      copy.remove(name);
      return new Members(copy);
    }
  }

  static Json of(long value) {
    return value >= 0 && value < Int.SMALL.length ? Int.SMALL[(int) value] : new Int(value);
  }

  static Json of(String value) {
    return new Text(value);
  }

  /** 1 or 0, as scripts write answers to yes-or-no questions about many hashes. */
  static Json bit(boolean value) {
    return of(value ? 1 : 0);
  }

  static Json of(int[] values) {
    return new Array(Arrays.stream(values).mapToObj(Json::of).toList());
  }

  static Json array(Json... values) {
    return new Array(List.of(values));
  }

  static Json array(List<Json> values) {
    return new Array(List.copyOf(values));
  }

  /** An error answer without fields; add them with {@link Members#with}. */
  static Members error(String kind) {
    return new Members(Map.of("err", of(kind)));
  }
}
