package dev.kvbm.logical.scheduling;

/**
 * Two numbers that are counted up as the reference does, whatever becomes of the blocks. The rows
 * are those of {@link Publication#REFERENCE}.
 */
final class ReferenceProgress extends Progress {
  private int prefilled;

  @Override
  ReferenceProgress copy() {
    ReferenceProgress copy = new ReferenceProgress();
    copy.kv = kv;
    copy.prefilled = prefilled;
    return copy;
  }

  /** Row ★5. */
  @Override
  int matchableTokens(RequestSequence<?> request) {
    return request.totalTokens();
  }

  /** Row ★3: no block for the tokens that fill none. */
  @Override
  int blocksToReacquire(RequestSequence<?> request) {
    return request.completeBlocks();
  }

  /** Rows ★1, ★2 and ★3. */
  @Override
  int publishableTokens(int totalTokens) {
    return totalTokens;
  }

  @Override
  int prefillPosition(RequestSequence<?> request) {
    return prefilled;
  }

  @Override
  int chunkPosition() {
    return prefilled;
  }

  @Override
  int prefillLimit(RequestSequence<?> request) {
    return request.inputTokens();
  }

  @Override
  boolean isInputPrefilled(RequestSequence<?> request) {
    return prefilled >= request.inputTokens();
  }

  @Override
  boolean isPrefillComplete(RequestSequence<?> request) {
    return isInputPrefilled(request);
  }

  @Override
  boolean lastChunkNeedsToken(RequestSequence<?> request) {
    return request.maxOutputTokens() > 0;
  }

  @Override
  int unassignedToKeep(RequestSequence<?> request) {
    return request.isComplete() ? 0 : 1;
  }

  /** Row ★21: adds to the position, also when the request matched before. */
  @Override
  void matched(int matched, RequestSequence<?> request) {
    if (matched > 0) {
      prefilled += matched * request.blockSize();
      kv = prefilled;
    }
  }

  @Override
  void prefilled(int tokens) {
    prefilled += tokens;
    kv = prefilled;
  }

  /** Row ★4. */
  @Override
  void blocksGone(RequestSequence<?> request) {
    // Positions stay.
  }

  /** Row ★3. */
  @Override
  void reacquired(int matched, RequestSequence<?> request) {
    // Positions stay.
  }

  @Override
  void truncated(RequestSequence<?> request) {
    kv = Math.min(kv, Math.max(0, request.totalTokens() - 1));
    prefilled = Math.min(prefilled, request.inputTokens());
  }
}
