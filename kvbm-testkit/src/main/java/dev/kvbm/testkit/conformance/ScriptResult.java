package dev.kvbm.testkit.conformance;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one script.
 *
 * @param operations how many operations were performed
 * @param deviations how many of them were not answered as recorded, by the row that explains it
 * @param failure the first answer that nothing explains; null if there was none
 */
record ScriptResult(
    int operations, Map<CompatibilityRow, Integer> deviations, @Nullable Failure failure) {

  /** Copies the map. */
  ScriptResult {
    deviations = Map.copyOf(deviations);
  }

  /**
   * An answer that nothing explains.
   *
   * @param index the index of the operation, or {@link Unexplained#NO_OPERATION}
   * @param operation the operation, or what was checked
   * @param expected what was recorded
   * @param actual what this library answered
   * @param difference where the two begin to differ
   */
  record Failure(int index, String operation, String expected, String actual, String difference) {

    /** Two answers that do not agree. */
    static Failure of(int index, String operation, Json expected, Json actual) {
      return new Failure(
          index,
          operation,
          expected.toString(),
          actual.toString(),
          "the outcome" + Answers.difference(expected, actual));
    }

    /** A check that found something. */
    static Failure found(int index, String what, String finding) {
      return new Failure(index, what, "no finding", finding, "see the finding");
    }
  }

  /** How many operations were answered as recorded. */
  int matches() {
    int deviating = deviations.values().stream().mapToInt(Integer::intValue).sum();
    boolean lastFailed = failure != null && failure.index() != Unexplained.NO_OPERATION;
    return operations - deviating - (lastFailed ? 1 : 0);
  }

  static ScriptResult matched(int operations) {
    return new ScriptResult(operations, Map.of(), null);
  }

  /** One more of the operations deviates. */
  ScriptResult andDeviated(CompatibilityRow row) {
    Map<CompatibilityRow, Integer> sum = new EnumMap<>(CompatibilityRow.class);
    sum.putAll(deviations);
    sum.merge(row, 1, Integer::sum);
    return new ScriptResult(operations, sum, failure);
  }

  /** One more operation was performed. */
  ScriptResult andPerformed() {
    return new ScriptResult(operations + 1, deviations, failure);
  }

  /** The last operation is not explained, or what was found after it. */
  ScriptResult andFailed(Failure last) {
    return new ScriptResult(operations, deviations, last);
  }

  /** All {@code operations} are as they should be, a check beside them is not. */
  ScriptResult andFound(String what, String finding) {
    return andFailed(Failure.found(Unexplained.NO_OPERATION, what, finding));
  }

  /** Nothing could be performed. */
  static ScriptResult unusable(Failure failure) {
    return new ScriptResult(0, Map.of(), failure);
  }
}
