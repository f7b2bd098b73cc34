package dev.kvbm.testkit.conformance;

import java.util.List;

/**
 * One operation of a script: its code and typed access to what follows. Every method throws {@link
 * MalformedScriptException} if the element is missing or of another type.
 *
 * <p>Arguments are numbered from 0 behind the code and the manager's index.
 */
final class Arguments {
  private static final int FIRST = 2;

  private final List<Json> elements;

  private Arguments(List<Json> elements) {
    this.elements = elements;
  }

  static Arguments of(Json operation) {
    if (operation instanceof Json.Array array
        && !array.values().isEmpty()
        && array.values().getFirst() instanceof Json.Text) {
      return new Arguments(array.values());
    }
    throw new MalformedScriptException("an operation is not an array that begins with its code");
  }

  String code() {
    return ((Json.Text) elements.getFirst()).value();
  }

  int manager() {
    return integerAt(1);
  }

  int integer(int i) {
    return integerAt(FIRST + i);
  }

  boolean flag(int i) {
    if (at(FIRST + i) instanceof Json.Flag flag) {
      return flag.value();
    }
    throw wrong(FIRST + i, "true or false");
  }

  String text(int i) {
    return text(at(FIRST + i), FIRST + i);
  }

  int[] integers(int i) {
    List<Json> values = list(i);
    int[] result = new int[values.size()];
    for (int k = 0; k < result.length; k++) {
      result[k] = integer(values.get(k), FIRST + i);
    }
    return result;
  }

  /** Numbers of 32 bits without sign, as an int each. */
  int[] tokens(int i) {
    return tokens(list(i));
  }

  /** One number of 32 bits without sign. */
  int token(int i) {
    return tokens(List.of(at(FIRST + i)))[0];
  }

  boolean isNull(int i) {
    return at(FIRST + i).equals(Json.NULL);
  }

  /** A list of lists. */
  List<Json> elements(int i) {
    return list(i);
  }

  List<String> texts(int i) {
    return list(i).stream().map(value -> text(value, FIRST + i)).toList();
  }

  static int[] tokens(List<Json> values) {
    int[] result = new int[values.size()];
    for (int k = 0; k < result.length; k++) {
      if (!(values.get(k) instanceof Json.Int token) || token.value() >>> 32 != 0) {
        throw new MalformedScriptException(values.get(k) + " is not a token (0 to 2^32 - 1)");
      }
      result[k] = (int) token.value();
    }
    return result;
  }

  private List<Json> list(int i) {
    if (at(FIRST + i) instanceof Json.Array array) {
      return array.values();
    }
    throw wrong(FIRST + i, "an array");
  }

  private int integerAt(int index) {
    return integer(at(index), index);
  }

  private int integer(Json value, int index) {
    if (value instanceof Json.Int number && number.value() == (int) number.value()) {
      return (int) number.value();
    }
    throw wrong(index, "made of numbers of 32 bits");
  }

  private String text(Json value, int index) {
    if (value instanceof Json.Text text) {
      return text.value();
    }
    throw wrong(index, "made of strings");
  }

  private Json at(int index) {
    if (index >= elements.size()) {
      throw new MalformedScriptException(
          "operation " + code() + " has no element " + index + "; it has " + elements.size());
    }
    return elements.get(index);
  }

  private MalformedScriptException wrong(int index, String wanted) {
    return new MalformedScriptException("element " + index + " is not " + wanted);
  }

  @Override
  public String toString() {
    return new Json.Array(elements).toString();
  }
}
