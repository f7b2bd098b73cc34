package dev.kvbm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.testkit.TestTiers.TestMeta;
import java.util.List;
import org.junit.jupiter.api.Test;

class InvariantCheckerTest {
  /** LRU that does not want to hear of the block with id 1. */
  private static EvictionPolicy forgetful(EvictionPolicy lru) {
    return new EvictionPolicy() {
      @Override
      public String name() {
        return "forgetful";
      }

      @Override
      public void becameIdle(int slot) {
        if (slot != 1) {
          lru.becameIdle(slot);
        }
      }

      @Override
      public void revived(int slot) {
        if (slot != 1) {
          lru.revived(slot);
        }
      }

      @Override
      public int nextVictim() {
        return lru.nextVictim();
      }

      @Override
      public int preview(int[] into) {
        return lru.preview(into);
      }
    };
  }

  static BlockManager<TestMeta> corrupted() {
    BlockManager<TestMeta> manager =
        TestManagers.withEviction(4, slots -> forgetful(Eviction.lru().create(slots)));
    manager.allocate(3).orElseThrow().register(TestTokens.chain(0, 3, 4)).close();
    return manager;
  }

  @Test
  void managersInAnyOrdinaryStatePass() {
    BlockManager<TestMeta> manager = TestManagers.create(8);
    InvariantChecker.check();
    InvariantChecker.check(manager);
    var mutable = manager.allocate(2).orElseThrow();
    var staged = manager.allocate(2).orElseThrow().stage(TestTokens.chain(0, 2, 4));
    manager.allocate(2).orElseThrow().register(TestTokens.chain(100, 2, 4)).close();
    InvariantChecker.check(manager, TestManagers.create(1));
    mutable.close();
    staged.close();
    InvariantChecker.check(List.of(manager));
  }

  @Test
  void aPolicyThatForgetsABlockIsReportedWithAPictureOfThePool() {
    BlockManager<TestMeta> corrupted = corrupted();
    assertThatThrownBy(() -> InvariantChecker.check(TestManagers.create(2), corrupted))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(corrupted + " is corrupted:")
        .hasMessageContaining("I2: victims known to the policy is 2, not 3")
        .hasMessageContaining("policy forgetful")
        .hasMessageContaining("INACTIVE 3");
  }

  @Test
  void everyCorruptedManagerIsReported() {
    BlockManager<TestMeta> one = corrupted();
    BlockManager<TestMeta> two = corrupted();
    assertThatThrownBy(() -> InvariantChecker.check(one, two))
        .hasMessageContaining(one + " is corrupted")
        .hasMessageContaining(two + " is corrupted");
  }

  @Test
  void aPolicyThatCannotBeLookedAtIsReportedAsWell() {
    boolean[] broken = {false};
    BlockManager<TestMeta> manager =
        TestManagers.withEviction(
            2,
            slots -> {
              EvictionPolicy lru = Eviction.lru().create(slots);
              return new EvictionPolicy() {
                @Override
                public String name() {
                  return "shy";
                }

                @Override
                public void becameIdle(int slot) {
                  lru.becameIdle(slot);
                }

                @Override
                public void revived(int slot) {
                  lru.revived(slot);
                }

                @Override
                public int nextVictim() {
                  return lru.nextVictim();
                }

                @Override
                public int preview(int[] into) {
                  if (broken[0]) {
                    throw new IllegalStateException("do not look");
                  }
                  return lru.preview(into);
                }
              };
            });
    InvariantChecker.check(manager);
    broken[0] = true;
    assertThatThrownBy(() -> InvariantChecker.check(manager))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the policy cannot say what it would evict")
        .hasMessageContaining(
            "the policy does not say: java.lang.IllegalStateException: do not look");
    assertThat(manager.availableBlocks()).isEqualTo(2);
  }
}
