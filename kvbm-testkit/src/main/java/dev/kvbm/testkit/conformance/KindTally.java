package dev.kvbm.testkit.conformance;

import java.util.EnumMap;
import java.util.Map;

/**
 * What became of the scripts of one kind.
 *
 * @param scripts scripts that were run
 * @param operations operations performed; a script ends at its first unexplained answer
 * @param matches operations that were answered as recorded
 * @param deviations operations that were answered otherwise, by the row that explains it
 * @param unexplained scripts with something that no row explains
 */
public record KindTally(
    int scripts,
    int operations,
    int matches,
    Map<CompatibilityRow, Integer> deviations,
    int unexplained) {

  /** Nothing so far. */
  static final KindTally NONE = new KindTally(0, 0, 0, Map.of(), 0);

  /** Copies the map. */
  public KindTally {
    deviations = Map.copyOf(deviations);
  }

  /** {@return all deviations, whatever the row} */
  public int deviationCount() {
    return deviations.values().stream().mapToInt(Integer::intValue).sum();
  }

  KindTally plus(KindTally other) {
    Map<CompatibilityRow, Integer> sum = new EnumMap<>(CompatibilityRow.class);
    sum.putAll(deviations);
    other.deviations.forEach((row, n) -> sum.merge(row, n, Integer::sum));
    return new KindTally(
        scripts + other.scripts,
        operations + other.operations,
        matches + other.matches,
        sum,
        unexplained + other.unexplained);
  }

  static KindTally of(ScriptResult result) {
    return new KindTally(
        1,
        result.operations(),
        result.matches(),
        result.deviations(),
        result.failure() == null ? 0 : 1);
  }
}
