package dev.kvbm.testkit.eviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.SlotView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The contract finds policies that do not keep it. */
class EvictionPolicyContractTest {

  /** What can be wrong with a policy, and the test of the contract that has to find it. */
  enum Fault {
    NONE(""),
    HAS_NO_NAME("thePolicyHasAName"),
    FINDS_A_VICTIM_IN_AN_EMPTY_POOL("aNewPolicyHasNoVictim"),
    TAKES_RESIDENT_FOR_IDLE("activeSlotsAreNotVictims"),
    LOSES_THE_LAST_SLOT("everyIdleSlotIsAVictimOnce"),
    REPEATS_VICTIMS("everyIdleSlotIsAVictimOnce"),
    FORGETS_TO_REVIVE("revivedSlotsAreNotVictims"),
    TAKES_A_RETURNED_VICTIM_FOR_KNOWN("aVictimThatIsGivenBackIsIdleAgain"),
    TAKES_VACATED_FOR_IDLE("vacatedSlotsAreForgotten"),
    READS_A_SLOT_THAT_IS_GONE("revivedSlotsAreNotVictims"),
    SHARES_STATE("policiesOfOneFactoryAreIndependent"),
    KEEPS_A_BORROWED_ARRAY("batchesMeanTheSameAsSingleCallsAndNoSlotIsLost"),
    TAKES_BATCHES_FROM_THE_END("batchesMeanTheSameAsSingleCallsAndNoSlotIsLost"),
    REVIVES_ONLY_THE_FIRST_OF_A_BATCH("batchesMeanTheSameAsSingleCallsAndNoSlotIsLost"),
    TAKES_TOO_MANY_TOGETHER("victimsTakenTogetherAreThoseThatPreviewShows"),
    EVICTS_BATCHES_FROM_THE_END("victimsTakenTogetherAreThoseThatPreviewShows"),
    PREVIEWS_TOO_MUCH("previewShowsTheNextVictimsAndChangesNothing"),
    PREVIEWS_BACKWARDS("previewShowsTheNextVictimsAndChangesNothing"),
    EVICTS_ON_PREVIEW("previewShowsTheNextVictimsAndChangesNothing"),
    PANICS_ABOUT_STRANGERS("aSlotThatIsNotIdleCanBeRevivedWithoutHarmToOthers"),
    BREAKS_IN_A_MANAGER("aBlockManagerCachesWhatThePolicyDoesNotGiveUp");

    final String found;

    Fault(String found) {
      this.found = found;
    }
  }

  private static Fault fault = Fault.NONE;

  /** Least recently used, with one thing wrong. */
  private static class Faulty implements EvictionPolicy {
    static List<Integer> common = new ArrayList<>();

    final SlotView slots;
    final List<Integer> idle;
    int[] borrowed = {};
    int previous = -1;
    int calls;

    Faulty(SlotView slots) {
      this.slots = slots;
      this.idle = fault == Fault.SHARES_STATE ? common : new ArrayList<>();
    }

    @Override
    public String name() {
      return fault == Fault.HAS_NO_NAME ? " " : "faulty";
    }

    @Override
    public void resident(int slot) {
      if (fault == Fault.TAKES_RESIDENT_FOR_IDLE) {
        idle.add(slot);
      }
    }

    @Override
    public void vacated(int slot) {
      if (fault == Fault.TAKES_VACATED_FOR_IDLE) {
        idle.add(slot);
      }
    }

    @Override
    public void becameIdle(int slot) {
      if (fault == Fault.READS_A_SLOT_THAT_IS_GONE && previous >= 0) {
        calls += slots.position(previous);
      }
      if (fault == Fault.BREAKS_IN_A_MANAGER && calls++ == 100) {
        throw new IllegalStateException("enough");
      }
      if (fault != Fault.TAKES_A_RETURNED_VICTIM_FOR_KNOWN || slot != previous) {
        idle.add(slot);
      }
    }

    @Override
    public void becameIdle(int[] batch, int from, int to) {
      boolean backwards = fault == Fault.TAKES_BATCHES_FROM_THE_END;
      for (int i = from; i < to; i++) {
        becameIdle(batch[backwards ? from + to - 1 - i : i]);
      }
      borrowed = batch;
    }

    @Override
    public void revived(int slot) {
      if (fault != Fault.FORGETS_TO_REVIVE) {
        boolean known = idle.remove(Integer.valueOf(slot));
        if (fault == Fault.PANICS_ABOUT_STRANGERS && !known) {
          idle.clear();
        }
      }
    }

    @Override
    public void revived(int[] batch, int from, int to) {
      boolean first = fault == Fault.REVIVES_ONLY_THE_FIRST_OF_A_BATCH;
      for (int i = from; i < (first ? Math.min(to, from + 1) : to); i++) {
        revived(batch[i]);
      }
      if (fault == Fault.KEEPS_A_BORROWED_ARRAY && borrowed.length > 1 && !idle.isEmpty()) {
        idle.set(0, borrowed[1]);
      }
    }

    @Override
    public int nextVictim() {
      boolean last = fault == Fault.LOSES_THE_LAST_SLOT && idle.size() == 1;
      if (idle.isEmpty() || last) {
        return fault == Fault.FINDS_A_VICTIM_IN_AN_EMPTY_POOL ? 0 : -1;
      }
      previous = fault == Fault.REPEATS_VICTIMS ? idle.getFirst() : idle.removeFirst();
      return previous;
    }

    @Override
    public int nextVictims(int[] into, int from, int to) {
      boolean more = fault == Fault.TAKES_TOO_MANY_TOGETHER && to < into.length;
      int taken = EvictionPolicy.super.nextVictims(into, from, more ? to + 1 : to);
      if (fault == Fault.EVICTS_BATCHES_FROM_THE_END && taken > 1) {
        int first = into[from];
        into[from] = into[from + taken - 1];
        into[from + taken - 1] = first;
      }
      return taken;
    }

    @Override
    public int preview(int[] into) {
      List<Integer> order = fault == Fault.PREVIEWS_BACKWARDS ? idle.reversed() : idle;
      int n = Math.min(into.length, order.size());
      for (int i = 0; i < n; i++) {
        into[i] = order.get(i);
      }
      if (fault == Fault.PREVIEWS_TOO_MUCH) {
        Arrays.fill(into, n, into.length, -1);
      }
      if (fault == Fault.EVICTS_ON_PREVIEW && n > 0) {
        idle.removeFirst();
      }
      return n;
    }
  }

  static final class FaultyPolicyKeepsTheContract extends EvictionPolicyContract {
    @Override
    protected EvictionPolicy.Factory factory() {
      return Faulty::new;
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void whatIsWrongWithAPolicyIsFoundByTheTestThatSaysSo(Fault present) {
    fault = present;
    Faulty.common.clear();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(FaultyPolicyKeepsTheContract.class))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    assertThat(listener.getSummary().getTestsFoundCount()).isEqualTo(16);
    List<String> failed =
        listener.getSummary().getFailures().stream()
            .map(failure -> failure.getTestIdentifier().getDisplayName())
            .toList();
    if (present == Fault.NONE) {
      assertThat(failed).isEmpty();
    } else {
      assertThat(failed).contains(present.found + "()");
    }
  }
}
