package dev.kvbm.logical.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.Hashes;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.Pools;
import dev.kvbm.logical.sequence.AssignmentError;
import dev.kvbm.logical.sequence.AssignmentException;
import dev.kvbm.logical.sequence.BlockRange;
import dev.kvbm.logical.sequence.BlockSequence;
import dev.kvbm.logical.tier.G1;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A request without a protocol: tokens, blocks, and an owner who knows what is computed. */
class RequestSequenceTest {
  @RegisterExtension final Pools pools = new Pools();

  private static RequestSequence<G1> request(BlockManager<G1> manager, int tokens, int max) {
    return RequestSequence.builder(manager)
        .prompt(Hashes.prompt(0, tokens))
        .maxOutputTokens(max)
        .build();
  }

  /** Prefix, blocks for all tokens, one more if something is to be generated, all computed. */
  private static boolean prefill(RequestSequence<G1> request) {
    int cached = request.matchAndAddPrefix();
    int blocks = request.blocksFor(request.totalTokens() + Math.min(1, request.maxOutputTokens()));
    if (!request.allocateBlocks(blocks - cached)) {
      request.release();
      return false;
    }
    request.completeAndRegisterPending(request.totalTokens());
    return true;
  }

  @Test
  void aNewRequestHoldsNothing() {
    BlockManager<G1> manager = pools.of(8);
    RequestSequence<G1> request = request(manager, 10, 5);

    assertThat(request.inputTokens()).isEqualTo(10);
    assertThat(request.totalTokens()).isEqualTo(10);
    assertThat(request.maxOutputTokens()).isEqualTo(5);
    assertThat(request.generatedTokens()).isZero();
    assertThat(request.remainingTokens()).isEqualTo(5);
    assertThat(request.completeBlocks()).isEqualTo(2);
    assertThat(request.heldBlocks()).isZero();
    assertThat(request.prefixMatchedBlocks()).isZero();
    assertThat(request.newTokensForPrefill()).isEqualTo(10);
    assertThat(request.blockSize()).isEqualTo(4);
    assertThat(request.isComplete()).isFalse();
    assertThat(request.pageTable()).isEmpty();
    assertThat(request.manager()).isSameAs(manager);
    assertThat(request.lineageHashes()).isEqualTo(Hashes.chain(0, 2));
    assertThat(request.token(9)).isEqualTo(9);
    assertThat(request.saltHash()).isEqualTo(Hashes.SALT);
    assertThat(manager.availableBlocks()).isEqualTo(8);
    assertThat(request)
        .hasToString(
            "RequestSequence[10 input and 0 of 5 output tokens, LogicalBlockAssignments[assigned 0,"
                + " staged 0, unassigned 0]]");
  }

  @ParameterizedTest(name = "{0} tokens, output {1}: {2} assigned, {3} unassigned")
  @CsvSource({"8, 4, 2, 1", "6, 4, 1, 1", "0, 4, 0, 1", "8, 0, 2, 0"})
  void completeBlocksAreRegisteredAndTheRestWaits(
      int tokens, int max, int assigned, int unassigned) {
    try (RequestSequence<G1> request = request(pools.of(8), tokens, max)) {
      assertThat(prefill(request)).isTrue();

      assertThat(request.assignedBlocks()).isEqualTo(assigned);
      assertThat(request.unassignedBlocks()).isEqualTo(unassigned);
      assertThat(request.pageTable()).hasSize(assigned + unassigned);
    }
  }

  @Test
  void withoutEnoughBlocksNothingIsHeld() {
    BlockManager<G1> manager = pools.of(2);

    assertThat(prefill(request(manager, 12, 4))).isFalse();

    assertThat(manager.availableBlocks()).isEqualTo(2);
  }

  // --------------- prefix ---------------

  @Test
  void aCachedPrefixIsFoundButTheLastTokenIsLeft() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.chain(0, 2));
    try (RequestSequence<G1> nine = request(manager, 9, 4);
        RequestSequence<G1> eight = request(manager, 8, 4)) {
      assertThat(nine.matchAndAddPrefix()).isEqualTo(2);
      assertThat(nine.prefixMatchedBlocks()).isEqualTo(2);
      assertThat(nine.newTokensForPrefill()).isEqualTo(1);
      assertThat(eight.matchAndAddPrefix()).isEqualTo(1);
      assertThat(eight.newTokensForPrefill()).isEqualTo(4);
    }
  }

  @Test
  void aPromptCanBeMatchedToItsEndOnDemand() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.chain(0, 2));
    try (RequestSequence<G1> request = request(manager, 8, 4)) {
      assertThat(request.matchAndAddPrefix(8)).isEqualTo(2);
      assertThatThrownBy(() -> request.matchAndAddPrefix(-1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatIsNotCachedIsComputed() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.chain(0, 1));
    try (RequestSequence<G1> request = request(manager, 12, 4)) {
      assertThat(prefill(request)).isTrue();

      assertThat(request.prefixMatchedBlocks()).isEqualTo(1);
      assertThat(request.newTokensForPrefill()).isEqualTo(8);
      assertThat(request.assignedBlocks()).isEqualTo(3);
      assertThat(request.unassignedBlocks()).isEqualTo(1);
    }
  }

  @Test
  void aRequestThatHoldsBlocksIsNotMatched() {
    try (RequestSequence<G1> request = request(pools.of(8), 8, 4)) {
      assertThat(request.allocateBlocks(2)).isTrue();

      assertThatThrownBy(request::matchAndAddPrefix)
          .isInstanceOfSatisfying(
              SchedulingException.class,
              e -> assertThat(e.error()).isEqualTo(new SchedulingError.BlocksHeld(2)));
      assertThatThrownBy(request::reacquire).isInstanceOf(SchedulingException.class);
      assertThat(request.heldBlocks()).isEqualTo(2);
    }
  }

  @Test
  void matchingAgainAfterAReleaseStartsOver() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.chain(0, 2));
    try (RequestSequence<G1> request = request(manager, 12, 4)) {
      assertThat(request.matchAndAddPrefix()).isEqualTo(2);
      request.release();
      assertThat(request.matchAndAddPrefix()).isEqualTo(2);

      assertThat(request.prefixMatchedBlocks()).isEqualTo(2);
      assertThat(request.newTokensForPrefill()).isEqualTo(4);
    }
  }

  @Test
  void blocksBroughtFromElsewhereExtendThePrefix() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.chain(0, 1));
    try (RequestSequence<G1> request = request(manager, 14, 4)) {
      assertThat(request.matchAndAddPrefix()).isEqualTo(1);
      ImmutableBlocks<G1> brought = Pools.register(manager, Hashes.chain(0, 3).from(1));

      assertThat(request.extendPrefix(brought)).isEqualTo(2);

      assertThat(brought.isHeld()).isFalse();
      assertThat(request.assignedBlocks()).isEqualTo(3);
      assertThat(request.prefixMatchedBlocks()).isEqualTo(3);
    }
  }

  @Test
  void aBlockOfOtherTokensDoesNotExtendThePrefix() {
    BlockManager<G1> manager = pools.of(8);
    try (RequestSequence<G1> request = request(manager, 12, 4);
        ImmutableBlocks<G1> other = Pools.register(manager, Hashes.chain(100, 1))) {
      assertThatThrownBy(() -> request.extendPrefix(other))
          .isInstanceOfSatisfying(
              AssignmentException.class,
              e ->
                  assertThat(e.error())
                      .isEqualTo(
                          new AssignmentError.SequenceHashMismatch(
                              0, Hashes.root(0), Hashes.root(100))));

      assertThat(other.isHeld()).isTrue();
      assertThat(request.heldBlocks()).isZero();
    }
  }

  @Test
  void moreBlocksThanAreCompleteDoNotExtendThePrefix() {
    BlockManager<G1> manager = pools.of(8);
    try (RequestSequence<G1> request = request(manager, 10, 4);
        ImmutableBlocks<G1> three = Pools.register(manager, Hashes.chain(0, 3))) {
      assertThatThrownBy(() -> request.extendPrefix(three))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("got 3 blocks, the sequence has 2 complete blocks behind the 0");
      assertThat(three.isHeld()).isTrue();
    }
  }

  @Test
  void aPrefixIsNotExtendedBehindOtherBlocks() {
    BlockManager<G1> manager = pools.of(8);
    try (RequestSequence<G1> request = request(manager, 12, 4);
        ImmutableBlocks<G1> first = Pools.register(manager, Hashes.chain(0, 1))) {
      assertThat(request.allocateBlocks(2)).isTrue();
      assertThatThrownBy(() -> request.extendPrefix(first)).isInstanceOf(SchedulingException.class);
      assertThat(request.stagePending(4)).isEqualTo(1);
      assertThatThrownBy(() -> request.extendPrefix(first)).isInstanceOf(AssignmentException.class);
      assertThat(first.isHeld()).isTrue();
    }
  }

  // --------------- blocks ---------------

  @Test
  void blocksAreAllocatedAllOrNone() {
    BlockManager<G1> manager = pools.of(2);
    try (RequestSequence<G1> request = request(manager, 8, 4)) {
      assertThat(request.allocateBlocks(0)).isTrue();
      assertThat(request.heldBlocks()).isZero();
      assertThat(request.allocateBlocks(3)).isFalse();
      assertThat(request.heldBlocks()).isZero();
      assertThat(request.allocateBlocks(2)).isTrue();
      assertThat(request.heldBlocks()).isEqualTo(2);
    }
  }

  @Test
  void onlyComputedBlocksAreStagedAndNobodyFindsThemBeforeTheyAreRegistered() {
    BlockManager<G1> manager = pools.of(8);
    try (RequestSequence<G1> request = request(manager, 12, 4)) {
      assertThat(request.allocateBlocks(3)).isTrue();
      assertThat(request.stagePending(3)).isZero();
      assertThat(request.stagePending(7)).isEqualTo(1);
      assertThat(request.stagePending(11)).isEqualTo(1);
      assertThat(request.stagedBlocks()).isEqualTo(2);
      assertThat(Requests.matchable(manager, 3)).isZero();

      assertThat(request.registerStaged()).isEqualTo(2);
      assertThat(request.completeAndRegisterPending(11)).isZero();
      assertThat(Requests.matchable(manager, 3)).isEqualTo(2);
      assertThat(request.completeAndRegisterPending(100)).isEqualTo(1);
      assertThat(Requests.matchable(manager, 3)).isEqualTo(3);
      assertThatThrownBy(() -> request.stagePending(-1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void stagedBlocksAreRegisteredWithTheNextOnes() {
    try (RequestSequence<G1> request = request(pools.of(8), 12, 4)) {
      assertThat(request.allocateBlocks(3)).isTrue();
      assertThat(request.stagePending(4)).isEqualTo(1);
      assertThat(request.completeAndRegisterPending(4)).isEqualTo(1);
      assertThat(request.stagePending(8)).isEqualTo(1);
      assertThat(request.completeAndRegisterPending(12)).isEqualTo(2);

      assertThat(request.assignedBlocks()).isEqualTo(3);
      assertThat(request.pageTable()).containsExactly(0, 1, 2);
    }
  }

  @Test
  void excessBlocksGoFromTheEnd() {
    BlockManager<G1> manager = pools.of(4);
    try (RequestSequence<G1> request = request(manager, 8, 4)) {
      assertThat(request.allocateBlocks(4)).isTrue();

      assertThat(request.dropExcessUnassigned(1)).isEqualTo(3);
      assertThat(request.dropExcessUnassigned(1)).isZero();

      assertThat(request.pageTable()).containsExactly(0);
      assertThatThrownBy(() -> request.dropExcessUnassigned(-1))
          .isInstanceOf(IllegalArgumentException.class);
      try (MutableBlocks<G1> free = manager.allocate(3).orElseThrow()) {
        assertThat(free.ids()).containsExactly(3, 2, 1);
      }
    }
  }

  @Test
  void thePageTableIsReadWithoutBoxing() {
    try (RequestSequence<G1> request = request(pools.of(8), 10, 4)) {
      prefill(request);
      int[] table = new int[5];

      assertThat(request.copyPageTable(table, 1)).isEqualTo(3);

      assertThat(table).containsExactly(0, 0, 1, 2, 0);
      assertThat(request.blockId(2)).isEqualTo(2);
      assertThat(request.pages().toArray()).containsExactly(0, 1, 2);
      assertThatThrownBy(() -> request.blockId(3)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  // --------------- tokens ---------------

  @Test
  void appendedTokensAreCountedAndCompleteBlocks() {
    RequestSequence<G1> request = request(pools.of(4), 5, 7);

    assertThat(request.appendToken(5)).isEqualTo(BlockSequence.NO_BLOCK);
    assertThat(request.generatedTokens()).isEqualTo(1);
    assertThat(request.totalTokens()).isEqualTo(6);
    assertThat(request.appendToken(6)).isEqualTo(BlockSequence.NO_BLOCK);
    assertThat(request.appendToken(7)).isEqualTo(1);
    assertThat(request.completeBlocks()).isEqualTo(2);
    assertThat(request.appendTokens(8, 9, 10, 11)).isEqualTo(new BlockRange(2, 3));
    assertThat(request.remainingTokens()).isZero();
  }

  @Test
  void noTokenIsAppendedBeyondTheOutput() {
    RequestSequence<G1> request = request(pools.of(4), 5, 3);
    assertThat(request.appendToken(1)).isEqualTo(BlockSequence.NO_BLOCK);
    assertThat(request.isComplete()).isFalse();

    assertThatThrownBy(() -> request.appendTokens(1, 2, 3))
        .isInstanceOfSatisfying(
            SchedulingException.class,
            e -> assertThat(e.error()).isEqualTo(new SchedulingError.AppendExceedsRemaining(3, 2)));
    assertThat(request.appendToken(2)).isEqualTo(BlockSequence.NO_BLOCK);
    assertThat(request.isComplete()).isFalse();
    assertThat(request.appendToken(3)).isEqualTo(1);

    assertThat(request.isComplete()).isTrue();
    assertThatThrownBy(() -> request.appendToken(4))
        .isInstanceOfSatisfying(
            SchedulingException.class,
            e -> assertThat(e.error()).isEqualTo(new SchedulingError.GenerationComplete(3, 3)));
    assertThat(request.totalTokens()).isEqualTo(8);
  }

  @Test
  void withoutOutputARequestIsCompleteAtOnce() {
    assertThat(request(pools.of(4), 5, 0).isComplete()).isTrue();
  }

  // --------------- courses ---------------

  @Test
  void aDecodeLoopRegistersBlockAfterBlock() {
    BlockManager<G1> manager = pools.of(8);
    try (RequestSequence<G1> request = request(manager, 4, 8)) {
      assertThat(prefill(request)).isTrue();
      for (int step = 0; step < 8; step++) {
        boolean completed = request.appendToken(request.totalTokens()) != BlockSequence.NO_BLOCK;
        if (completed) {
          assertThat(request.completeAndRegisterPending(request.totalTokens())).isEqualTo(1);
          assertThat(request.allocateBlocks(1)).isTrue();
        }
      }

      assertThat(request.assignedBlocks()).isEqualTo(3);
      assertThat(request.unassignedBlocks()).isEqualTo(1);
      request.release();
      assertThat(request.heldBlocks()).isZero();
    }
    assertThat(Requests.matchable(manager, 3)).isEqualTo(3);
  }

  @Test
  void aReleaseGivesEverythingBackOnce() {
    BlockManager<G1> manager = pools.of(20);
    RequestSequence<G1> request = request(manager, 8, 4);
    prefill(request);
    assertThat(manager.availableBlocks()).isEqualTo(17);

    request.release();
    request.release();

    assertThat(manager.availableBlocks()).isEqualTo(20);
    assertThat(request.heldBlocks()).isZero();
    assertThat(request.totalTokens()).isEqualTo(8);
    assertThat(request.allocateBlocks(1)).isTrue();
    request.close();
    assertThat(manager.availableBlocks()).isEqualTo(20);
  }

  @Test
  void aRequestThatComesBackHoldsBlocksForAllTokensAndPublishesNone() {
    BlockManager<G1> manager = pools.of(8);
    try (RequestSequence<G1> request = request(manager, 8, 4)) {
      request.appendToken(8);
      assertThat(request.reacquire()).isTrue();

      assertThat(request.assignedBlocks()).isZero();
      assertThat(request.unassignedBlocks()).isEqualTo(3);
      assertThat(request.prefixMatchedBlocks()).isZero();
      assertThat(request.generatedTokens()).isEqualTo(1);
      assertThat(Requests.matchable(manager, 2)).isZero();
    }
  }

  @Test
  void aRequestThatComesBackFindsItsBlocks() {
    BlockManager<G1> manager = pools.of(8);
    try (RequestSequence<G1> request = request(manager, 9, 4)) {
      prefill(request);
      request.release();

      assertThat(request.reacquire()).isTrue();

      assertThat(request.prefixMatchedBlocks()).isEqualTo(2);
      assertThat(request.assignedBlocks()).isEqualTo(2);
      assertThat(request.unassignedBlocks()).isEqualTo(1);
    }
  }

  @Test
  void aRequestThatCannotComeBackHoldsNothing() {
    BlockManager<G1> manager = pools.of(4);
    try (RequestSequence<G1> request = request(manager, 13, 4)) {
      prefill(request);
      request.release();
      try (MutableBlocks<G1> others = manager.allocate(2).orElseThrow()) {
        assertThat(others.size()).isEqualTo(2);
        assertThat(request.reacquire()).isFalse();

        assertThat(request.heldBlocks()).isZero();
        assertThat(manager.availableBlocks()).isEqualTo(2);
      }
    }
  }

  // --------------- truncate and fork ---------------

  @Test
  void aCutDropsTheBlocksBehindIt() {
    BlockManager<G1> manager = pools.of(8);
    try (RequestSequence<G1> request = request(manager, 14, 4)) {
      prefill(request);
      assertThat(request.pageTable()).containsExactly(0, 1, 2, 3);
      request.truncate(20);
      request.truncate(13);
      assertThat(request.pageTable()).containsExactly(0, 1, 2, 3);
      request.truncate(12);
      assertThat(request.pageTable()).as("the last token is in block 2").containsExactly(0, 1);
      assertThat(request.inputTokens()).isEqualTo(12);
      request.truncate(0);

      assertThat(request.totalTokens()).isZero();
      assertThat(request.heldBlocks()).isZero();
      assertThatThrownBy(() -> request.truncate(-1)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aCutDropsStagedBlocksThatItGoesThrough() {
    BlockManager<G1> manager = pools.of(8);
    try (RequestSequence<G1> request = request(manager, 12, 4)) {
      assertThat(request.allocateBlocks(3)).isTrue();
      assertThat(request.stagePending(8)).isEqualTo(2);

      request.truncate(10);
      assertThat(request.heldBlocks()).isEqualTo(3);
      request.truncate(7);

      assertThat(request.heldBlocks()).isZero();
      assertThat(manager.availableBlocks()).isEqualTo(8);
    }
  }

  @Test
  void aForkSharesWhatIsRegisteredAndCopiesTheRest() {
    BlockManager<G1> manager = pools.of(8);
    try (RequestSequence<G1> request = request(manager, 10, 4)) {
      prefill(request);
      Fork<RequestSequence<G1>> fork = request.fork(10).orElseThrow();
      try (RequestSequence<G1> child = fork.child()) {
        assertThat(child.pageTable()).containsExactly(0, 1, 3);
        assertThat(fork.copies()).containsExactly(new BlockCopy(2, 3, 2));
        child.appendToken(99);
        request.appendToken(10);
        assertThat(child.totalTokens()).isEqualTo(11);
        assertThat(child.token(10)).isEqualTo(99);
        assertThat(request.token(10)).isEqualTo(10);
      }
      assertThat(request.pageTable()).containsExactly(0, 1, 2);
      assertThatThrownBy(() -> request.fork(13))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("13 computed tokens need 4 blocks, the request holds 3");
      assertThatThrownBy(() -> request.fork(-1)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void aForkNeedsBlocksForItsCopies() {
    BlockManager<G1> manager = pools.of(3);
    try (RequestSequence<G1> request = request(manager, 10, 4)) {
      prefill(request);

      assertThat(request.fork(10)).isEmpty();

      assertThat(request.pageTable()).containsExactly(0, 1, 2);
    }
    assertThat(Pools.pools(manager)).isEqualTo("1 free, 2 idle");
  }

  // --------------- the end ---------------

  @Test
  void aClosedRequestTakesNothingMore() {
    BlockManager<G1> manager = pools.of(8);
    RequestSequence<G1> request = request(manager, 8, 4);
    prefill(request);

    request.close();
    request.close();

    assertThat(manager.availableBlocks()).isEqualTo(8);
    assertThat(request.toString()).endsWith(", closed]");
    assertThatThrownBy(() -> request.allocateBlocks(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(request::matchAndAddPrefix).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(request::reacquire).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> request.appendToken(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> request.fork(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> request.truncate(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> request.completeAndRegisterPending(4))
        .isInstanceOf(IllegalStateException.class);
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }
}
