package dev.kvbm.logical;

/**
 * Logging from places that must not fail. What is logged ends in a handler of the user's, and an
 * exception of that would leave an operation half done.
 */
final class SafeLog {
  private SafeLog() {}

  /**
   * Runs a call of a logger, made by the caller so that the log names the caller; whatever a
   * handler throws is dropped.
   */
  static void log(Runnable call) {
    try {
      call.run();
    } catch (Throwable _) {
      // There is nobody left to tell.
    }
  }
}
