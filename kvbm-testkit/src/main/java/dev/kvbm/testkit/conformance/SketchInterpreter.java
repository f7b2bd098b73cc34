package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.frequency.DecayPolicy;
import dev.kvbm.logical.frequency.TinyLfuSketch;
import java.util.ArrayList;
import java.util.List;

/** Runs scripts on the reference's frequency sketch alone. */
final class SketchInterpreter implements ScriptInterpreter {
  private static final int NARROW_BITS = 64;
  private static final int WIDE_BITS = 128;

  /** A key; {@code hi} matters for wide ones only. */
  private record Key(long hi, long lo) {}

  @Override
  public ScriptResult run(Fields script, ConformanceOptions options) {
    Fields config = script.members("cfg");
    int width = config.integer("width");
    if (width != NARROW_BITS && width != WIDE_BITS) {
      throw new MalformedScriptException("\"width\" is neither 64 nor 128: " + width);
    }
    int capacity = config.count("capacity");
    TinyLfuSketch sketch =
        config.isNull("sample")
            ? new TinyLfuSketch(capacity)
            : new TinyLfuSketch(capacity, DecayPolicy.fixed(config.count("sample")));
    List<Key> keys = keys(script.array("keys"), width == WIDE_BITS);
    List<Json> operations = script.array("ops");
    List<Json> outcomes = script.array("out");
    if (operations.size() != outcomes.size()) {
      throw new MalformedScriptException(
          "there are " + operations.size() + " operations and " + outcomes.size() + " outcomes");
    }
    for (int i = 0; i < operations.size(); i++) {
      Json actual;
      try {
        actual = perform(sketch, keys, width == WIDE_BITS, operations.get(i));
      } catch (MalformedScriptException e) {
        throw new MalformedScriptException(
            "operation " + i + " " + operations.get(i) + ": " + e.getMessage());
      }
      if (!actual.equals(outcomes.get(i))) {
        return ScriptResult.matched(i + 1)
            .andFailed(
                ScriptResult.Failure.of(i, operations.get(i).toString(), outcomes.get(i), actual));
      }
    }
    return ScriptResult.matched(operations.size());
  }

  private static List<Key> keys(List<Json> texts, boolean wide) {
    List<Key> keys = new ArrayList<>();
    for (Json json : texts) {
      if (!(json instanceof Json.Text text)) {
        throw new MalformedScriptException("key " + json + " is not a string");
      }
      String digits = text.value();
      int split = wide ? digits.length() - 16 : 0;
      keys.add(
          new Key(
              wide ? ScriptConfig.hash(digits.substring(0, Math.max(0, split))) : 0,
              ScriptConfig.hash(digits.substring(Math.max(0, split)))));
    }
    return keys;
  }

  private static Json perform(TinyLfuSketch sketch, List<Key> keys, boolean wide, Json operation) {
    if (!(operation instanceof Json.Array array)
        || array.values().size() < 2
        || !(array.values().get(1) instanceof Json.Int index)
        || index.value() < 0
        || index.value() >= keys.size()) {
      throw new MalformedScriptException("neither [\"t\", key, times] nor [\"c\", key]");
    }
    Key key = keys.get((int) index.value());
    if (array.values().get(0).equals(Json.of("c"))) {
      return Json.of(wide ? sketch.estimate(key.hi, key.lo) : sketch.estimate(key.lo));
    }
    if (array.values().get(0).equals(Json.of("t"))
        && array.values().size() == 3
        && array.values().get(2) instanceof Json.Int times) {
      for (long n = times.value(); n > 0; n--) {
        if (wide) {
          sketch.increment(key.hi, key.lo);
        } else {
          sketch.increment(key.lo);
        }
      }
      return Json.NULL;
    }
    throw new MalformedScriptException("neither [\"t\", key, times] nor [\"c\", key]");
  }
}
