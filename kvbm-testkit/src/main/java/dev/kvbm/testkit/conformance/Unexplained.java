package dev.kvbm.testkit.conformance;

import java.nio.file.Path;

/**
 * An answer of this library that differs from the recording and that no row explains.
 *
 * @param file the file of the script
 * @param line its line, from 1
 * @param script the id of the script
 * @param operationIndex the index of the operation, from 0, or {@link #NO_OPERATION}
 * @param operation the operation as JSON, or what was checked beside the operations
 * @param configuration the configuration of the script as JSON
 * @param expected the recorded outcome as JSON
 * @param actual the outcome here as JSON, or the exception that was thrown
 * @param difference where the two begin to differ
 */
public record Unexplained(
    Path file,
    int line,
    String script,
    int operationIndex,
    String operation,
    String configuration,
    String expected,
    String actual,
    String difference) {

  /** Stands for a check that is not part of an operation. */
  public static final int NO_OPERATION = -1;

  /** {@return all of it, in several lines} */
  public String describe() {
    return "unexplained: "
        + script
        + " ("
        + file
        + ":"
        + line
        + ")"
        + (operationIndex == NO_OPERATION ? "" : ", operation " + operationIndex)
        + "\n  operation      "
        + operation
        + "\n  expected       "
        + expected
        + "\n  actual         "
        + actual
        + "\n  difference     "
        + difference
        + "\n  configuration  "
        + configuration;
  }
}
