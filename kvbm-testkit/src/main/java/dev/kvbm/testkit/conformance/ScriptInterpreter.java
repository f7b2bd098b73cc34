package dev.kvbm.testkit.conformance;

/** Runs the scripts of one or several kinds. Stateless. */
interface ScriptInterpreter {

  /**
   * Runs a script until its end or its first unexplained answer.
   *
   * @throws MalformedScriptException if it is not what the format asks for
   */
  ScriptResult run(Fields script, ConformanceOptions options);
}
