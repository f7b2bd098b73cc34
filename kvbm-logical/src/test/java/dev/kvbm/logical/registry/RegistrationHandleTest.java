package dev.kvbm.logical.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.CountingTracker;
import dev.kvbm.logical.Hashes;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.Pools;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Handles, attachments and touch callbacks; spec (a.4), the rows that are not about presence. */
class RegistrationHandleTest {
  @RegisterExtension final Pools pools = new Pools();

  private final CountingTracker tracker = new CountingTracker();
  private final BlockRegistry registry = BlockRegistry.builder().frequencyTracker(tracker).build();

  private static final PositionalLineageHash A = Hashes.root(0);
  private static final PositionalLineageHash B = Hashes.root(100);

  private record Note(String text) {}

  // --------------- registration ---------------

  @Test
  void aHashIsRegisteredWhileAHandleIsOpen() {
    assertThat(registry.isRegistered(A)).isFalse();
    RegistrationHandle first = registry.register(A);
    RegistrationHandle second = first.share();
    assertThat(registry.isRegistered(A)).isTrue();
    assertThat(registry.registeredCount()).isEqualTo(1);
    first.close();
    assertThat(registry.isRegistered(A)).isTrue();
    second.close();
    assertThat(registry.isRegistered(A)).isFalse();
    assertThat(registry.registeredCount()).isZero();
  }

  @Test
  void closingAHandleTwiceDoesNotTakeItFromOthers() {
    RegistrationHandle first = registry.register(A);
    RegistrationHandle second = registry.register(A);
    first.close();
    first.close();
    first.close();
    assertThat(registry.isRegistered(A)).isTrue();
    second.close();
    assertThat(registry.isRegistered(A)).isFalse();
  }

  @Test
  void aListIsRegisteredInItsOrderAndRepeatsShareTheirAttachments() {
    LineageHashes hashes =
        LineageHashes.of(Hashes.chain(0, 3).get(2), A, Hashes.chain(0, 2).get(1), A);
    List<RegistrationHandle> handles = registry.register(hashes);
    assertThat(handles).extracting(RegistrationHandle::hash).containsExactly(hashes.toArray());
    handles.get(1).attachUnique(Note.class, new Note("shared"));
    assertThat(handles.get(3).unique(Note.class)).hasValue(new Note("shared"));
    assertThat(handles.get(0).unique(Note.class)).isEmpty();
    assertThat(registry.registeredCount()).isEqualTo(3);
    handles.forEach(RegistrationHandle::close);
    assertThat(registry.registeredCount()).isZero();
  }

  @Test
  void aListSharesTheRegistrationsThatAreOpenAlready() {
    PositionalLineageHash last = Hashes.chain(0, 3).get(2);
    try (RegistrationHandle open = registry.register(last)) {
      open.attach(String.class, "known");
      List<RegistrationHandle> handles =
          registry.register(LineageHashes.of(last, A, Hashes.chain(0, 2).get(1), last));
      assertThat(handles.get(0).multiple(String.class)).containsExactly("known");
      assertThat(handles.get(3).multiple(String.class)).containsExactly("known");
      assertThat(handles.get(1).attachedTypes()).isEmpty();
      assertThat(registry.registeredCount()).isEqualTo(3);
      handles.forEach(RegistrationHandle::close);
      assertThat(open.multiple(String.class)).containsExactly("known");
    }
    assertThat(registry.registeredCount()).isZero();
  }

  @Test
  void onlyANewHashCountsAsAnAccess() {
    RegistrationHandle open = registry.register(A);
    assertThat(tracker.takeTouches()).isEqualTo(1);
    registry.register(LineageHashes.of(B, A, B)).forEach(RegistrationHandle::close);
    assertThat(tracker.takeTouches()).isEqualTo(1);
    open.share().close();
    registry.openHandle(A).close();
    assertThat(tracker.takeTouches()).isZero();
    assertThat(registry.count(A)).isEqualTo(1);
    open.close();
    registry.register(A).close();
    assertThat(registry.count(A)).isEqualTo(2);
  }

  @Test
  void aHashWithABlockIsNotNew() {
    BlockManager<G1> manager = pools.build(Pools.builder(G1.TIER, 2, registry));
    Pools.cache(manager, A);
    tracker.takeTouches();
    registry.register(A).close();
    assertThat(tracker.takeTouches()).isZero();
    assertThat(registry.isRegistered(A)).isTrue();
  }

  @Test
  void aRegisteredHashCanBeLookedUp() {
    BlockManager<G1> manager = pools.build(Pools.builder(G1.TIER, 2, registry));
    assertThat(registry.match(A, true)).isEmpty();
    assertThat(tracker.takeTouches()).isZero();
    Pools.cache(manager, A);
    tracker.takeTouches();
    try (RegistrationHandle handle = registry.match(A, false).orElseThrow()) {
      assertThat(handle.isPresent(G1.TIER)).isTrue();
      assertThat(tracker.takeTouches()).isZero();
    }
    registry.match(A, true).orElseThrow().close();
    assertThat(tracker.takeTouches()).isEqualTo(1);
    try (RegistrationHandle handle = registry.register(B)) {
      registry.match(handle.hash(), false).orElseThrow().close();
    }
    assertThat(registry.match(B, false)).isEmpty();
  }

  @Test
  void aHandleKnowsItsRegistry() {
    try (RegistrationHandle handle = registry.register(A)) {
      assertThat(handle.isFromRegistry(registry)).isTrue();
      assertThat(handle.isFromRegistry(BlockRegistry.create())).isFalse();
      assertThat(handle).hasToString("RegistrationHandle[" + A + "]");
    }
  }

  @Test
  void aHandlePinsNoBlock() {
    BlockManager<G1> manager = pools.build(Pools.builder(G1.TIER, 1, registry));
    Pools.cache(manager, A);
    try (RegistrationHandle handle = registry.openHandle(A)) {
      Pools.cache(manager, B);
      assertThat(handle.isPresent(G1.TIER)).isFalse();
      assertThat(registry.isRegistered(A)).isTrue();
    }
    assertThat(registry.isRegistered(A)).isFalse();
  }

  @Test
  void aClosedHandleSaysSo() {
    RegistrationHandle handle = registry.register(A);
    handle.close();
    assertThat(handle.hash()).isEqualTo(A);
    assertThat(handle.toString()).contains("closed");
    for (ThrowingCallable use :
        List.<ThrowingCallable>of(
            handle::share,
            handle::touch,
            handle::attachedTypes,
            () -> handle.isPresent(G1.TIER),
            () -> handle.isPresentInAny(G1.TIER),
            () -> handle.attach(Note.class, new Note("late")),
            () -> handle.attachUnique(Note.class, new Note("late")),
            () -> handle.unique(Note.class),
            () -> handle.multiple(Note.class),
            () -> handle.detach(Note.class, new Note("late")),
            () -> handle.detachAll(Note.class),
            () -> handle.onTouch(hash -> {}))) {
      assertThatThrownBy(use)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("registration handle of " + A + " is closed");
    }
  }

  // --------------- attachments ---------------

  @Test
  void aUniqueAttachmentIsReplacedAndTheOldOneHandedBack() {
    try (RegistrationHandle handle = registry.register(A)) {
      assertThat(handle.unique(Note.class)).isEmpty();
      assertThat(handle.attachUnique(Note.class, new Note("one"))).isEmpty();
      assertThat(handle.attachUnique(Note.class, new Note("two"))).hasValue(new Note("one"));
      assertThat(handle.unique(Note.class)).hasValue(new Note("two"));
      assertThat(handle.multiple(Note.class)).isEmpty();
    }
  }

  @Test
  void severalAttachmentsOfOneTypeKeepTheirOrder() {
    try (RegistrationHandle handle = registry.register(A)) {
      handle.attach(Note.class, new Note("one"));
      handle.attach(Note.class, new Note("two"));
      handle.attach(Note.class, new Note("one"));
      assertThat(handle.multiple(Note.class))
          .containsExactly(new Note("one"), new Note("two"), new Note("one"));
      assertThat(handle.unique(Note.class)).isEmpty();
    }
  }

  @Test
  void aTypeIsEitherUniqueOrMultiple() {
    try (RegistrationHandle handle = registry.register(A)) {
      handle.attachUnique(Note.class, new Note("only"));
      handle.attach(String.class, "first");

      AttachmentException unique =
          catchThrowableOfType(
              AttachmentException.class, () -> handle.attach(Note.class, new Note("second")));
      assertThat(unique.registeredAsUnique()).isTrue();
      assertThat(unique.type()).isEqualTo(Note.class);
      assertThat(unique).hasMessageContaining(Note.class.getName()).hasMessageContaining("unique");
      AttachmentException multiple =
          catchThrowableOfType(
              AttachmentException.class, () -> handle.attachUnique(String.class, "only"));
      assertThat(multiple.registeredAsUnique()).isFalse();
      assertThat(multiple).hasMessageContaining("multiple");
      assertThat(handle.unique(Note.class)).hasValue(new Note("only"));
      assertThat(handle.multiple(String.class)).containsExactly("first");
    }
  }

  @Test
  void differentTypesDoNotMeet() {
    try (RegistrationHandle handle = registry.register(A)) {
      handle.attachUnique(Note.class, new Note("n"));
      handle.attach(String.class, "s");
      handle.attach(Integer.class, 1);
      handle.attach(Integer.class, 2);
      assertThat(handle.attachedTypes())
          .containsExactlyInAnyOrder(Note.class, String.class, Integer.class);
      assertThat(handle.multiple(Integer.class)).containsExactly(1, 2);
      assertThat(handle.multiple(Long.class)).isEmpty();
      assertThat(handle.unique(Long.class)).isEmpty();
      assertThat(handle.detachAll(Long.class)).isEmpty();
    }
  }

  @Test
  void attachedObjectsCanBeChangedInPlace() {
    try (RegistrationHandle handle = registry.register(A);
        RegistrationHandle other = registry.register(A)) {
      handle.attachUnique(StringBuilder.class, new StringBuilder("a"));
      handle.unique(StringBuilder.class).orElseThrow().append("b");
      assertThat(other.unique(StringBuilder.class).orElseThrow().toString()).isEqualTo("ab");
    }
  }

  @Test
  void theListOfAttachmentsIsACopy() {
    try (RegistrationHandle handle = registry.register(A)) {
      handle.attach(String.class, "one");
      List<String> before = handle.multiple(String.class);
      handle.attach(String.class, "two");
      assertThat(before).containsExactly("one");
      assertThatThrownBy(() -> before.add("three"))
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void attachmentsAreRemovedByIdentity() {
    Note one = new Note("same");
    Note equal = new Note("same");
    try (RegistrationHandle handle = registry.register(A)) {
      handle.attach(Note.class, one);
      assertThat(handle.detach(Note.class, equal)).isFalse();
      assertThat(handle.detach(String.class, "of no such type")).isFalse();
      handle.attach(Note.class, equal);
      assertThat(handle.detach(Note.class, one)).isTrue();
      assertThat(handle.detach(Note.class, one)).isFalse();
      assertThat(handle.multiple(Note.class)).singleElement().isSameAs(equal);
      assertThat(handle.detachAll(Note.class)).singleElement().isSameAs(equal);
      assertThat(handle.attachedTypes()).isEmpty();

      handle.attachUnique(Note.class, one);
      assertThat(handle.detach(Note.class, equal)).isFalse();
      assertThat(handle.detach(Note.class, one)).isTrue();
      handle.attach(Note.class, one);
      assertThat(handle.multiple(Note.class)).hasSize(1);
    }
  }

  @Test
  void aTypeOfWhichNothingIsAttachedAnyMoreIsOpenAgain() {
    try (RegistrationHandle handle = registry.register(A)) {
      handle.attach(String.class, "one of many");
      assertThat(handle.detach(String.class, "one of many")).isTrue();
      assertThat(handle.attachedTypes()).isEmpty();
      handle.attachUnique(String.class, "the only one");
      assertThat(handle.unique(String.class)).hasValue("the only one");
    }
  }

  @Test
  void attachmentsGoWithEveryBlockOfAGroup() {
    BlockManager<G1> manager = pools.build(Pools.builder(G1.TIER, 4, registry));
    Pools.cache(manager, LineageHashes.of(A, B));
    for (PositionalLineageHash hash : List.of(A, B)) {
      try (RegistrationHandle handle = registry.openHandle(hash)) {
        handle.attach(String.class, "kept");
      }
    }
    var both = manager.match(LineageHashes.of(A, B));
    both.setResetOnRelease(true);
    both.close();
    assertThat(registry.hasEntries()).isFalse();
  }

  @Test
  void attachmentsLiveAsLongAsAnyTierHoldsTheHash() {
    BlockManager<G1> gpu = pools.build(Pools.builder(G1.TIER, 1, registry));
    BlockManager<G2> host = pools.build(Pools.builder(G2.TIER, 1, registry));
    Pools.cache(gpu, A);
    Pools.cache(host, A);
    try (RegistrationHandle handle = registry.openHandle(A)) {
      handle.attach(String.class, "kept");
    }
    Pools.cache(gpu, B);
    try (RegistrationHandle handle = registry.openHandle(A)) {
      assertThat(handle.multiple(String.class)).containsExactly("kept");
    }
    Pools.cache(host, B);
    assertThat(registry.isRegistered(A)).isFalse();
    try (RegistrationHandle handle = registry.register(A)) {
      assertThat(handle.multiple(String.class)).isEmpty();
    }
  }

  @Test
  void attachmentsGoWithTheBlockHoweverItsContentIsGivenUp() {
    BlockManager<G1> manager = pools.build(Pools.builder(G1.TIER, 4, registry));
    List<Runnable> ways =
        List.of(
            () -> manager.allocate(4).orElseThrow().close(),
            manager::resetInactivePool,
            () -> {
              var hit = manager.match(LineageHashes.of(A));
              hit.setResetOnRelease(true);
              hit.close();
            },
            () -> {
              ImmutableBlock<G1> block = Pools.register(manager, A);
              var hit = manager.match(LineageHashes.of(A));
              hit.setResetOnRelease(true);
              var pin = block.pin();
              hit.close();
              block.close();
              pin.close();
            },
            manager::close);
    for (Runnable way : ways) {
      Pools.cache(manager, A);
      try (RegistrationHandle handle = registry.openHandle(A)) {
        assertThat(handle.attachedTypes()).isEmpty();
        handle.attach(String.class, "kept");
      }
      assertThat(registry.hasEntries()).isTrue();
      way.run();
      assertThat(registry.hasEntries()).isFalse();
      assertThat(registry.isRegistered(A)).isFalse();
    }
  }

  @Test
  void aHandleWithoutAttachmentsLeavesNothingBehind() {
    BlockManager<G1> manager = pools.build(Pools.builder(G1.TIER, 4, registry));
    Pools.cache(manager, A);
    registry.openHandle(A).close();
    assertThat(registry.hasEntries()).isFalse();
    assertThat(registry.isRegistered(A)).isTrue();
  }

  @Test
  void anOldHandleThatIsClosedLateDoesNotEndANewerRegistration() {
    BlockManager<G1> manager = pools.build(Pools.builder(G1.TIER, 1, registry));
    ImmutableBlock<G1> block = Pools.register(manager, A);
    RegistrationHandle old = block.registrationHandle();
    block.close();
    Pools.cache(manager, B);
    RegistrationHandle newer = registry.register(A);
    newer.attach(String.class, "mine");
    old.close();
    assertThat(newer.multiple(String.class)).containsExactly("mine");
    try (RegistrationHandle found = registry.match(A, false).orElseThrow()) {
      assertThat(found.multiple(String.class)).containsExactly("mine");
    }
    newer.close();
    assertThat(registry.isRegistered(A)).isFalse();
  }

  // --------------- touch ---------------

  @Test
  void aTouchCallsEveryCallbackInOrderWithTheHash() {
    List<String> calls = new ArrayList<>();
    try (RegistrationHandle handle = registry.register(A);
        RegistrationHandle other = registry.register(A)) {
      handle.onTouch(hash -> calls.add("first " + hash));
      other.onTouch(hash -> calls.add("second " + hash));
      tracker.takeTouches();
      assertThat(handle.touch()).isEqualTo(2);
      assertThat(calls).containsExactly("first " + A, "second " + A);
      assertThat(other.touch()).isEqualTo(2);
      assertThat(calls).hasSize(4);
      assertThat(tracker.takeTouches()).as("independent of the tracker").isZero();
    }
  }

  @Test
  void aTouchWithoutCallbacksDoesNothing() {
    try (RegistrationHandle handle = registry.register(A)) {
      assertThat(handle.touch()).isZero();
    }
  }

  @Test
  void aCallbackCanBeRemoved() {
    List<String> calls = new ArrayList<>();
    try (RegistrationHandle handle = registry.register(A)) {
      TouchCallback first = handle.onTouch(hash -> calls.add("first"));
      handle.onTouch(hash -> calls.add("second"));
      first.close();
      first.close();
      assertThat(handle.touch()).isEqualTo(1);
      assertThat(calls).containsExactly("second");
    }
  }

  @Test
  void theSameActionMayBeRegisteredTwice() {
    List<String> calls = new ArrayList<>();
    java.util.function.Consumer<PositionalLineageHash> action = hash -> calls.add("called");
    try (RegistrationHandle handle = registry.register(A)) {
      TouchCallback first = handle.onTouch(action);
      handle.onTouch(action);
      assertThat(handle.touch()).isEqualTo(2);
      first.close();
      assertThat(handle.touch()).isEqualTo(1);
    }
    assertThat(calls).hasSize(3);
  }

  @Test
  void aCallbackThatThrowsDoesNotKeepTheOthersFromRunning() {
    List<String> calls = new ArrayList<>();
    try (RegistrationHandle handle = registry.register(A)) {
      handle.onTouch(
          hash -> {
            throw new IllegalStateException("first");
          });
      handle.onTouch(hash -> calls.add("ran"));
      handle.onTouch(
          hash -> {
            throw new IllegalArgumentException("second");
          });
      assertThatThrownBy(handle::touch)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("first")
          .satisfies(
              e ->
                  assertThat(e.getSuppressed())
                      .singleElement()
                      .isInstanceOf(IllegalArgumentException.class));
      assertThat(calls).containsExactly("ran");
    }
  }

  @Test
  void anExceptionThatSeveralCallbacksThrowArrivesOnce() {
    IllegalStateException always = new IllegalStateException("always this one");
    try (RegistrationHandle handle = registry.register(A)) {
      for (int i = 0; i < 2; i++) {
        handle.onTouch(
            hash -> {
              throw always;
            });
      }
      assertThatThrownBy(handle::touch).isSameAs(always).hasNoSuppressedExceptions();
    }
  }

  @Test
  void aCallbackMayUseTheHandleAndRemoveItself() {
    AtomicReference<TouchCallback> itself = new AtomicReference<>();
    try (RegistrationHandle handle = registry.register(A)) {
      itself.set(
          handle.onTouch(
              hash -> {
                handle.attach(String.class, "touched");
                itself.get().close();
                registry.register(hash).close();
              }));
      handle.touch();
      handle.touch();
      assertThat(handle.multiple(String.class)).containsExactly("touched");
    }
  }

  @Test
  void aCallbackKeepsTheEntryWhileABlockIsThere() {
    List<String> calls = new ArrayList<>();
    BlockManager<G1> manager = pools.build(Pools.builder(G1.TIER, 1, registry));
    Pools.cache(manager, A);
    try (RegistrationHandle handle = registry.openHandle(A)) {
      handle.onTouch(hash -> calls.add("called"));
    }
    try (RegistrationHandle handle = registry.openHandle(A)) {
      assertThat(handle.touch()).isEqualTo(1);
    }
    Pools.cache(manager, B);
    try (RegistrationHandle handle = registry.register(A)) {
      assertThat(handle.touch()).isZero();
    }
    assertThat(calls).hasSize(1);
  }

  // --------------- frequency ---------------

  @Test
  void aRegistryForwardsAccessesToItsTracker() {
    assertThat(registry.hasFrequencyTracking()).isTrue();
    assertThat(registry.frequencyTracker()).containsSame(tracker);
    registry.touch(A);
    registry.touch(A);
    assertThat(registry.count(A)).isEqualTo(2);
    BlockRegistry without = BlockRegistry.create();
    without.touch(A);
    assertThat(without.count(A)).isZero();
    assertThat(without.hasFrequencyTracking()).isFalse();
    assertThat(without.frequencyTracker()).isEmpty();
  }
}
