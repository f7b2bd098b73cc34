package dev.kvbm.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.testkit.ModelRunner;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random operations on whole block managers, compared with a naive model after each of them.
 *
 * <p>Every seed is another world: one or two managers on one registry, another size, policy,
 * duplication, default flag, and other prompts. As part of the build it runs for a few seconds. To
 * run it for ten minutes, from a seed of your own:
 *
 * <pre>
 * mvn verify -pl kvbm-testkit -am -Dtest=ManagerModelTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -DargLine="-Dkvbm.model.seconds=600 -Dkvbm.model.seed=1000000"
 * </pre>
 *
 * <p>A failure prints the seed and a script; {@link #aPrintedScriptCanBeReplayed} shows how to run
 * one.
 */
class ManagerModelTest {
  private static final int OPERATIONS = 400;

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void managersDoWhatTheModelDoes() {
    long seconds = Long.getLong("kvbm.model.seconds", 5);
    long seed = Long.getLong("kvbm.model.seed", 1);
    ModelRunner<Step> runner = new ModelRunner<>(ManagerModel::new);
    int seeds = runner.runFor(TimeUnit.SECONDS.toNanos(seconds), seed, OPERATIONS);
    System.getLogger(ManagerModelTest.class.getName())
        .log(
            System.Logger.Level.INFO,
            "tried {0} operations in {1} worlds, seeds {2} to {3}",
            Long.toString(runner.operationsTried()),
            Integer.toString(seeds),
            Long.toString(seed),
            Long.toString(seed + seeds - 1));
    assertThat(runner.operationsTried()).isEqualTo((long) seeds * OPERATIONS);
  }

  @Test
  void aPrintedScriptCanBeReplayed() {
    String script =
        """
        0 ALLOCATE 0 3 1
        1 REGISTER 0 5 1
        2 CLOSE 100 0 1
        3 MATCH 0 5 1
        4 FLAG 300 0 0
        5 CLOSE 300 0 0
        """;
    assertThat(
            new ModelRunner<>(ManagerModel::new)
                .replay(17, script.lines().map(Step::parse).toList()))
        .isEmpty();
  }
}
