package dev.kvbm.testkit.conformance;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs block scripts: all kinds that consist of operations on managers. */
final class BlockInterpreter implements ScriptInterpreter {
  private static final OperationTable OPERATIONS = OperationTable.standard();

  @Override
  public ScriptResult run(Fields script, ConformanceOptions options) {
    ScriptConfig config = ScriptConfig.of(script.members("cfg"));
    Nodes nodes = new Nodes(script.array("nodes"), config.blockSize(), config.saltHash());
    List<Json> operations = script.array("ops");
    List<Json> outcomes = script.array("out");
    if (operations.size() != outcomes.size()) {
      throw new MalformedScriptException(
          "there are " + operations.size() + " operations and " + outcomes.size() + " outcomes");
    }
    ScriptResult.Failure wrongNode = wrongNode(nodes, script.array("hashes"));
    if (wrongNode != null) {
      return ScriptResult.unusable(wrongNode);
    }
    World world;
    try {
      world = new World(config, nodes, options);
    } catch (RuntimeException e) {
      return ScriptResult.unusable(
          ScriptResult.Failure.found(
              Unexplained.NO_OPERATION, "building the managers", Answers.thrown(e)));
    }
    boolean checked =
        config.managers().stream().allMatch(m -> m.blocks() <= options.checkedPoolBlocks());
    ScriptResult result = run(world, operations, outcomes, checked);
    if (result.failure() != null) {
      return result;
    }
    List<String> violations = closeAndCheck(world);
    return violations.isEmpty()
        ? result
        : result.andFound("invariants after everything was released", violations.toString());
  }

  private static ScriptResult.@Nullable Failure wrongNode(Nodes nodes, List<Json> hashes) {
    if (hashes.size() != nodes.size()) {
      throw new MalformedScriptException(
          "there are " + nodes.size() + " nodes and " + hashes.size() + " hashes");
    }
    for (int i = 0; i < hashes.size(); i++) {
      Json actual = Json.of(nodes.hash(i).toHex());
      if (!actual.equals(hashes.get(i))) {
        return ScriptResult.Failure.of(
            Unexplained.NO_OPERATION, "identity of node " + i, hashes.get(i), actual);
      }
    }
    return null;
  }

  private static ScriptResult run(
      World world, List<Json> operations, List<Json> outcomes, boolean checked) {
    ScriptResult result = ScriptResult.matched(0);
    for (int i = 0; i < operations.size(); i++) {
      result = result.andPerformed();
      Json expected = outcomes.get(i);
      Json actual;
      try {
        Arguments operation = Arguments.of(operations.get(i));
        Pool<?> pool = world.pool(operation.manager());
        world.begin(expected);
        actual = outcome(world, pool, OPERATIONS.get(operation.code()), operation);
        CompatibilityRow row = explainingPanic(expected, actual, pool);
        if (row != null && i == operations.size() - 1) {
          return result.andDeviated(row);
        }
      } catch (MalformedScriptException e) {
        throw new MalformedScriptException(
            "operation " + i + " " + operations.get(i) + ": " + e.getMessage());
      }
      if (!Answers.agree(expected, actual)) {
        World.Explanation explanation = world.explanation();
        if (explanation == null
            || !(actual instanceof Json.Array outcome)
            || !(explanation.endsScript() || sameBehindValue(expected, outcome))) {
          return result.andFailed(
              ScriptResult.Failure.of(i, operations.get(i).toString(), expected, actual));
        }
        result = result.andDeviated(explanation.row());
        if (explanation.endsScript()) {
          return result;
        }
      }
      List<String> violations = checked ? world.violations() : List.of();
      if (!violations.isEmpty()) {
        return result.andFailed(
            ScriptResult.Failure.found(
                i, "invariants after " + operations.get(i), violations.toString()));
      }
    }
    return result;
  }

  /** Whether two outcomes have the same gauges and events, whatever their values. */
  private static boolean sameBehindValue(Json expected, Json.Array actual) {
    return expected instanceof Json.Array(List<Json> recorded)
        && recorded.size() == actual.values().size()
        && recorded.subList(1, recorded.size()).equals(actual.values().subList(1, recorded.size()));
  }

  /** The row that explains why there is an outcome where a panic was recorded, if there is one. */
  private static @Nullable CompatibilityRow explainingPanic(
      Json expected, Json actual, Pool<?> pool) {
    return actual instanceof Json.Array && RecordedPanic.isRecorded(expected)
        ? RecordedPanic.explain(expected, actual, pool.manager.slots())
        : null;
  }

  /** Performs the operation; an exception of the library becomes a text instead of an outcome. */
  private static Json outcome(World world, Pool<?> pool, Operation operation, Arguments arguments) {
    try {
      List<Json> outcome = pool.outcome(operation.perform(pool, arguments));
      Json events = world.takeEvents();
      if (events != null) {
        outcome.add(events);
      }
      return Json.array(outcome);
    } catch (MalformedScriptException e) {
      throw e;
    } catch (RuntimeException | AssertionError e) {
      return Json.of(Answers.thrown(e));
    }
  }

  /** Releases everything and checks; an exception of the library becomes a finding. */
  private static List<String> closeAndCheck(World world) {
    try {
      return world.closeAndCheck();
    } catch (RuntimeException | AssertionError e) {
      return List.of(Answers.thrown(e));
    }
  }
}
