package dev.kvbm.logical.scheduling;

/**
 * How far a request has come: which of its tokens have keys and values, what is left to prefill,
 * and which blocks may be published. One subclass for each {@link Publication}.
 */
abstract class Progress {
  /** Tokens whose keys and values exist, counted from the first. */
  int kv;

  static Progress of(Publication publication) {
    return switch (publication) {
      case WHEN_COMPUTED -> new ComputedProgress();
      case REFERENCE -> new ReferenceProgress();
    };
  }

  abstract Progress copy();

  // --------------- what may be done ---------------

  /** How many tokens a match may cover at most. */
  abstract int matchableTokens(RequestSequence<?> request);

  /** The blocks that a request holds after it came back. */
  abstract int blocksToReacquire(RequestSequence<?> request);

  /** Tokens of the blocks that may be published. */
  abstract int publishableTokens(int totalTokens);

  /** How far the input is prefilled. */
  abstract int prefillPosition(RequestSequence<?> request);

  /** Where the next chunk begins. */
  abstract int chunkPosition();

  /** Where prefill ends. */
  abstract int prefillLimit(RequestSequence<?> request);

  /** Whether the whole input is prefilled. */
  abstract boolean isInputPrefilled(RequestSequence<?> request);

  /** Whether there is nothing to prefill. */
  abstract boolean isPrefillComplete(RequestSequence<?> request);

  /** Whether the last chunk has to yield a token. */
  abstract boolean lastChunkNeedsToken(RequestSequence<?> request);

  /** How many unassigned blocks to keep after a speculative step. */
  abstract int unassignedToKeep(RequestSequence<?> request);

  // --------------- what has happened ---------------

  /** {@code matched} more blocks with content were assigned. */
  abstract void matched(int matched, RequestSequence<?> request);

  abstract void prefilled(int tokens);

  final void decoded(int tokens) {
    kv += tokens;
  }

  /** Blocks were given back, in whatever way. */
  abstract void blocksGone(RequestSequence<?> request);

  /** The blocks came back, {@code matched} of them with content. */
  abstract void reacquired(int matched, RequestSequence<?> request);

  /** The tokens were cut and blocks may be gone. */
  abstract void truncated(RequestSequence<?> request);
}
