package dev.kvbm.replay.trace;

/**
 * A line does not hold what its form asks for. Carries no stack trace: with malformed lines skipped
 * it may be thrown once a line. {@link TraceReader} turns it into a {@link TraceException} or a
 * count.
 */
final class Malformed extends Exception {
  private static final long serialVersionUID = 1L;

  Malformed(String problem) {
    super(problem, null, false, false);
  }

  String problem() {
    return String.valueOf(getMessage());
  }
}
