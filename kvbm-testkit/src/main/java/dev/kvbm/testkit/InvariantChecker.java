package dev.kvbm.testkit;

import dev.kvbm.logical.BlockManager;
import java.util.ArrayList;
import java.util.List;

/** Checks that block managers are consistent in themselves. */
public final class InvariantChecker {
  private InvariantChecker() {}

  /**
   * Checks every structural invariant of each manager: every block is in exactly one place, the
   * table, the eviction policy and the gauges agree with the blocks. Each manager is looked at
   * under its lock, in time proportional to its size, and is not changed.
   *
   * @param managers what to check; none given, none checked
   * @throws AssertionError if an invariant is violated; the message lists all violations and shows
   *     the pool
   */
  public static void check(BlockManager<?>... managers) {
    check(List.of(managers));
  }

  /**
   * {@link #check(BlockManager...)} for a collection of managers.
   *
   * @param managers what to check
   * @throws AssertionError if an invariant is violated
   */
  public static void check(Iterable<? extends BlockManager<?>> managers) {
    List<String> problems = new ArrayList<>();
    for (BlockManager<?> manager : managers) {
      List<String> violations = manager.invariantViolations();
      if (!violations.isEmpty()) {
        problems.add(describe(manager, violations));
      }
    }
    if (!problems.isEmpty()) {
      throw new AssertionError(String.join("\n", problems));
    }
  }

  private static String describe(BlockManager<?> manager, List<String> violations) {
    StringBuilder text = new StringBuilder(manager + " is corrupted:");
    for (String violation : violations) {
      text.append("\n  ").append(violation);
    }
    return text.append('\n').append(manager.dump(32)).toString();
  }
}
