package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.scheduling.Publication;
import dev.kvbm.logical.scheduling.SchedulableSequence;
import dev.kvbm.logical.scheduling.SequenceState;
import java.util.Optional;

/**
 * Rows that explain why a request with our timing answers otherwise than the reference's.
 *
 * <p>Until then the two agreed, so the request, before the operation, shows whether it is in the
 * situation that a row is about.
 */
final class TimingRows {

  private TimingRows() {}

  /** The row that could explain another answer of an operation on the request as it is now. */
  @FunctionalInterface
  interface Rule {
    Optional<CompatibilityRow> rowFor(SchedulableSequence<?> request);
  }

  static Optional<CompatibilityRow> none(SchedulableSequence<?> request) {
    return Optional.empty();
  }

  private static Optional<CompatibilityRow> row(
      SchedulableSequence<?> request, CompatibilityRow row, boolean situation) {
    return situation && request.publication() == Publication.WHEN_COMPUTED
        ? Optional.of(row)
        : Optional.empty();
  }

  /** The reference may match the last block, here a token is left to be computed. */
  static Optional<CompatibilityRow> beforeMatch(SchedulableSequence<?> request) {
    return row(
        request,
        CompatibilityRow.FULL_MATCH,
        request.completeBlocks() * request.blockSize() == request.totalTokens());
  }

  /** Tokens behind the input are for prefill here. */
  static Optional<CompatibilityRow> beforePrefill(SchedulableSequence<?> request) {
    return row(
        request,
        CompatibilityRow.APPENDED,
        request.totalTokens() > request.inputTokens() && request.tailTokens() != 1);
  }

  /** The reference publishes complete blocks that the chunk does not fill. */
  static Optional<CompatibilityRow> beforeApplyPrefill(SchedulableSequence<?> request) {
    if (!(request.state() instanceof SequenceState.PrefillScheduled(int tokens, int _))) {
      return Optional.empty();
    }
    int computed = request.kvPosition() + tokens;
    if (request.totalTokens() > request.inputTokens() && computed == request.inputTokens()) {
      return row(request, CompatibilityRow.APPENDED, true);
    }
    int publishedThere = Math.min(request.completeBlocks(), request.heldBlocks());
    return row(
        request,
        CompatibilityRow.CHUNK,
        publishedThere > Math.max(request.assignedBlocks(), computed / request.blockSize()));
  }

  /** The reference publishes the block that the newest token completes. */
  static Optional<CompatibilityRow> beforeTokens(SchedulableSequence<?> request, int tokens) {
    int blocksThere = (request.totalTokens() + tokens) / request.blockSize();
    int blocksHere = (request.kvPosition() + tokens) / request.blockSize();
    return row(request, CompatibilityRow.NEWEST_TOKEN, blocksThere > blocksHere)
        .or(
            () ->
                row(
                    request,
                    CompatibilityRow.NEWEST_TOKEN,
                    tokens >= request.remainingTokens()
                        && request.state() instanceof SequenceState.SpeculativeScheduled));
  }

  /** The KV position goes back with the blocks. */
  static Optional<CompatibilityRow> beforeDrop(SchedulableSequence<?> request, int most) {
    int kept = Math.max(request.assignedBlocks(), request.heldBlocks() - most);
    return row(
        request, CompatibilityRow.DROPPED, kept * request.blockSize() < request.kvPosition());
  }

  /** The KV position goes back with the blocks. */
  static Optional<CompatibilityRow> beforeRelease(SchedulableSequence<?> request) {
    return row(request, CompatibilityRow.RELEASED, request.kvPosition() > 0);
  }

  /** Fresh blocks are not published, the tail gets one, and a token is left to be computed. */
  static Optional<CompatibilityRow> beforeReacquire(SchedulableSequence<?> request) {
    return row(request, CompatibilityRow.REACQUIRED, request.totalTokens() > 0);
  }
}
