package dev.kvbm.logical.scheduling;

import static dev.kvbm.logical.scheduling.Requests.allocated;
import static dev.kvbm.logical.scheduling.Requests.assertRefused;
import static dev.kvbm.logical.scheduling.Requests.blocks;
import static dev.kvbm.logical.scheduling.Requests.decode;
import static dev.kvbm.logical.scheduling.Requests.fresh;
import static dev.kvbm.logical.scheduling.Requests.matchable;
import static dev.kvbm.logical.scheduling.Requests.prefill;
import static dev.kvbm.logical.scheduling.Requests.prefilled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.Hashes;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.Pools;
import dev.kvbm.logical.scheduling.AllocationResult.AllocationFailed;
import dev.kvbm.logical.sequence.AssignmentException;
import dev.kvbm.logical.tier.G1;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Others find a block when its keys and values are there, and positions tell what is held. Next to
 * each stands what the reference's timing does (rows ★1 to ★5 and ★21).
 */
class PublicationTest {
  @RegisterExtension final Pools pools = new Pools();

  // --------------- ★1 ---------------

  @Test
  void aBlockThatAChunkFillsInPartIsNotFoundByOthers() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = fresh(manager, 8, 4);

    assertThat(allocated(request.schedulePrefill(2))).isEqualTo(1);
    request.applyPrefill();
    assertThat(matchable(manager, 2)).isZero();
    assertThat(blocks(request)).isEqualTo("0+1");

    assertThat(allocated(request.schedulePrefill(3))).isEqualTo(1);
    request.applyPrefill();
    assertThat(request.kvPosition()).isEqualTo(5);
    assertThat(matchable(manager, 2)).isEqualTo(1);
    assertThat(blocks(request)).isEqualTo("1+1");

    assertThat(allocated(request.schedulePrefill(3))).isZero();
    request.applyPrefill(8);
    assertThat(matchable(manager, 2)).isEqualTo(2);
    assertThat(blocks(request)).isEqualTo("2+0");
    request.close();
  }

  @Test
  void theReferencesTimingPublishesItBefore() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = fresh(manager, 8, 4, Publication.REFERENCE);

    assertThat(allocated(request.schedulePrefill(2))).isEqualTo(1);
    request.applyPrefill();

    assertThat(request.kvPosition()).isEqualTo(2);
    assertThat(matchable(manager, 2)).isEqualTo(1);
    request.close();
  }

  // --------------- ★2 ---------------

  @Test
  void aBlockIsFoundOneStepAfterItsLastTokenBecameKnown() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 4, 9);
    assertThat(decode(request)).isEqualTo(DecodeOutcome.CONTINUE);
    assertThat(decode(request)).isEqualTo(DecodeOutcome.CONTINUE);

    assertThat(decode(request)).isEqualTo(DecodeOutcome.BLOCK_COMPLETED);
    assertThat(request.completeBlocks()).isEqualTo(2);
    assertThat(request.kvPosition()).isEqualTo(7);
    assertThat(matchable(manager, 2)).isEqualTo(1);
    assertThat(blocks(request)).isEqualTo("1+1");

    assertThat(allocated(request.scheduleDecode())).isEqualTo(1);
    assertThat(request.applyDecode(8)).isEqualTo(DecodeOutcome.CONTINUE);
    assertThat(matchable(manager, 2)).isEqualTo(2);
    assertThat(blocks(request)).isEqualTo("2+1");
    request.close();
  }

  @Test
  void theReferencesTimingPublishesItWithTheToken() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 4, 9, Publication.REFERENCE);
    for (int i = 0; i < 3; i++) {
      decode(request);
    }

    assertThat(request.kvPosition()).isEqualTo(7);
    assertThat(matchable(manager, 2)).isEqualTo(2);
    assertThat(blocks(request)).isEqualTo("2+0");
    assertThat(allocated(request.scheduleDecode())).isEqualTo(1);
    request.close();
  }

  @Test
  void aBlockThatSpeculationEndsOnWaitsForTheNextStep() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 4, 9);

    assertThat(allocated(request.scheduleSpeculative(7))).isEqualTo(2);
    assertThat(request.applySpeculative(5, 6, 7)).isEqualTo(DecodeOutcome.BLOCK_COMPLETED);

    assertThat(request.totalTokens()).isEqualTo(8);
    assertThat(matchable(manager, 2)).isEqualTo(1);
    assertThat(blocks(request)).as("one to be completed, one for what follows").isEqualTo("1+2");
    assertThat(decode(request)).isEqualTo(DecodeOutcome.CONTINUE);
    assertThat(matchable(manager, 2)).isEqualTo(2);
    request.close();
  }

  @Test
  void whenTheOutputIsCompleteOnlyBlocksWithContentAreKept() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 4, 6);

    assertThat(allocated(request.scheduleSpeculative(5))).isEqualTo(2);
    assertThat(request.applySpeculative(5, 6, 7, 8, 9))
        .isEqualTo(DecodeOutcome.BLOCK_COMPLETED_AND_MAX_LENGTH);

    assertThat(request.kvPosition()).isEqualTo(9);
    assertThat(blocks(request)).isEqualTo("2+1");
    request.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  // --------------- ★3 ---------------

  @Test
  void whatWasEvictedWhileARequestWasAwayIsPrefilledAgain() {
    BlockManager<G1> manager = pools.of(4);
    SchedulableSequence<G1> request = prefilled(manager, 10, 9);
    assertThat(decode(request)).isEqualTo(DecodeOutcome.BLOCK_COMPLETED);
    request.release();
    Pools.evict(manager, 1);
    assertThat(matchable(manager, 3)).isEqualTo(1);

    assertThat(allocated(request.reacquire())).as("block 1 and the tail").isEqualTo(2);

    assertThat(matchable(manager, 3)).as("nothing was computed").isEqualTo(1);
    assertThat(request.kvPosition()).isEqualTo(4);
    assertThat(request.prefillPosition()).isEqualTo(4);
    assertThat(request.tailTokens()).isEqualTo(8);
    assertThat(request.isPrefillComplete()).isFalse();
    assertRefused(request, request::scheduleDecode, new SchedulingError.PrefillNotComplete(4, 10));

    assertThat(allocated(request.schedulePrefill(3))).isZero();
    request.applyPrefill();
    assertThat(matchable(manager, 3)).isEqualTo(1);
    assertThat(allocated(request.schedulePrefill(5))).isZero();
    request.applyPrefill(12);
    assertThat(matchable(manager, 3)).isEqualTo(3);
    assertThat(request.generatedTokens()).isEqualTo(3);
    assertThat(decode(request)).isEqualTo(DecodeOutcome.CONTINUE);
    request.close();
  }

  @Test
  void theReferencesTimingPublishesItAtOnce() {
    BlockManager<G1> manager = pools.of(4);
    SchedulableSequence<G1> request = prefilled(manager, 8, 9, Publication.REFERENCE);
    request.release();
    Pools.evict(manager, 2);
    assertThat(matchable(manager, 2)).isZero();

    assertThat(allocated(request.reacquire())).isEqualTo(2);

    assertThat(matchable(manager, 2)).isEqualTo(2);
    assertThat(request.kvPosition()).isEqualTo(8);
    request.close();
  }

  @Test
  void aRequestComesBackChunkByChunk() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 10, 9);
    decode(request);
    request.release();

    assertThat(request.matchAndAddPrefix()).isEqualTo(2);
    assertThat(request.kvPosition()).isEqualTo(8);
    assertThat(allocated(request.schedulePrefill(2))).isEqualTo(1);
    request.applyPrefill();
    assertThat(request.isPrefillComplete()).as("one token is for a decode step").isFalse();
    assertThat(request.tailTokens()).isEqualTo(2);
    assertThat(allocated(request.schedulePrefill(1))).isZero();
    request.applyPrefill();
    assertThat(request.isPrefillComplete()).isTrue();
    assertThat(decode(request)).isEqualTo(DecodeOutcome.CONTINUE);
    request.close();
  }

  @Test
  void aCompleteOutputIsComputedAgainWithoutAToken() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 7, 4);
    while (!request.isComplete()) {
      decode(request);
    }
    request.release();
    assertThat(allocated(request.reacquire())).isEqualTo(1);
    assertThat(request.tailTokens()).isEqualTo(3);

    assertThat(allocated(request.schedulePrefill(3))).isZero();
    assertRefused(
        request, () -> request.applyPrefill(11), new SchedulingError.GenerationComplete(4, 4));
    request.applyPrefill();

    assertThat(request.kvPosition()).isEqualTo(11);
    request.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void aRequestThatCannotComeBackHoldsNothing() {
    BlockManager<G1> manager = pools.of(4);
    SchedulableSequence<G1> request = prefilled(manager, 13, 4);
    request.release();
    try (MutableBlocks<G1> others = manager.allocate(2).orElseThrow()) {
      assertThat(others.size()).isEqualTo(2);
      assertThat(request.reacquire()).isInstanceOf(AllocationFailed.class);

      assertThat(request.heldBlocks()).isZero();
      assertThat(request.kvPosition()).isZero();
      assertThat(request.state()).isEqualTo(new SequenceState.Idle());
    }
    assertThat(request.reacquire().isAllocated()).isTrue();
    request.close();
  }

  // --------------- ★4 ---------------

  @Test
  void aReleasedRequestCannotDecodeOnAir() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 8, 9);
    decode(request);

    request.release();

    assertThat(request.kvPosition()).isZero();
    assertThat(request.prefillPosition()).isZero();
    assertThat(request.tailTokens()).isEqualTo(10);
    assertThat(request.isPrefillComplete()).isFalse();
    assertRefused(request, request::scheduleDecode, new SchedulingError.PrefillNotComplete(0, 8));
    assertRefused(
        request,
        () -> request.scheduleSpeculative(2),
        new SchedulingError.PrefillNotComplete(0, 8));
    prefill(request);
    assertThat(request.generatedTokens()).isEqualTo(3);
    assertThat(decode(request)).isEqualTo(DecodeOutcome.BLOCK_COMPLETED);
    request.close();
  }

  @Test
  void theReferencesTimingDecodesOnFreshBlocks() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 8, 9, Publication.REFERENCE);
    request.release();

    assertThat(request.kvPosition()).isEqualTo(8);
    assertThat(allocated(request.scheduleDecode())).isEqualTo(3);
    request.close();
  }

  @Test
  void blocksWithContentThatAreDroppedAreComputedAgain() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 6, 9);
    assertThat(request.kvPosition()).isEqualTo(6);

    assertThat(request.dropUnassigned(1)).isEqualTo(1);

    assertThat(request.kvPosition()).isEqualTo(4);
    assertThat(request.tailTokens()).isEqualTo(3);
    assertRefused(request, request::scheduleDecode, new SchedulingError.PrefillNotComplete(4, 6));
    prefill(request);
    assertThat(request.kvPosition()).isEqualTo(7);
    request.close();
  }

  // --------------- ★5 ---------------

  @Test
  void aFullyCachedPromptStillYieldsItsNextToken() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.chain(0, 2));
    SchedulableSequence<G1> request = fresh(manager, 8, 9);

    assertThat(request.matchAndAddPrefix()).isEqualTo(1);

    assertThat(request.tailTokens()).isEqualTo(4);
    prefill(request);
    assertThat(request.generatedTokens()).isEqualTo(1);
    assertThat(decode(request)).isEqualTo(DecodeOutcome.CONTINUE);
    request.close();
  }

  @Test
  void onlyTheLastTokenIsComputedIfItBeginsABlock() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.chain(0, 2));
    SchedulableSequence<G1> request = fresh(manager, 9, 9);

    assertThat(request.matchAndAddPrefix()).isEqualTo(2);

    assertThat(request.tailTokens()).isEqualTo(1);
    assertThat(request.isPrefillComplete()).isFalse();
    prefill(request);
    assertThat(request.totalTokens()).isEqualTo(10);
    request.close();
  }

  @Test
  void withTheReferencesTimingAFullyCachedPromptIsADeadEnd() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.chain(0, 2));
    SchedulableSequence<G1> request = fresh(manager, 8, 9, Publication.REFERENCE);

    assertThat(request.matchAndAddPrefix()).isEqualTo(2);

    assertRefused(request, () -> request.schedulePrefill(0), new SchedulingError.PrefillComplete());
    assertRefused(request, request::scheduleDecode, new SchedulingError.WrongDanglingCount(1, 0));
    request.close();
  }

  @Test
  void blocksBroughtFromElsewhereLeaveATokenToCompute() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = fresh(manager, 8, 9);
    try (ImmutableBlocks<G1> brought = Pools.register(manager, Hashes.chain(0, 2))) {
      assertThatThrownBy(() -> request.extendPrefix(brought))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("got 2 blocks, but only 1 fit before the last token");
      assertThat(request.extendPrefix(brought.takeFirst(1))).isEqualTo(1);
    }

    assertThat(request.kvPosition()).isEqualTo(4);
    assertThat(request.prefixMatchedBlocks()).isEqualTo(1);
    prefill(request);
    assertThat(blocks(request)).isEqualTo("2+0");
    request.close();
  }

  @Test
  void blocksBroughtFromElsewhereMustHaveTheTokensOfTheRequest() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = fresh(manager, 9, 9);
    try (ImmutableBlocks<G1> other = Pools.register(manager, Hashes.chain(100, 2))) {
      assertThatThrownBy(() -> request.extendPrefix(other)).isInstanceOf(AssignmentException.class);
      assertThat(other.size()).isEqualTo(2);
      assertThat(request.kvPosition()).isZero();
    }
  }

  // --------------- ★21 ---------------

  @Test
  void matchingAgainAfterAReleaseCountsFromTheStart() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 8, 9);
    for (int i = 0; i < 5; i++) {
      decode(request);
    }
    assertThat(request.kvPosition()).isEqualTo(13);
    request.release();

    assertThat(request.matchAndAddPrefix()).as("generated blocks as well").isEqualTo(3);

    assertThat(request.kvPosition()).isEqualTo(12);
    assertThat(request.prefillPosition()).isEqualTo(8);
    assertThat(request.tailTokens()).isEqualTo(2);
    request.release();
    assertThat(request.matchAndAddPrefix()).isEqualTo(3);
    assertThat(request.kvPosition()).isEqualTo(12);
    prefill(request);
    assertThat(decode(request)).isEqualTo(DecodeOutcome.BLOCK_COMPLETED);
    request.close();
  }

  @Test
  void theReferencesTimingCountsOn() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 8, 9, Publication.REFERENCE);
    request.release();

    assertThat(request.matchAndAddPrefix()).isEqualTo(2);

    assertThat(request.prefillPosition()).isEqualTo(16);
    assertThat(request.kvPosition()).isEqualTo(16);
    request.close();
  }

  // --------------- tokens from elsewhere ---------------

  @Test
  void severalAppendedTokensArePrefilled() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = prefilled(manager, 8, 20);
    request.appendTokens(9, 10, 11, 12, 13);

    assertThat(request.tailTokens()).isEqualTo(6);
    assertThat(request.isPrefillComplete()).isFalse();
    assertThat(allocated(request.schedulePrefill(4))).isEqualTo(1);
    request.applyPrefill();
    assertThat(matchable(manager, 3)).isEqualTo(3);
    prefill(request);

    assertThat(request.totalTokens()).isEqualTo(15);
    assertThat(request.tailTokens()).isEqualTo(1);
    assertThat(decode(request)).isEqualTo(DecodeOutcome.BLOCK_COMPLETED);
    request.close();
  }
}
