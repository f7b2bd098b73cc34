package dev.kvbm.tokens;

/** A multimodal run is not valid. Nothing has changed; the message is the error's text. */
public final class MmInfoException extends TokenBlockException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with which run. */
  private final MmInfoError error;

  MmInfoException(MmInfoError error) {
    super(Kind.MM_INFO, error.message());
    this.error = error;
  }

  /**
   * Returns what is wrong with which run.
   *
   * @return the error with its numbers
   */
  public MmInfoError error() {
    return error;
  }
}
