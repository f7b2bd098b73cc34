package dev.kvbm.logical.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyedNodesTest {
  private record Key(int position, long fragment) {}

  @Test
  void nodesAreFoundByTheirKeyWhileOthersComeAndGo() {
    long seed = 7;
    SplittableRandom random = new SplittableRandom(seed);
    KeyedNodes nodes = new KeyedNodes();
    Map<Key, Integer> expected = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      // Few and similar keys, so that probes meet.
      Key key = new Key(random.nextInt(6), random.nextInt(100) << 20);
      Integer node = expected.get(key);
      assertThat(nodes.find(key.position(), key.fragment()))
          .as("seed %d, step %d, %s", seed, step, key)
          .isEqualTo(node == null ? KeyedNodes.NONE : node);
      if (node == null) {
        int added = nodes.add(key.position(), key.fragment());
        assertThat(expected).doesNotContainValue(added);
        expected.put(key, added);
      } else if (random.nextBoolean()) {
        nodes.remove(node);
        expected.remove(key);
      }
      assertThat(nodes.size()).isEqualTo(expected.size());
    }
  }

  @Test
  void indexesOfRemovedNodesAreUsedAgain() {
    KeyedNodes nodes = new KeyedNodes();
    for (int round = 0; round < 1_000; round++) {
      for (int i = 0; i < 8; i++) {
        nodes.add(round, i);
      }
      for (int i = 0; i < 8; i++) {
        nodes.remove(nodes.find(round, i));
      }
    }
    assertThat(nodes.isEmpty()).isTrue();
    assertThat(nodes.capacity()).isEqualTo(8);
  }

  @Test
  void aNodeThatUsesAnIndexAgainInheritsNothing() {
    KeyedNodes nodes = new KeyedNodes();
    int node = nodes.add(3, 4);
    nodes.children[node] = 5;
    nodes.linked[node] = true;
    nodes.parentFragment[node] = 6;
    nodes.idleSlot[node] = 7;
    nodes.moved[node] = true;
    nodes.remove(node);
    assertThat(nodes.add(8, 9)).isEqualTo(node);
    assertThat(nodes.children[node]).isZero();
    assertThat(nodes.linked[node]).isFalse();
    assertThat(nodes.idleSlot[node]).isEqualTo(KeyedNodes.NONE);
    assertThat(nodes.moved[node]).isFalse();
    assertThat(nodes.position(node)).isEqualTo(8);
  }
}
