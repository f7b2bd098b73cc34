package dev.kvbm.logical.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.Hashes;
import dev.kvbm.logical.LogCapture;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.Pools;
import dev.kvbm.logical.scheduling.SequenceEvent.Created;
import dev.kvbm.logical.scheduling.SequenceEvent.DecodeApplied;
import dev.kvbm.logical.scheduling.SequenceEvent.DecodeScheduled;
import dev.kvbm.logical.scheduling.SequenceEvent.PrefillApplied;
import dev.kvbm.logical.scheduling.SequenceEvent.PrefillScheduled;
import dev.kvbm.logical.scheduling.SequenceEvent.PrefixMatched;
import dev.kvbm.logical.scheduling.SequenceEvent.Reacquired;
import dev.kvbm.logical.scheduling.SequenceEvent.Released;
import dev.kvbm.logical.tier.G1;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a delegate is told. */
class SequenceDelegateTest {
  @RegisterExtension final Pools pools = new Pools();

  private final List<SequenceEvent> events = new ArrayList<>();

  private SchedulableSequence<G1> request(BlockManager<G1> manager, int tokens, int max) {
    return Requests.builder(manager, tokens, max).delegate(events::add).build();
  }

  private List<SequenceEvent> taken() {
    List<SequenceEvent> taken = List.copyOf(events);
    events.clear();
    return taken;
  }

  @ParameterizedTest
  @EnumSource
  void everythingIsToldInOrder(Publication timing) {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request =
        Requests.builder(manager, 4, 5).publication(timing).delegate(events::add).build();
    assertThat(taken()).containsExactly(new Created(4, 5, 4));

    request.matchAndAddPrefix();
    Requests.prefill(request);
    Requests.decode(request);
    request.release();
    assertThat(request.reacquire().isAllocated()).isTrue();

    assertThat(taken())
        .containsExactly(
            new PrefixMatched(0),
            new PrefillScheduled(4, 1),
            new PrefillApplied(4, 1, true),
            new DecodeScheduled(1),
            new DecodeApplied(5, false),
            new Released(),
            new Reacquired(1, true));
    request.close();
  }

  @Test
  void stepsTellWhatTheyTookAndGaveBack() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = request(manager, 8, 20);
    Requests.prefill(request);
    taken();

    assertThat(request.scheduleSpeculative(9).isAllocated()).isTrue();
    request.applySpeculative(9, 10);
    assertThat(request.scheduleSpeculative(9).isAllocated()).isTrue();
    assertThat(request.revertSchedule()).isEqualTo(2);
    assertThat(request.dropUnassigned(0)).isZero();
    assertThat(request.dropUnassigned(9)).isEqualTo(1);
    assertThat(request.truncate(6)).isEqualTo(1);
    request.fork().orElseThrow().child().close();
    assertThat(request.extendPrefix(manager.match(Hashes.chain(0, 0)))).isZero();
    request.close();
    request.close();

    assertThat(taken())
        .containsExactly(
            new SequenceEvent.SpeculativeScheduled(9, 3),
            new SequenceEvent.SpeculativeApplied(2, 9, 2),
            new SequenceEvent.SpeculativeScheduled(9, 2),
            new SequenceEvent.ScheduleReverted(2),
            new SequenceEvent.UnassignedDropped(1),
            new SequenceEvent.Truncated(6, 1),
            new SequenceEvent.Forked(1, 0),
            new Created(6, 20, 4),
            new SequenceEvent.Closed(1),
            new SequenceEvent.PrefixExtended(0),
            new SequenceEvent.Closed(1));
  }

  @Test
  void aRequestThatCouldNotComeBackReportsNoBlocks() {
    BlockManager<G1> manager = pools.of(3);
    SchedulableSequence<G1> request = request(manager, 9, 4);
    Requests.prefill(request);
    request.release();
    taken();
    try (MutableBlocks<G1> others = manager.allocate(1).orElseThrow()) {
      assertThat(others.size()).isEqualTo(1);
      assertThat(request.reacquire().isAllocated()).isFalse();
    }

    assertThat(taken()).containsExactly(new Reacquired(0, false));
  }

  @Test
  void refusedCallsAndFullPoolsAreNoEvents() {
    BlockManager<G1> manager = pools.of(1);
    SchedulableSequence<G1> request = request(manager, 8, 4);
    taken();

    assertThat(request.schedulePrefill(8).isAllocated()).isFalse();
    Requests.assertRefused(
        request, () -> request.schedulePrefill(9), new SchedulingError.PrefillOverrun(0, 9, 8));

    assertThat(taken()).isEmpty();
  }

  @Test
  void aFailingDelegateHarmsNothingAndIsLoggedOnce() {
    BlockManager<G1> manager = pools.of(8);
    try (LogCapture log = new LogCapture(SchedulableSequence.class)) {
      SchedulableSequence<G1> request =
          Requests.builder(manager, 8, 9)
              .delegate(
                  event -> {
                    events.add(event);
                    throw new AssertionError("no " + event);
                  })
              .build();
      Requests.prefill(request);
      assertThat(Requests.decode(request)).isEqualTo(DecodeOutcome.CONTINUE);
      SchedulableSequence<G1> child = request.fork().orElseThrow().child();
      child.close();
      request.close();

      assertThat(log.messages()).hasSize(2).allMatch(message -> message.contains("Created["));
    }
    assertThat(events).hasSize(9);
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void aDelegateMayCallTheRequest() {
    BlockManager<G1> manager = pools.of(8);
    List<SchedulableSequence<G1>> made = new ArrayList<>();
    SchedulableSequence<G1> request =
        Requests.builder(manager, 8, 3)
            .delegate(
                event -> {
                  if (event instanceof DecodeApplied || event instanceof PrefillApplied) {
                    SchedulableSequence<G1> self = made.getFirst();
                    if (self.isComplete()) {
                      self.close();
                    } else {
                      assertThat(self.scheduleDecode().isAllocated()).isTrue();
                    }
                  }
                })
            .build();
    made.add(request);

    Requests.prefill(request);
    assertThat(request.applyDecode(9)).isEqualTo(DecodeOutcome.CONTINUE);
    assertThat(request.applyDecode(10)).isEqualTo(DecodeOutcome.MAX_LENGTH);

    assertThat(request.state()).isEqualTo(new SequenceState.Closed());
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void aForkMayHaveAnotherDelegate() {
    SchedulableSequence<G1> request = request(pools.of(8), 8, 9);
    List<SequenceEvent> others = new ArrayList<>();

    request.fork(others::add).orElseThrow().child().close();

    assertThat(others).containsExactly(new Created(8, 9, 4), new SequenceEvent.Closed(0));
    assertThat(taken()).containsExactly(new Created(8, 9, 4), new SequenceEvent.Forked(0, 0));
  }
}
