package dev.kvbm.logical.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.Hashes;
import dev.kvbm.logical.scheduling.AllocationResult.Allocated;
import dev.kvbm.logical.tier.G1;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Requests over the prompt 0, 1, 2, ... of {@link Hashes}, in blocks of 4 tokens. */
final class Requests {

  private Requests() {}

  static SchedulableSequence.Builder<G1> builder(BlockManager<G1> manager, int tokens, int max) {
    return SchedulableSequence.builder(manager)
        .prompt(Hashes.prompt(0, tokens))
        .maxOutputTokens(max);
  }

  static SchedulableSequence<G1> fresh(BlockManager<G1> manager, int tokens, int max) {
    return builder(manager, tokens, max).build();
  }

  static SchedulableSequence<G1> fresh(
      BlockManager<G1> manager, int tokens, int max, Publication publication) {
    return builder(manager, tokens, max).publication(publication).build();
  }

  /** Prefilled in one chunk; the first token is the next number. */
  static SchedulableSequence<G1> prefilled(
      BlockManager<G1> manager, int tokens, int max, Publication publication) {
    SchedulableSequence<G1> request = fresh(manager, tokens, max, publication);
    prefill(request);
    return request;
  }

  static SchedulableSequence<G1> prefilled(BlockManager<G1> manager, int tokens, int max) {
    return prefilled(manager, tokens, max, Publication.WHEN_COMPUTED);
  }

  /** Prefills what is left in one chunk; tokens go on counting. */
  static void prefill(SchedulableSequence<G1> request) {
    assertThat(request.schedulePrefill(request.tailTokens())).isInstanceOf(Allocated.class);
    if (request.isComplete()) {
      request.applyPrefill();
    } else {
      request.applyPrefill(request.totalTokens());
    }
  }

  /** One decode step; the token is the next number. */
  static DecodeOutcome decode(SchedulableSequence<G1> request) {
    assertThat(request.scheduleDecode()).isInstanceOf(Allocated.class);
    return request.applyDecode(request.totalTokens());
  }

  static int allocated(AllocationResult result) {
    assertThat(result).isInstanceOf(Allocated.class);
    return ((Allocated) result).blocks();
  }

  /** How many blocks of the counting prompt another request would find. */
  static int matchable(BlockManager<G1> manager, int blocks) {
    try (var matched = manager.match(Hashes.chain(0, blocks))) {
      return matched.size();
    }
  }

  /** The call is refused for that reason, and the request looks as before. */
  static void assertRefused(
      SchedulableSequence<G1> request, ThrowingCallable call, SchedulingError error) {
    String before = picture(request);
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SchedulingException.class, e -> assertThat(e.error()).isEqualTo(error))
        .hasMessage(error.message());
    assertThat(picture(request)).isEqualTo(before);
  }

  /** Everything that a call could have changed. */
  static String picture(SchedulableSequence<G1> request) {
    return request
        + " "
        + request.pages().boxed().toList()
        + " prefill "
        + request.prefillPosition()
        + " tail "
        + request.tailTokens()
        + " matched "
        + request.prefixMatchedBlocks()
        + " pool "
        + request.manager().metrics();
  }

  /** Assigned and unassigned blocks, as {@code "2+1"}. */
  static String blocks(SchedulableSequence<?> request) {
    assertThat(request.stagedBlocks()).isZero();
    return request.assignedBlocks() + "+" + request.unassignedBlocks();
  }
}
