package dev.kvbm.logical;

/**
 * Logging from places that must not fail. What is logged ends in a handler of the user's, and an
 * exception of that would leave an operation half done.
 */
final class SafeLog {
  private SafeLog() {}

  /** Logs; whatever the handler throws is dropped. */
  static void log(System.Logger logger, System.Logger.Level level, String text, Throwable cause) {
    try {
      logger.log(level, text, cause);
    } catch (Throwable _) {
      // There is nobody left to tell.
    }
  }
}
