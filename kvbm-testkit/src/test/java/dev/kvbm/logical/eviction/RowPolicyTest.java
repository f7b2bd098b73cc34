package dev.kvbm.logical.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.testkit.eviction.SimulatedPool;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of slots, told by their ends, against the same slots told one by one. */
class RowPolicyTest {
  private static final int BLOCKS = 70;

  static IntStream seeds() {
    return IntStream.range(0, 200);
  }

  private static RowPolicy lru(int blocks) {
    EvictionPolicy[] made = new EvictionPolicy[1];
    SimulatedPool _ = new SimulatedPool(blocks, slots -> made[0] = Eviction.lru().create(slots));
    return (RowPolicy) made[0];
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aRowIsWhatItsSlotsAreOneByOne(int seed) {
    Random random = new Random(seed);
    RowPolicy rows = lru(BLOCKS);
    EvictionPolicy singles = lru(BLOCKS);
    boolean[] idle = new boolean[BLOCKS];
    for (int step = 0; step < 300; step++) {
      String context = "seed " + seed + ", step " + step;
      int first = random.nextInt(BLOCKS);
      // Short rows as well as long ones, up and down, to the very ends of the pool.
      int reach = random.nextInt(4) == 0 ? BLOCKS : 6;
      int last = Math.clamp(first + random.nextInt(-reach, reach + 1), 0, BLOCKS - 1);
      int[] row = row(first, last);
      int held = (int) Arrays.stream(row).filter(slot -> idle[slot]).count();
      switch (random.nextInt(3)) {
        case 0 -> {
          boolean done = rows.becameIdleRow(first, last);
          assertThat(done).as(context).isEqualTo(held == 0);
          if (done) {
            for (int slot : row) {
              singles.becameIdle(slot);
              idle[slot] = true;
            }
          }
        }
        case 1 -> {
          boolean done = rows.revivedRow(first, last);
          if (done) {
            assertThat(held).as(context).isEqualTo(row.length);
            for (int slot : row) {
              singles.revived(slot);
              idle[slot] = false;
            }
          }
        }
        default -> {
          int victim = rows.nextVictim();
          assertThat(victim).as(context).isEqualTo(singles.nextVictim());
          if (victim >= 0) {
            idle[victim] = false;
          }
        }
      }
      assertThat(order(rows)).as(context).isEqualTo(order(singles));
    }
  }

  /** Otherwise declining everything would pass. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 16, 70})
  void rowsThatStandSideBySideAreTaken(int n) {
    RowPolicy policy = lru(BLOCKS);
    int start = BLOCKS - n;
    assertThat(policy.becameIdleRow(start, BLOCKS - 1)).isTrue();
    assertThat(order(policy)).isEqualTo(row(start, BLOCKS - 1));
    assertThat(policy.revivedRow(start, BLOCKS - 1)).isTrue();
    assertThat(policy.becameIdleRow(n - 1, 0)).isTrue();
    assertThat(order(policy)).isEqualTo(row(n - 1, 0));
    assertThat(policy.revivedRow(0, n - 1)).isTrue();
    assertThat(order(policy)).isEmpty();
  }

  private static int[] order(EvictionPolicy policy) {
    int[] ids = new int[BLOCKS];
    int n = policy.preview(ids);
    return Arrays.copyOf(ids, n);
  }

  private static int[] row(int first, int last) {
    int n = Math.abs(last - first) + 1;
    return IntStream.range(0, n).map(i -> first <= last ? first + i : first - i).toArray();
  }
}
