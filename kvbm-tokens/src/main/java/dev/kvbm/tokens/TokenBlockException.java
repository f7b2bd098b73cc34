package dev.kvbm.tokens;

/**
 * An operation on a block or a sequence was refused. Nothing has changed.
 *
 * <p>The message is the reference's text for the {@link #kind()}.
 */
public sealed class TokenBlockException extends RuntimeException permits MmInfoException {
  private static final long serialVersionUID = 1L;

  /** Why an operation was refused. */
  public enum Kind {
    /** A token was pushed into a block that has all its tokens. */
    FULL("TokenBlock is full"),
    /** A block was committed that has not all its tokens. */
    INCOMPLETE("TokenBlock is incomplete"),
    /** A token was popped from a block that has none. */
    EMPTY("TokenBlock is empty"),
    /** More tokens were to be removed than there are. */
    INSUFFICIENT_TOKENS("TokenBlock has insufficient tokens"),
    /** A multimodal run is not valid; see {@link MmInfoException#error()}. */
    MM_INFO("mm_info is not valid"),
    /** A sequence with multimodal runs cannot shrink. */
    MM_RUNS_PRESENT("operation is not supported on a TokenBlockSequence with multimodal runs");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  /** Why the operation was refused. */
  private final Kind kind;

  TokenBlockException(Kind kind) {
    this(kind, kind.text);
  }

  TokenBlockException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /**
   * Returns why the operation was refused.
   *
   * @return the kind
   */
  public final Kind kind() {
    return kind;
  }
}
