package dev.kvbm.testkit.conformance;

/** A script is not what the format asks for. The message says what, the caller adds where. */
final class MalformedScriptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedScriptException(String message) {
    super(message);
  }
}
