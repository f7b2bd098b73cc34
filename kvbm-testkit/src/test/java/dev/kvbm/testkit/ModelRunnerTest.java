package dev.kvbm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kvbm.testkit.ModelRunner.ModelFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ModelRunnerTest {
  private sealed interface Operation {
    record Push(int value) implements Operation {}

    record Pop() implements Operation {}
  }

  /** A stack beside a list; wrong in the way that the subclass says. */
  private static class StackModel implements ModelRunner.Model<Operation> {
    final Deque<Integer> stack = new ArrayDeque<>();
    final List<Integer> model = new ArrayList<>();
    boolean finished;

    @Override
    public Operation draw(Random random) {
      return random.nextInt(3) == 0 ? new Operation.Pop() : new Operation.Push(random.nextInt(100));
    }

    @Override
    public void apply(Operation operation) {
      switch (operation) {
        case Operation.Push(int value) -> {
          push(value);
          model.add(value);
        }
        case Operation.Pop() -> {
          if (!model.isEmpty()) {
            assertThat(stack.pop()).isEqualTo(model.removeLast());
          }
        }
      }
    }

    void push(int value) {
      stack.push(value);
    }

    @Override
    public void finish() {
      finished = true;
      assertThat(stack).hasSameSizeAs(model);
    }
  }

  /** Loses what is pushed on three others, if it is large. */
  private static final class LossyStack extends StackModel {
    @Override
    void push(int value) {
      if (stack.size() < 3 || value < 60) {
        super.push(value);
      }
    }
  }

  @Test
  void aSystemThatAgreesWithItsModelPasses() {
    List<StackModel> made = new ArrayList<>();
    ModelRunner<Operation> runner =
        new ModelRunner<>(
            seed -> {
              made.add(new StackModel());
              return made.getLast();
            });
    runner.run(1, 500);
    runner.run(2, 500);
    assertThat(runner.operationsTried()).isEqualTo(1000);
    assertThat(made).hasSize(2).allMatch(model -> model.finished);
  }

  @Test
  void aDisagreementIsShrunkToTheFewestOperationsThatShowIt() {
    ModelRunner<Operation> runner = new ModelRunner<>(seed -> new LossyStack());
    ModelFailure failure = catchThrowableOfType(ModelFailure.class, () -> runner.run(4711, 500));
    assertThat(failure.seed()).isEqualTo(4711);
    assertThat(failure.script())
        .hasSize(4)
        .allMatch(Operation.Push.class::isInstance)
        .last()
        .satisfies(last -> assertThat(((Operation.Push) last).value()).isGreaterThanOrEqualTo(60));
    assertThat(failure)
        .hasMessageContaining("seed 4711")
        .hasMessageContaining("shrunk to 4:")
        .hasMessageContaining("Push[value=");
    assertThat(failure.getCause()).isInstanceOf(AssertionError.class);
  }

  @Test
  void aSeedGivesTheSameScriptAgain() {
    ModelFailure one =
        catchThrowableOfType(
            ModelFailure.class,
            () -> new ModelRunner<Operation>(seed -> new LossyStack()).run(99, 500));
    ModelFailure two =
        catchThrowableOfType(
            ModelFailure.class,
            () -> new ModelRunner<Operation>(seed -> new LossyStack()).run(99, 500));
    assertThat(one.script()).isEqualTo(two.script());
    assertThat(one).hasMessage(two.getMessage());
  }

  @Test
  void anExceptionOfTheSystemIsADisagreement() {
    ModelRunner<Operation> runner =
        new ModelRunner<>(
            seed ->
                new StackModel() {
                  @Override
                  void push(int value) {
                    if (value == 13) {
                      throw new IllegalStateException("unlucky");
                    }
                    super.push(value);
                  }
                });
    assertThatThrownBy(() -> runner.run(5, 2_000))
        .isInstanceOf(ModelFailure.class)
        .hasMessageContaining("unlucky")
        .satisfies(
            failure ->
                assertThat(((ModelFailure) failure).script())
                    .singleElement()
                    .isEqualTo(new Operation.Push(13)));
  }

  @Test
  void aScriptCanBeReplayed() {
    ModelRunner<Operation> runner = new ModelRunner<>(seed -> new LossyStack());
    List<Operation> good = List.of(new Operation.Push(99), new Operation.Pop());
    assertThat(runner.replay(1, good)).isEmpty();
    List<Operation> bad =
        List.of(
            new Operation.Push(1),
            new Operation.Push(2),
            new Operation.Push(3),
            new Operation.Push(70),
            new Operation.Pop());
    assertThat(runner.replay(1, bad)).containsInstanceOf(AssertionError.class);
  }

  @Test
  void aRunForATimeTriesAtLeastOneSeed() {
    ModelRunner<Operation> runner = new ModelRunner<>(seed -> new StackModel());
    assertThat(runner.runFor(0, 10, 50)).isEqualTo(1);
    assertThat(runner.operationsTried()).isEqualTo(50);
    assertThat(runner.runFor(20_000_000, 10, 50)).isGreaterThan(1);
  }

  @Test
  void theSeedReachesTheModel() {
    List<Long> seeds = new ArrayList<>();
    ModelRunner<Operation> runner =
        new ModelRunner<>(
            seed -> {
              seeds.add(seed);
              return new StackModel();
            });
    runner.run(7, 1);
    runner.run(8, 1);
    assertThat(seeds).containsExactly(7L, 8L);
  }
}
