package dev.kvbm.replay.trace;

import org.jspecify.annotations.Nullable;

/**
 * A trace could not be read. The message starts with {@code file:line:} (or {@code file:} when no
 * line is to blame) and says what was expected and what was found.
 */
public final class TraceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The file or stream that was read. */
  private final String source;

  /** The line to blame, counted from 1, or 0 for the whole source. */
  private final long line;

  /**
   * Makes the message from its parts.
   *
   * @param source the file or stream
   * @param line the line to blame, counted from 1, or 0 for the whole source
   * @param problem what was expected and found
   * @param cause the underlying failure, if any
   */
  public TraceException(String source, long line, String problem, @Nullable Throwable cause) {
    super(source + ":" + (line > 0 ? line + ": " : " ") + problem, cause);
    this.source = source;
    this.line = line;
  }

  /** {@return the file or stream that was read} */
  public String source() {
    return source;
  }

  /** {@return the line to blame, counted from 1, or 0 for the whole source} */
  public long line() {
    return line;
  }
}
