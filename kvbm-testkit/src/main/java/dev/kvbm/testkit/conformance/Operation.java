package dev.kvbm.testkit.conformance;

/** Performs one kind of operation and says what the script should have as its value. */
@FunctionalInterface
interface Operation {

  /**
   * Performs the operation on a pool.
   *
   * @throws MalformedScriptException if the arguments are not what the operation takes
   */
  <T> Json perform(Pool<T> pool, Arguments arguments);
}
