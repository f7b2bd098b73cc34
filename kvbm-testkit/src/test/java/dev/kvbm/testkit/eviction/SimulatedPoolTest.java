package dev.kvbm.testkit.eviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.SlotView;
import dev.kvbm.testkit.TestTokens;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedPoolTest {
  private static final LineageHashes PROMPT = TestTokens.chain(0, 4, 4);

  /** A policy that says what it is told to say. */
  private static final class Puppet implements EvictionPolicy {
    final SlotView slots;
    final List<String> heard = new ArrayList<>();
    int answer = -1;

    Puppet(SlotView slots) {
      this.slots = slots;
    }

    @Override
    public String name() {
      return "puppet";
    }

    @Override
    public void resident(int slot) {
      heard.add("resident " + slot);
    }

    @Override
    public void becameIdle(int slot) {
      heard.add("idle " + slot);
    }

    @Override
    public void revived(int slot) {
      heard.add("revived " + slot);
    }

    @Override
    public void vacated(int slot) {
      heard.add("vacated " + slot + " at " + slots.position(slot));
    }

    @Override
    public int nextVictim() {
      return answer;
    }

    @Override
    public int preview(int[] into) {
      return answer;
    }
  }

  private static Puppet puppet(SimulatedPool pool) {
    return (Puppet) pool.policy();
  }

  @Test
  void thePolicyHearsWhatAManagerWouldTellIt() {
    SimulatedPool pool = new SimulatedPool(4, Puppet::new);
    int[] slots = pool.register(PROMPT.slice(0, 3));
    pool.release(slots[2]);
    pool.releaseTogether(slots[1], slots[0]);
    pool.revive(slots[0]);
    pool.reviveTogether(slots[1]);
    pool.vacate(slots[1]);
    assertThat(puppet(pool).heard)
        .containsExactly(
            "resident 0",
            "resident 1",
            "resident 2",
            "idle 2",
            "idle 1",
            "idle 0",
            "revived 0",
            "revived 1",
            "vacated 1 at 1");
  }

  @Test
  void thePoolKnowsWhatIsWhere() {
    SimulatedPool pool = new SimulatedPool(4, Eviction.lru());
    int[] slots = pool.register(PROMPT);
    assertThat(pool.blocks()).isEqualTo(4);
    assertThat(pool.hasEmptySlot()).isFalse();
    pool.release(slots[1], slots[2]);
    assertThat(pool.idleCount()).isEqualTo(2);
    assertThat(pool.isIdle(slots[1])).isTrue();
    assertThat(pool.isActive(slots[1])).isFalse();
    assertThat(pool.isActive(slots[0])).isTrue();
    assertThat(pool.find(PROMPT.get(2))).isEqualTo(slots[2]);
    assertThat(pool.hash(slots[3])).isEqualTo(PROMPT.get(3));
    assertThat(pool.evict()).isEqualTo(slots[1]);
    assertThat(pool.find(PROMPT.get(1))).isEqualTo(-1);
    assertThat(pool.hasEmptySlot()).isTrue();
    assertThat(pool.register(TestTokens.hashOf(9, 9, 9, 9))).isEqualTo(slots[1]);
    assertThat(pool.evictAndReturn()).isEqualTo(slots[2]);
    assertThat(pool.preview(9)).containsExactly(slots[2]);
    pool.setFrequency(slots[2], 7);
    assertThat(pool.frequency(slots[2])).isEqualTo(7);
    assertThat(pool.evictTogether(9)).containsExactly(slots[2]);
    assertThat(pool.evict()).isEqualTo(-1);
  }

  @Test
  void theViewAnswersForResidentSlots() {
    SimulatedPool pool = new SimulatedPool(4, Puppet::new);
    SlotView view = puppet(pool).slots;
    int[] slots = pool.register(PROMPT.slice(0, 3));
    assertThat(view.blocks()).isEqualTo(4);
    assertThat(new PositionalLineageHash(view.hashHi(slots[2]), view.hashLo(slots[2])))
        .isEqualTo(PROMPT.get(2));
    assertThat(view.position(slots[2])).isEqualTo(2);
    assertThat(view.parent(slots[2])).isEqualTo(slots[1]);
    assertThat(view.parent(slots[0])).isEqualTo(-1);
    assertThat(view.isParent(slots[1], slots[2])).isTrue();
    assertThat(view.isParent(slots[0], slots[2])).isFalse();
    assertThat(view.isParent(3, slots[2])).isFalse();
    assertThat(view.isIdle(slots[1])).isFalse();
    assertThat(view.sharesFragment(slots[1])).isFalse();
    assertThat(view.frequency(slots[1])).isZero();
    // The same lower bits, and so the same key.
    PositionalLineageHash second = PROMPT.get(1);
    long twin = second.currentSequenceHash() ^ (1L << 60);
    int slot = pool.register(PositionalLineageHash.of(twin, second.parentHashFragment(), 1));
    assertThat(view.sharesFragment(slots[1])).isTrue();
    assertThat(view.sharesFragment(slot)).isTrue();
    assertThatIllegalStateException()
        .isThrownBy(() -> new SimulatedPool(2, Puppet::new).hash(1))
        .withMessage("slot 1 is empty, it has no hash to read");
  }

  @Test
  void aVictimThatIsNoneFailsTheTestWithTheLastCalls() {
    SimulatedPool pool = new SimulatedPool(4, Puppet::new);
    pool.register(PROMPT.slice(0, 2));
    pool.releaseTogether(0);
    assertThatThrownBy(pool::evict)
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            "policy puppet: nextVictim returned -1 although 1 slots are idle; the last calls were"
                + " resident(0), resident(1), becameIdle(0), nextVictim()");
    puppet(pool).answer = 1;
    assertThatThrownBy(pool::evict).hasMessageContaining("the victim 1 is not idle, it is referen");
    puppet(pool).answer = 3;
    assertThatThrownBy(pool::evictAndReturn).hasMessageContaining("is not idle, it is empty");
    puppet(pool).answer = 4;
    assertThatThrownBy(pool::evict)
        .hasMessageContaining("the victim 4 is no slot; slots are 0 to 3");
    puppet(pool).answer = 0;
    assertThatThrownBy(() -> pool.preview(5))
        .hasMessageContaining("preview returned 0 of 5 wanted, while 1 are idle");
    for (int i = 0; i < 20; i++) {
      pool.revive(0);
      pool.release(0);
    }
    puppet(pool).answer = -2;
    assertThatThrownBy(pool::evict)
        .as("only the last twelve calls are shown")
        .hasMessageContaining("last calls were becameIdle(0), revived(0)")
        .hasMessageEndingWith("becameIdle(0), nextVictim()");
  }

  @Test
  void movesThatAreTheTestsOwnMistakeDoNotReachThePolicy() {
    SimulatedPool pool = new SimulatedPool(2, Puppet::new);
    pool.register(PROMPT.get(0));
    pool.release(0);
    int heard = puppet(pool).heard.size();
    assertThatIllegalStateException()
        .isThrownBy(() -> pool.register(PROMPT.get(0)))
        .withMessageContaining("holds a block already");
    assertThatIllegalStateException()
        .isThrownBy(() -> pool.releaseTogether(0))
        .withMessageContaining("only a referenced slot can be released, not 0");
    assertThatIllegalStateException()
        .isThrownBy(() -> pool.vacate(0))
        .withMessageContaining("only a referenced slot can be vacated, not 0");
    assertThatIllegalStateException()
        .isThrownBy(() -> pool.revive(1))
        .withMessageContaining("only an idle slot can be revived, not 1");
    assertThat(puppet(pool).heard).hasSize(heard);
    pool.register(PROMPT.get(1));
    assertThatIllegalStateException()
        .isThrownBy(() -> pool.register(PROMPT.get(2)))
        .withMessageContaining("no slot is empty; evict one");
  }
}
