package dev.kvbm.logical.scheduling;

/**
 * One number: the keys and values that the request holds. Everything else follows from it, so no
 * two positions can disagree.
 */
final class ComputedProgress extends Progress {

  @Override
  ComputedProgress copy() {
    ComputedProgress copy = new ComputedProgress();
    copy.kv = kv;
    return copy;
  }

  /** All but the last token, whose logits are needed. */
  @Override
  int matchableTokens(RequestSequence<?> request) {
    return Math.max(0, request.totalTokens() - 1);
  }

  @Override
  int blocksToReacquire(RequestSequence<?> request) {
    return request.blocksFor(request.totalTokens());
  }

  @Override
  int publishableTokens(int totalTokens) {
    return kv;
  }

  @Override
  int prefillPosition(RequestSequence<?> request) {
    return Math.min(kv, request.inputTokens());
  }

  @Override
  int chunkPosition() {
    return kv;
  }

  @Override
  int prefillLimit(RequestSequence<?> request) {
    return request.totalTokens();
  }

  @Override
  boolean isInputPrefilled(RequestSequence<?> request) {
    return kv >= request.inputTokens();
  }

  /** One missing token is for a decode step, more are for prefill, wherever they came from. */
  @Override
  boolean isPrefillComplete(RequestSequence<?> request) {
    return isInputPrefilled(request) && request.totalTokens() - kv <= 1;
  }

  @Override
  boolean lastChunkNeedsToken(RequestSequence<?> request) {
    return !request.isComplete();
  }

  /** What the next step needs; of a complete output, what has content. */
  @Override
  int unassignedToKeep(RequestSequence<?> request) {
    int needed = request.isComplete() ? request.blocksFor(kv) : request.completeBlocks() + 1;
    return Math.max(0, needed - request.assignedBlocks() - request.stagedBlocks());
  }

  @Override
  void matched(int matched, RequestSequence<?> request) {
    kv = request.assignedBlocks() * request.blockSize();
  }

  @Override
  void prefilled(int tokens) {
    kv += tokens;
  }

  @Override
  void blocksGone(RequestSequence<?> request) {
    kv = (int) Math.min(kv, (long) request.heldBlocks() * request.blockSize());
  }

  @Override
  void reacquired(int matched, RequestSequence<?> request) {
    kv = matched * request.blockSize();
  }

  /** The last token that is left has to be computed again, for its logits. */
  @Override
  void truncated(RequestSequence<?> request) {
    kv = Math.min(kv, matchableTokens(request));
    blocksGone(request);
  }
}
