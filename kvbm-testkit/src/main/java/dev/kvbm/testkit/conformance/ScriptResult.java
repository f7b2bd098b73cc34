package dev.kvbm.testkit.conformance;

import org.jspecify.annotations.Nullable;

/**
 * What became of one script.
 *
 * @param operations how many operations were performed
 * @param matches how many of them were answered as recorded
 * @param deviation the row that explains why the last one was not; null if none was needed
 * @param failure the first answer that nothing explains; null if there was none
 */
record ScriptResult(
    int operations, int matches, @Nullable CompatibilityRow deviation, @Nullable Failure failure) {

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

  static ScriptResult matched(int operations) {
    return new ScriptResult(operations, operations, null, null);
  }

  /** The last of {@code operations} deviates. */
  static ScriptResult deviated(int operations, CompatibilityRow row) {
    return new ScriptResult(operations, operations - 1, row, null);
  }

  /** The last of {@code operations} is not explained. */
  static ScriptResult failed(int operations, Failure failure) {
    return new ScriptResult(operations, operations - 1, null, failure);
  }

  /** All {@code operations} are as they should be, a check beside them is not. */
  ScriptResult andFound(String what, String finding) {
    return new ScriptResult(
        operations, matches, deviation, Failure.found(Unexplained.NO_OPERATION, what, finding));
  }

  /** Nothing could be performed. */
  static ScriptResult unusable(Failure failure) {
    return new ScriptResult(0, 0, null, failure);
  }
}
