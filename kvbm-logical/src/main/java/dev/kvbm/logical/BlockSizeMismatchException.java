package dev.kvbm.logical;

/**
 * A block was to be filled with another number of tokens than it has room for. Nothing has changed;
 * the guard that the call was made on still holds its block.
 */
public final class BlockSizeMismatchException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The manager's block size, in tokens. */
  private final int expectedTokens;

  /** The number of tokens given. */
  private final int actualTokens;

  /** The block that was to be staged. */
  private final int blockId;

  /**
   * For layers above a manager that check sizes themselves.
   *
   * @param expectedTokens how many tokens a block has room for
   * @param actualTokens how many were given
   * @param blockId the block that was to be filled
   */
  public BlockSizeMismatchException(int expectedTokens, int actualTokens, int blockId) {
    super(
        "block "
            + blockId
            + " holds "
            + expectedTokens
            + " tokens, given were "
            + actualTokens
            + "; cut the tokens with the manager's block size");
    this.expectedTokens = expectedTokens;
    this.actualTokens = actualTokens;
    this.blockId = blockId;
  }

  /** {@return the manager's block size, in tokens} */
  public int expectedTokens() {
    return expectedTokens;
  }

  /** {@return the number of tokens given} */
  public int actualTokens() {
    return actualTokens;
  }

  /** {@return the id of the block that was to be staged} */
  public int blockId() {
    return blockId;
  }
}
