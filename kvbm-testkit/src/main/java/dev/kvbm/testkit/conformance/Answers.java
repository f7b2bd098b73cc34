package dev.kvbm.testkit.conformance;

import java.util.List;
import java.util.Map;

/** Compares answers. */
final class Answers {

  private Answers() {}

  /**
   * Whether two answers are the same, but for the wording of error messages: those are this
   * library's own.
   */
  static boolean agree(Json expected, Json actual) {
    return expected.equals(actual) || withoutMessages(expected).equals(actual);
  }

  private static Json withoutMessages(Json json) {
    return switch (json) {
      case Json.Members members when members.values().containsKey("err") -> members.without("msg");
      case Json.Array(List<Json> values) ->
          new Json.Array(values.stream().map(Answers::withoutMessages).toList());
      case Json.Members members -> members;
      case Json.Int number -> number;
      case Json.Text text -> text;
      case Json.Flag flag -> flag;
      case Json.Null none -> none;
    };
  }

  /**
   * Where two answers that do not agree begin to differ, for whoever has to find one number in a
   * long list; the expected one comes first.
   */
  static String difference(Json expected, Json actual) {
    if (withoutMessages(expected) instanceof Json.Array(List<Json> wanted)
        && actual instanceof Json.Array(List<Json> given)) {
      int common = Math.min(wanted.size(), given.size());
      for (int i = 0; i < common; i++) {
        if (!wanted.get(i).equals(given.get(i))) {
          return "[" + i + "]" + difference(wanted.get(i), given.get(i));
        }
      }
      return " has " + wanted.size() + " elements against " + given.size();
    }
    if (expected instanceof Json.Members(Map<String, Json> wanted)
        && actual instanceof Json.Members(Map<String, Json> given)
        && wanted.keySet().equals(given.keySet())) {
      for (Map.Entry<String, Json> member : wanted.entrySet()) {
        Json other = given.get(member.getKey());
        if (other != null && !member.getValue().equals(other)) {
          return "." + member.getKey() + difference(member.getValue(), other);
        }
      }
    }
    return " is " + expected + " against " + actual;
  }

  /** An exception in place of an answer: what it is and where it came from. */
  static String thrown(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return "threw " + e + (trace.length == 0 ? "" : " at " + trace[0]);
  }
}
