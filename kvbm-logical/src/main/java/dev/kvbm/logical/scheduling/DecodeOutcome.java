package dev.kvbm.logical.scheduling;

/** What a decode step has brought about. */
public enum DecodeOutcome {
  /** The last block has room for more tokens, and more may come. */
  CONTINUE(false, false),
  /** A block has all its tokens now. */
  BLOCK_COMPLETED(true, false),
  /** The output is complete. */
  MAX_LENGTH(false, true),
  /** Both. */
  BLOCK_COMPLETED_AND_MAX_LENGTH(true, true);

  private final boolean blockCompleted;
  private final boolean complete;

  DecodeOutcome(boolean blockCompleted, boolean complete) {
    this.blockCompleted = blockCompleted;
    this.complete = complete;
  }

  /** {@return whether a block has all its tokens now; not that its keys and values are there} */
  public boolean isBlockCompleted() {
    return blockCompleted;
  }

  /** {@return whether the output is complete} */
  public boolean isComplete() {
    return complete;
  }

  static DecodeOutcome of(boolean blockCompleted, boolean complete) {
    if (blockCompleted) {
      return complete ? BLOCK_COMPLETED_AND_MAX_LENGTH : BLOCK_COMPLETED;
    }
    return complete ? MAX_LENGTH : CONTINUE;
  }
}
