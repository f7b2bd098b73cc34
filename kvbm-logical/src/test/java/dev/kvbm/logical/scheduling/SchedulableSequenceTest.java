package dev.kvbm.logical.scheduling;

import static dev.kvbm.logical.scheduling.Requests.allocated;
import static dev.kvbm.logical.scheduling.Requests.assertRefused;
import static dev.kvbm.logical.scheduling.Requests.blocks;
import static dev.kvbm.logical.scheduling.Requests.decode;
import static dev.kvbm.logical.scheduling.Requests.fresh;
import static dev.kvbm.logical.scheduling.Requests.prefilled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.Hashes;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.Pools;
import dev.kvbm.logical.scheduling.AllocationResult.AllocationFailed;
import dev.kvbm.logical.tier.G1;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The two-phase protocol, as far as it does not depend on when blocks are published. */
class SchedulableSequenceTest {
  @RegisterExtension final Pools pools = new Pools();

  private static final SequenceState IDLE = new SequenceState.Idle();

  // --------------- construction ---------------

  @ParameterizedTest
  @EnumSource
  void aNewRequestIsIdleAndHasEverythingToCompute(Publication timing) {
    SchedulableSequence<G1> request = fresh(pools.of(8), 8, 5, timing);

    assertThat(request.state()).isEqualTo(IDLE);
    assertThat(request.prefillPosition()).isZero();
    assertThat(request.kvPosition()).isZero();
    assertThat(request.tailTokens()).isEqualTo(8);
    assertThat(request.isPrefillComplete()).isFalse();
    assertThat(request.isComplete()).isFalse();
    assertThat(request.inputTokens()).isEqualTo(8);
    assertThat(request.maxOutputTokens()).isEqualTo(5);
    assertThat(request.blockSize()).isEqualTo(4);
    assertThat(request.completeBlocks()).isEqualTo(2);
    assertThat(request.heldBlocks()).isZero();
    assertThat(request.publication()).isEqualTo(timing);
    assertThat(request.delegate()).isSameAs(SequenceDelegate.NONE);
    assertThat(request.toString())
        .startsWith("SchedulableSequence[Idle[], keys and values of 0 tokens, RequestSequence[8");
  }

  @Test
  void blocksArePublishedWhenComputedUnlessToldOtherwise() {
    assertThat(fresh(pools.of(4), 4, 1).publication()).isEqualTo(Publication.WHEN_COMPUTED);
  }

  @Test
  void tokensAndTheLengthOfTheOutputAreRequired() {
    BlockManager<G1> manager = pools.of(4);

    assertThatThrownBy(() -> SchedulableSequence.builder(manager).tokens(1, 2).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("maxOutputTokens");
    assertThatThrownBy(() -> SchedulableSequence.builder(manager).maxOutputTokens(3).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("tokens");
    assertThatThrownBy(() -> SchedulableSequence.builder(manager).maxOutputTokens(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // --------------- prefill ---------------

  @ParameterizedTest
  @EnumSource
  void oneChunkPrefillsAll(Publication timing) {
    SchedulableSequence<G1> request = fresh(pools.of(8), 8, 5, timing);

    assertThat(allocated(request.schedulePrefill(8))).isEqualTo(2);
    assertThat(request.state()).isEqualTo(new SequenceState.PrefillScheduled(8, 2));
    assertThat(blocks(request)).isEqualTo("0+2");
    request.applyPrefill(8);

    assertThat(request.state()).isEqualTo(IDLE);
    assertThat(blocks(request)).isEqualTo("2+0");
    assertThat(request.prefillPosition()).isEqualTo(8);
    assertThat(request.kvPosition()).isEqualTo(8);
    assertThat(request.tailTokens()).isEqualTo(1);
    assertThat(request.generatedTokens()).isEqualTo(1);
    assertThat(request.totalTokens()).isEqualTo(9);
    assertThat(request.isPrefillComplete()).isTrue();
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void chunksOfWholeBlocksPrefillBlockByBlock(Publication timing) {
    SchedulableSequence<G1> request = fresh(pools.of(8), 8, 5, timing);

    assertThat(allocated(request.schedulePrefill(4))).isEqualTo(1);
    request.applyPrefill();
    assertThat(request.prefillPosition()).isEqualTo(4);
    assertThat(blocks(request)).isEqualTo("1+0");
    assertThat(allocated(request.schedulePrefill(4))).isEqualTo(1);
    request.applyPrefill(8);

    assertThat(request.prefillPosition()).isEqualTo(8);
    assertThat(blocks(request)).isEqualTo("2+0");
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void theTailOfAPromptWaitsInABlockOfItsOwn(Publication timing) {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 6, 5, timing);

    assertThat(blocks(request)).isEqualTo("1+1");
    assertThat(request.kvPosition()).isEqualTo(6);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void aChunkMayBeEmpty(Publication timing) {
    SchedulableSequence<G1> request = fresh(pools.of(8), 8, 5, timing);

    assertThat(allocated(request.schedulePrefill(0))).isZero();
    request.applyPrefill();

    assertThat(request.kvPosition()).isZero();
    assertThat(request.state()).isEqualTo(IDLE);
  }

  @ParameterizedTest
  @EnumSource
  void chunksAreRefusedThatDoNotFit(Publication timing) {
    SchedulableSequence<G1> request = fresh(pools.of(8), 8, 5, timing);

    assertRefused(
        request, () -> request.schedulePrefill(9), new SchedulingError.PrefillOverrun(0, 9, 8));
    assertThatThrownBy(() -> request.schedulePrefill(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(allocated(request.schedulePrefill(4))).isEqualTo(1);
    assertRefused(
        request,
        () -> request.schedulePrefill(4),
        new SchedulingError.NotIdle(new SequenceState.PrefillScheduled(4, 1)));
    request.applyPrefill();
    assertRefused(
        request,
        () -> request.schedulePrefill(Integer.MAX_VALUE),
        new SchedulingError.PrefillOverrun(4, Integer.MAX_VALUE, 8));
    assertThat(allocated(request.schedulePrefill(4))).isEqualTo(1);
    request.applyPrefill(8);
    assertRefused(request, () -> request.schedulePrefill(1), new SchedulingError.PrefillComplete());
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheLastChunkYieldsAToken(Publication timing) {
    SchedulableSequence<G1> request = fresh(pools.of(8), 8, 5, timing);
    assertRefused(
        request, request::applyPrefill, new SchedulingError.WrongState("PrefillScheduled", IDLE));

    assertThat(allocated(request.schedulePrefill(4))).isEqualTo(1);
    assertRefused(
        request, () -> request.applyPrefill(1), new SchedulingError.TokenOnNonFinalChunk());
    request.applyPrefill();
    assertThat(allocated(request.schedulePrefill(4))).isEqualTo(1);
    assertRefused(request, request::applyPrefill, new SchedulingError.MissingTokenOnFinalChunk());
    request.applyPrefill(8);

    assertThat(request.generatedTokens()).isEqualTo(1);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void withoutOutputTheLastChunkYieldsNoToken(Publication timing) {
    SchedulableSequence<G1> request = fresh(pools.of(8), 8, 0, timing);
    assertThat(allocated(request.schedulePrefill(8))).isEqualTo(2);
    assertRefused(
        request, () -> request.applyPrefill(8), new SchedulingError.GenerationComplete(0, 0));
    request.applyPrefill();

    assertThat(blocks(request)).isEqualTo("2+0");
    assertThat(request.isComplete()).isTrue();
    assertRefused(request, request::scheduleDecode, new SchedulingError.GenerationComplete(0, 0));
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void aFullPoolIsAResultThatChangesNothing(Publication timing) {
    BlockManager<G1> manager = pools.of(3);
    try (MutableBlocks<G1> others = manager.allocate(2).orElseThrow()) {
      SchedulableSequence<G1> request = fresh(manager, 8, 5, timing);

      assertThat(request.schedulePrefill(8)).isEqualTo(new AllocationFailed(2));
      assertThat(request.schedulePrefill(8).isAllocated()).isFalse();
      assertThat(request.state()).isEqualTo(IDLE);
      assertThat(request.heldBlocks()).isZero();
      assertThat(allocated(request.schedulePrefill(4))).isEqualTo(1);
      request.close();
      assertThat(others.size()).isEqualTo(2);
    }
    assertThat(manager.availableBlocks()).isEqualTo(3);
  }

  // --------------- decode ---------------

  @ParameterizedTest
  @EnumSource
  void aDecodeStepComputesOneTokenAndYieldsTheNext(Publication timing) {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 8, 5, timing);

    assertThat(allocated(request.scheduleDecode())).isEqualTo(1);
    assertThat(request.state()).isEqualTo(new SequenceState.DecodeScheduled(1));
    assertThat(request.applyDecode(9)).isEqualTo(DecodeOutcome.CONTINUE);

    assertThat(request.state()).isEqualTo(IDLE);
    assertThat(request.generatedTokens()).isEqualTo(2);
    assertThat(request.kvPosition()).isEqualTo(9);
    assertThat(request.tailTokens()).isEqualTo(1);
    assertThat(request.token(9)).isEqualTo(9);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void outcomesTellBlocksAndTheEnd(Publication timing) {
    BlockManager<G1> manager = pools.of(16);
    SchedulableSequence<G1> four = prefilled(manager, 4, 9, timing);
    assertThat(decode(four)).isEqualTo(DecodeOutcome.CONTINUE);
    assertThat(decode(four)).isEqualTo(DecodeOutcome.CONTINUE);
    assertThat(decode(four)).isEqualTo(DecodeOutcome.BLOCK_COMPLETED);

    SchedulableSequence<G1> five = prefilled(manager, 5, 2, timing);
    assertThat(decode(five)).isEqualTo(DecodeOutcome.MAX_LENGTH);
    assertThat(five.isComplete()).isTrue();

    SchedulableSequence<G1> both = prefilled(manager, 6, 2, timing);
    DecodeOutcome outcome = decode(both);
    assertThat(outcome).isEqualTo(DecodeOutcome.BLOCK_COMPLETED_AND_MAX_LENGTH);
    assertThat(outcome.isBlockCompleted()).isTrue();
    assertThat(outcome.isComplete()).isTrue();
    assertThat(DecodeOutcome.CONTINUE.isBlockCompleted()).isFalse();
    assertThat(DecodeOutcome.BLOCK_COMPLETED.isComplete()).isFalse();
    four.close();
    five.close();
    both.close();
  }

  @ParameterizedTest
  @EnumSource
  void aBlockThatTheFirstTokenCompletesIsRegisteredByTheNextStep(Publication timing) {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 7, 5, timing);
    assertThat(blocks(request)).isEqualTo("1+1");

    assertThat(allocated(request.scheduleDecode())).isEqualTo(1);
    assertThat(request.applyDecode(8)).isEqualTo(DecodeOutcome.CONTINUE);

    assertThat(blocks(request)).isEqualTo("2+1");
    assertThat(request.kvPosition()).isEqualTo(8);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void decodeNeedsAPrefilledInputAndOneMissingToken(Publication timing) {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = fresh(manager, 8, 5, timing);
    assertRefused(request, request::scheduleDecode, new SchedulingError.PrefillNotComplete(0, 8));
    assertRefused(
        request,
        () -> request.scheduleSpeculative(2),
        new SchedulingError.PrefillNotComplete(0, 8));
    assertRefused(
        request,
        () -> request.applyDecode(1),
        new SchedulingError.WrongState("DecodeScheduled", IDLE));

    Requests.prefill(request);
    assertThat(allocated(request.scheduleDecode())).isEqualTo(1);
    assertRefused(
        request,
        request::scheduleDecode,
        new SchedulingError.NotIdle(new SequenceState.DecodeScheduled(1)));
    assertThat(request.applyDecode(9)).isEqualTo(DecodeOutcome.CONTINUE);
    request.appendTokens(10);
    assertRefused(request, request::scheduleDecode, new SchedulingError.WrongDanglingCount(1, 2));
    assertRefused(
        request,
        () -> request.scheduleSpeculative(1),
        new SchedulingError.WrongDanglingCount(1, 2));
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void aCompleteOutputIsNotDecodedFurther(Publication timing) {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 8, 1, timing);

    assertRefused(request, request::scheduleDecode, new SchedulingError.GenerationComplete(1, 1));
    assertRefused(
        request,
        () -> request.scheduleSpeculative(3),
        new SchedulingError.GenerationComplete(1, 1));
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void aRequestWithoutInputStartsWithAnAppendedToken(Publication timing) {
    SchedulableSequence<G1> request = fresh(pools.of(8), 0, 5, timing);
    assertThat(request.isPrefillComplete()).isTrue();
    assertRefused(request, () -> request.schedulePrefill(0), new SchedulingError.PrefillComplete());
    assertRefused(request, request::scheduleDecode, new SchedulingError.WrongDanglingCount(1, 0));

    request.appendTokens(0);
    assertThat(request.tailTokens()).isEqualTo(1);
    assertThat(request.kvPosition()).isZero();
    assertThat(decode(request)).isEqualTo(DecodeOutcome.CONTINUE);

    assertThat(request.kvPosition()).isEqualTo(1);
    assertThat(request.generatedTokens()).isEqualTo(2);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void appendedTokensMustFitTheOutput(Publication timing) {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 8, 2, timing);

    assertRefused(
        request,
        () -> request.appendTokens(1, 2),
        new SchedulingError.AppendExceedsRemaining(2, 1));
    assertThat(allocated(request.scheduleDecode())).isEqualTo(1);
    assertRefused(
        request,
        () -> request.appendTokens(1),
        new SchedulingError.WrongState("Idle", new SequenceState.DecodeScheduled(1)));
    request.close();
  }

  // --------------- speculation ---------------

  @ParameterizedTest
  @EnumSource
  void allGuessesMayBeRight(Publication timing) {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 4, 9, timing);

    assertThat(allocated(request.scheduleSpeculative(2))).isEqualTo(1);
    assertThat(request.state()).isEqualTo(new SequenceState.SpeculativeScheduled(2, 1));
    assertThat(request.applySpeculative(5, 6)).isEqualTo(DecodeOutcome.CONTINUE);

    assertThat(request.generatedTokens()).isEqualTo(3);
    assertThat(request.kvPosition()).isEqualTo(6);
    assertThat(request.tailTokens()).isEqualTo(1);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void blocksOfWrongGuessesGoBack(Publication timing) {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 4, 9, timing);

    assertThat(allocated(request.scheduleSpeculative(4))).isEqualTo(2);
    assertThat(request.applySpeculative(5, 6)).isEqualTo(DecodeOutcome.CONTINUE);

    assertThat(request.totalTokens()).isEqualTo(7);
    assertThat(blocks(request)).isEqualTo("1+1");
    assertThat(manager.availableBlocks()).isEqualTo(6);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void oneOrNoGuessMayBeRight(Publication timing) {
    BlockManager<G1> manager = pools.of(16);
    SchedulableSequence<G1> one = prefilled(manager, 4, 9, timing);
    assertThat(allocated(one.scheduleSpeculative(5))).isEqualTo(2);
    assertThat(one.applySpeculative(5)).isEqualTo(DecodeOutcome.CONTINUE);
    assertThat(one.generatedTokens()).isEqualTo(2);

    SchedulableSequence<G1> none = prefilled(manager, 4, 9, timing);
    assertThat(allocated(none.scheduleSpeculative(3))).isEqualTo(1);
    assertThat(none.applySpeculative()).isEqualTo(DecodeOutcome.CONTINUE);
    assertThat(none.generatedTokens()).isEqualTo(1);
    assertThat(none.kvPosition()).isEqualTo(4);
    assertThat(none.unassignedBlocks()).isEqualTo(1);
    one.close();
    none.close();
  }

  @ParameterizedTest
  @EnumSource
  void moreTokensThanScheduledAreRefused(Publication timing) {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 4, 9, timing);
    assertRefused(
        request,
        () -> request.applySpeculative(1),
        new SchedulingError.WrongState("SpeculativeScheduled", IDLE));
    assertThatThrownBy(() -> request.scheduleSpeculative(-1))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(allocated(request.scheduleSpeculative(2))).isEqualTo(1);
    assertRefused(
        request,
        () -> request.applySpeculative(1, 2, 3),
        new SchedulingError.AcceptedExceedsScheduled(3, 2));
    assertThat(request.applySpeculative(5)).isEqualTo(DecodeOutcome.CONTINUE);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void speculationIsCutToWhatIsLeftOfTheOutput(Publication timing) {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 4, 3, timing);

    assertThat(allocated(request.scheduleSpeculative(Integer.MAX_VALUE))).isEqualTo(1);
    assertThat(request.state()).isEqualTo(new SequenceState.SpeculativeScheduled(2, 1));
    assertThat(request.applySpeculative(5, 6)).isEqualTo(DecodeOutcome.MAX_LENGTH);

    assertThat(request.isComplete()).isTrue();
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void speculationCrossesSeveralBlocks(Publication timing) {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 7, 9, timing);

    assertThat(allocated(request.scheduleSpeculative(5))).isEqualTo(2);
    assertThat(request.applySpeculative(8, 9, 10, 11, 12)).isEqualTo(DecodeOutcome.BLOCK_COMPLETED);

    assertThat(request.totalTokens()).isEqualTo(13);
    assertThat(request.generatedTokens()).isEqualTo(6);
    assertThat(request.assignedBlocks()).isEqualTo(3);
    assertThat(request.kvPosition()).isEqualTo(12);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void aFullPoolIsAResultForDecodeAndSpeculationToo(Publication timing) {
    BlockManager<G1> manager = pools.of(2);
    SchedulableSequence<G1> request = prefilled(manager, 8, 9, timing);

    assertThat(request.scheduleDecode()).isEqualTo(new AllocationFailed(1));
    assertThat(request.scheduleSpeculative(5)).isEqualTo(new AllocationFailed(2));

    assertThat(request.state()).isEqualTo(IDLE);
    assertThat(request.kvPosition()).isEqualTo(8);
    request.close();
  }

  // --------------- undoing ---------------

  @ParameterizedTest
  @EnumSource
  void revertedStepsGiveTheirBlocksBack(Publication timing) {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = fresh(manager, 8, 9, timing);
    assertRefused(
        request,
        request::revertSchedule,
        new SchedulingError.WrongState("any Scheduled state", IDLE));

    assertThat(allocated(request.schedulePrefill(8))).isEqualTo(2);
    assertThat(request.revertSchedule()).isEqualTo(2);
    assertThat(manager.availableBlocks()).isEqualTo(8);
    assertThat(request.state()).isEqualTo(IDLE);

    Requests.prefill(request);
    assertThat(allocated(request.scheduleDecode())).isEqualTo(1);
    assertThat(request.revertSchedule()).isEqualTo(1);
    assertThat(request.heldBlocks()).isEqualTo(2);

    assertThat(allocated(request.scheduleSpeculative(6))).isEqualTo(2);
    assertThat(request.revertSchedule()).isEqualTo(2);
    assertThat(request.heldBlocks()).isEqualTo(2);
    assertThat(request.kvPosition()).isEqualTo(8);
    request.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @ParameterizedTest
  @EnumSource
  void aRevertKeepsWhatWasHeldBefore(Publication timing) {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 6, 9, timing);

    assertThat(allocated(request.scheduleDecode())).isZero();
    assertThat(request.revertSchedule()).isZero();

    assertThat(blocks(request)).isEqualTo("1+1");
    assertThat(decode(request)).isEqualTo(DecodeOutcome.BLOCK_COMPLETED);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void unassignedBlocksCanBeDropped(Publication timing) {
    SchedulableSequence<G1> request = fresh(pools.of(8), 8, 9, timing);
    assertThat(allocated(request.schedulePrefill(8))).isEqualTo(2);
    assertRefused(
        request,
        () -> request.dropUnassigned(1),
        new SchedulingError.NotIdle(new SequenceState.PrefillScheduled(8, 2)));
    request.applyPrefill(8);
    assertThat(decode(request)).isEqualTo(DecodeOutcome.CONTINUE);
    assertThat(blocks(request)).isEqualTo("2+1");

    assertThat(request.dropUnassigned(0)).isZero();
    assertThat(blocks(request)).isEqualTo("2+1");
    assertThat(request.dropUnassigned(5)).isEqualTo(1);
    assertThat(blocks(request)).isEqualTo("2+0");
    assertThat(request.dropUnassigned(5)).isZero();
    assertThatThrownBy(() -> request.dropUnassigned(-1))
        .isInstanceOf(IllegalArgumentException.class);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void aScheduledRequestIsNeitherReleasedNorReacquiredNorMatched(Publication timing) {
    SchedulableSequence<G1> request = fresh(pools.of(8), 8, 9, timing);
    assertThat(allocated(request.schedulePrefill(4))).isEqualTo(1);
    SequenceState scheduled = new SequenceState.PrefillScheduled(4, 1);

    assertRefused(request, request::release, new SchedulingError.WrongState("Idle", scheduled));
    assertRefused(request, request::reacquire, new SchedulingError.WrongState("Idle", scheduled));
    assertRefused(request, request::matchAndAddPrefix, new SchedulingError.NotIdle(scheduled));
    assertRefused(request, request::fork, new SchedulingError.NotIdle(scheduled));
    assertRefused(request, () -> request.truncate(1), new SchedulingError.NotIdle(scheduled));
    assertRefused(
        request,
        () -> request.extendPrefix(request.manager().newImmutableBlocks()),
        new SchedulingError.NotIdle(scheduled));
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void aRequestThatHoldsBlocksIsNeitherMatchedNorReacquired(Publication timing) {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 8, 9, timing);

    assertRefused(request, request::matchAndAddPrefix, new SchedulingError.BlocksHeld(2));
    assertRefused(request, request::reacquire, new SchedulingError.BlocksHeld(2));
    request.close();
  }

  // --------------- courses ---------------

  @ParameterizedTest
  @EnumSource
  void aCachedPrefixIsNotComputedAgain(Publication timing) {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.chain(0, 1));
    SchedulableSequence<G1> request = fresh(manager, 8, 9, timing);

    assertThat(request.matchAndAddPrefix()).isEqualTo(1);
    assertThat(request.prefillPosition()).isEqualTo(4);
    assertThat(request.kvPosition()).isEqualTo(4);
    assertThat(request.newTokensForPrefill()).isEqualTo(4);
    assertThat(allocated(request.schedulePrefill(4))).isEqualTo(1);
    request.applyPrefill(8);

    assertThat(blocks(request)).isEqualTo("2+0");
    assertThat(request.tailTokens()).isEqualTo(1);
    assertThat(request.prefixMatchedBlocks()).isEqualTo(1);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void nothingCachedLeavesThePositionAtTheStart(Publication timing) {
    SchedulableSequence<G1> request = fresh(pools.of(8), 8, 9, timing);

    assertThat(request.matchAndAddPrefix()).isZero();

    assertThat(request.prefillPosition()).isZero();
    assertThat(request.kvPosition()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aWholeLife(Publication timing) {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 6, 7, timing);
    assertThat(request.unassignedBlocks()).isEqualTo(1);
    for (int step = 1; step <= 6; step++) {
      assertThat(request.kvPosition()).isEqualTo(5 + step);
      assertThat(decode(request).isComplete()).isEqualTo(step == 6);
    }

    assertThat(request.totalTokens()).isEqualTo(13);
    assertThat(request.generatedTokens()).isEqualTo(7);
    assertThat(request.completeBlocks()).isEqualTo(3);
    assertThat(request.assignedBlocks()).isEqualTo(3);
    assertThat(request.isComplete()).isTrue();
    request.release();
    assertThat(request.heldBlocks()).isZero();
    assertThat(manager.availableBlocks()).isEqualTo(8);
    assertThat(Requests.matchable(manager, 4)).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void thePositionsOfALife(Publication timing) {
    SchedulableSequence<G1> request = fresh(pools.of(8), 8, 9, timing);
    assertThat(request.kvPosition()).isZero();
    assertThat(allocated(request.schedulePrefill(4))).isEqualTo(1);
    request.applyPrefill();
    assertThat(request.kvPosition()).isEqualTo(4);
    Requests.prefill(request);
    assertThat(request.kvPosition()).isEqualTo(8);
    assertThat(request.tailTokens()).isEqualTo(1);
    assertThat(decode(request)).isEqualTo(DecodeOutcome.CONTINUE);
    assertThat(request.kvPosition()).isEqualTo(9);
    assertThat(request.scheduleSpeculative(3).isAllocated()).isTrue();
    assertThat(request.applySpeculative(10, 11, 12)).isEqualTo(DecodeOutcome.BLOCK_COMPLETED);
    assertThat(request.kvPosition()).isEqualTo(12);
    assertThat(request.tailTokens()).isEqualTo(1);
    request.close();
  }

  @ParameterizedTest
  @EnumSource
  void aPreemptedRequestDecodesOnWhenItIsBack(Publication timing) {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 8, 9, timing);
    request.release();

    assertThat(request.reacquire().isAllocated()).isTrue();

    assertThat(request.assignedBlocks()).isEqualTo(2);
    assertThat(request.generatedTokens()).isEqualTo(1);
    assertThat(request.kvPosition()).isEqualTo(8);
    assertThat(decode(request)).isEqualTo(DecodeOutcome.CONTINUE);
    request.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  // --------------- the end ---------------

  @ParameterizedTest
  @EnumSource
  void aRequestCanBeClosedInEveryState(Publication timing) {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> prefilling = fresh(manager, 8, 9, timing);
    assertThat(prefilling.schedulePrefill(5).isAllocated()).isTrue();
    prefilling.close();
    SchedulableSequence<G1> decoding = prefilled(manager, 8, 9, timing);
    assertThat(decoding.scheduleDecode().isAllocated()).isTrue();
    decoding.close();
    SchedulableSequence<G1> guessing = prefilled(manager, 8, 9, timing);
    assertThat(guessing.scheduleSpeculative(3).isAllocated()).isTrue();
    guessing.close();
    SchedulableSequence<G1> idle = fresh(manager, 8, 9, timing);
    idle.close();
    idle.close();

    assertThat(manager.availableBlocks()).isEqualTo(8);
    SequenceState closed = new SequenceState.Closed();
    assertThat(guessing.state()).isEqualTo(closed);
    assertRefused(guessing, guessing::scheduleDecode, new SchedulingError.NotIdle(closed));
    assertRefused(guessing, () -> guessing.schedulePrefill(1), new SchedulingError.NotIdle(closed));
    assertRefused(guessing, guessing::matchAndAddPrefix, new SchedulingError.NotIdle(closed));
    assertRefused(guessing, guessing::fork, new SchedulingError.NotIdle(closed));
    assertRefused(guessing, guessing::release, new SchedulingError.WrongState("Idle", closed));
    assertRefused(guessing, guessing::reacquire, new SchedulingError.WrongState("Idle", closed));
    assertRefused(
        guessing,
        guessing::revertSchedule,
        new SchedulingError.WrongState("any Scheduled state", closed));
    assertRefused(
        guessing,
        () -> guessing.applySpeculative(),
        new SchedulingError.WrongState("SpeculativeScheduled", closed));
  }

  @Test
  void theTailGoesBeforeTheHeadUnlessToldOtherwise() {
    BlockManager<G1> manager = pools.of(2);
    SchedulableSequence<G1> tailFirst = Requests.fresh(manager, 8, 0);
    Requests.prefill(tailFirst);
    tailFirst.close();
    assertThat(Pools.evict(manager, 1).get(0)).isEqualTo(Hashes.chain(0, 2).get(1));

    Pools.evict(manager, 1);
    SchedulableSequence<G1> headFirst =
        Requests.builder(manager, 8, 0).releaseOrder(ReleaseOrder.HEAD_FIRST).build();
    Requests.prefill(headFirst);
    headFirst.close();
    assertThat(Pools.evict(manager, 1).get(0)).isEqualTo(Hashes.chain(0, 2).get(0));
  }

  @Test
  void aStepSaysWhetherItYieldsAToken() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = fresh(manager, 6, 2);

    assertThat(request.yieldsToken()).isFalse();
    request.schedulePrefill(4);
    assertThat(request.yieldsToken()).isFalse();
    request.applyPrefill();
    request.schedulePrefill(2);
    assertThat(request.yieldsToken()).isTrue();
    request.applyPrefill(1);
    request.scheduleDecode();
    assertThat(request.yieldsToken()).isTrue();
    request.revertSchedule();
    request.scheduleSpeculative(2);
    assertThat(request.yieldsToken()).isTrue();
    request.applySpeculative(2);
    request.release();
    request.schedulePrefill(request.tailTokens()); // the output is complete, only blocks are wanted
    assertThat(request.yieldsToken()).isFalse();
    request.applyPrefill();
    request.close();
    assertThat(request.yieldsToken()).isFalse();
  }

  @Test
  void aRequestIsPreemptedInEveryStateButAfterItsEnd() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = fresh(manager, 6, 3);

    request.preempt();
    request.schedulePrefill(6);
    request.preempt();

    assertThat(request.state()).isEqualTo(new SequenceState.Idle());
    assertThat(request.kvPosition()).isZero();
    assertThat(manager.availableBlocks()).isEqualTo(8);

    request.schedulePrefill(6);
    request.applyPrefill(9);
    request.scheduleDecode();
    request.preempt();

    assertThat(manager.availableBlocks()).isEqualTo(8);
    assertThat(request.totalTokens()).isEqualTo(7);
    request.close();
    assertThatThrownBy(request::preempt).isInstanceOf(SchedulingException.class);
  }

  @Test
  void tokensAreCopiedWithoutMakingArrays() {
    SchedulableSequence<G1> request =
        SchedulableSequence.builder(pools.of(4)).tokens(5, 6, 7, 8, 9).maxOutputTokens(3).build();
    request.appendTokens(10, 11);
    int[] target = {-1, -1, -1, -1};

    request.copyTokens(3, 3, target, 1);

    assertThat(target).containsExactly(-1, 8, 9, 10);
    assertThat(request.outputTokens()).containsExactly(10, 11);
    assertThatThrownBy(() -> request.copyTokens(5, 3, target, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> request.copyTokens(0, 4, target, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(target).containsExactly(-1, 8, 9, 10);
  }

  /** Whatever the lengths: a pool of so many blocks serves the request. */
  @ParameterizedTest
  @CsvSource({"1,1", "4,4", "3,1", "4,1", "5,3", "8,8", "1,9", "4,0", "3,0", "4,5"})
  void theMostBlocksAreEnoughAndSeldomOneMore(int inputTokens, int outputTokens) {
    int blocks = fresh(pools.of(8), inputTokens, outputTokens).mostBlocks();

    assertThat(isServed(blocks, inputTokens, outputTokens)).isTrue();
    if (blocks > 1 && outputTokens > 1) { // a lone token of output needs no block of its own
      assertThat(isServed(blocks - 1, inputTokens, outputTokens)).isFalse();
    }
  }

  private boolean isServed(int blocks, int inputTokens, int outputTokens) {
    try (SchedulableSequence<G1> request = fresh(pools.of(blocks), inputTokens, outputTokens)) {
      if (!request.schedulePrefill(inputTokens).isAllocated()) {
        return false;
      }
      if (request.yieldsToken()) {
        request.applyPrefill(1);
      } else {
        request.applyPrefill();
      }
      while (!request.isComplete()) {
        if (!request.scheduleDecode().isAllocated()) {
          return false;
        }
        request.applyDecode(2);
      }
      return true;
    }
  }
}
