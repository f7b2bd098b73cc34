package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.tokens.Vectors.Node;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PositionalRadixTreeTest {

  private static void matches(
      Node step, PositionalRadixTree<PositionalSequenceHash, Integer> tree) {
    for (String name : step.names()) {
      switch (name) {
        case "is_empty" -> assertThat(tree.isEmpty()).as(step.path()).isEqualTo(step.flag(name));
        case "len" -> assertThat(tree.size()).as(step.path()).isEqualTo(step.number(name));
        case "position(0) present" ->
            assertThat(tree.hasPosition(0)).as(step.path()).isEqualTo(step.flag(name));
        case "position(1) present" ->
            assertThat(tree.hasPosition(1)).as(step.path()).isEqualTo(step.flag(name));
        case "position(0) size" ->
            assertThat(tree.atPosition(0, Map::size)).as(step.path()).contains(step.integer(name));
        case "position(1) size" ->
            assertThat(tree.atPosition(1, Map::size)).as(step.path()).contains(step.integer(name));
        case "step", "value", "replaced", "clone_len" -> {}
        default -> throw new AssertionError("unknown field " + name);
      }
    }
  }

  @Test
  void emptyPositionsBehaveAsRecorded() {
    List<Node> log = Vectors.read("radix_tree").items("log");
    PositionalSequenceHash a = PositionalSequenceHash.of(1, 0, 1);
    PositionalSequenceHash b = PositionalSequenceHash.of(2, 1, 2);
    PositionalSequenceHash c = PositionalSequenceHash.of(3, 0, 3);
    PositionalRadixTree<PositionalSequenceHash, Integer> tree = new PositionalRadixTree<>();
    matches(log.get(0), tree);

    assertThat(tree.<Boolean>update(b, entries -> entries.containsKey(b))).isFalse();
    matches(log.get(1), tree);

    assertThat(tree.put(a, 100)).isNull();
    assertThat(tree.put(b, 200)).isNull();
    assertThat(tree.put(c, 300)).isNull();
    assertThat(tree.put(a, 101)).isEqualTo(log.get(2).integer("replaced"));
    matches(log.get(2), tree);

    PositionalRadixTree<PositionalSequenceHash, Integer> copy = tree.copy();
    assertThat(tree.remove(b)).isEqualTo(200);
    assertThat(copy.size()).isEqualTo(log.get(3).number("clone_len"));
    assertThat(copy.get(b)).isEqualTo(200);
    matches(log.get(3), tree);

    tree.atPosition(
        0,
        entries -> {
          entries.clear();
          return true;
        });
    matches(log.get(4), tree);
  }

  @Test
  void lookingDoesNotCreatePositions() {
    PositionalRadixTree<PositionalLineageHash, String> tree = new PositionalRadixTree<>();
    PositionalLineageHash key = PositionalLineageHash.of(1, 2, 70_000);
    assertThat(tree.get(key)).isNull();
    assertThat(tree.remove(key)).isNull();
    assertThat(tree.remove(key, "x")).isFalse();
    assertThat(tree.atPosition(70_000, Map::size)).isEmpty();
    assertThat(tree.hasPosition(70_000)).isFalse();
  }

  @Test
  void aKeyIsRemovedOnlyWithItsValue() {
    PositionalRadixTree<PositionalLineageHash, String> tree = new PositionalRadixTree<>();
    PositionalLineageHash key = PositionalLineageHash.root(1);
    tree.put(key, "new");
    assertThat(tree.isEmpty()).isFalse();
    assertThat(tree.remove(key, "old")).isFalse();
    assertThat(tree.get(key)).isEqualTo("new");
    assertThat(tree.remove(key, "new")).isTrue();
    assertThat(tree.get(key)).isNull();
  }

  @Test
  void threadsThatUpdateOnePositionLoseNothing() throws Exception {
    PositionalRadixTree<PositionalLineageHash, Integer> tree = new PositionalRadixTree<>();
    PositionalLineageHash shared = PositionalLineageHash.of(0, 0, 5);
    int threads = 4;
    int rounds = 2_000;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<Boolean>> tasks =
          IntStream.range(0, threads)
              .<Callable<Boolean>>mapToObj(
                  thread ->
                      () -> {
                        for (int i = 1; i <= rounds; i++) {
                          tree.put(PositionalLineageHash.of(((long) thread << 32) | i, 0, 5), i);
                          tree.<Integer>update(shared, e -> e.merge(shared, 1, Integer::sum));
                        }
                        return true;
                      })
              .toList();
      for (Future<Boolean> done : executor.invokeAll(tasks)) {
        assertThat(done.get()).isTrue();
      }
    }
    assertThat(tree.size()).isEqualTo(threads * rounds + 1);
    assertThat(tree.get(shared)).isEqualTo(threads * rounds);
  }
}
