package dev.kvbm.replay.trace;

import org.jspecify.annotations.Nullable;

/**
 * How a trace is read.
 *
 * @param format the form of every line, or null to tell it from the first record's keys
 * @param blockSizeTokens tokens a block where a record does not say; 0 for the form's own default
 * @param skipMalformed whether malformed lines are counted and passed over instead of ending the
 *     read
 * @param blockIds what equal ids mean, or null for the form's own rule: {@link BlockIds#CONTENT}
 *     for {@link TraceFormat#QWEN_BAILIAN}, {@link BlockIds#CHAINED} for the others
 * @param keepTokenIds whether requests carry the token ids of prompt and output, where the source
 *     has them
 */
public record TraceOptions(
    @Nullable TraceFormat format,
    int blockSizeTokens,
    boolean skipMalformed,
    @Nullable BlockIds blockIds,
    boolean keepTokenIds) {

  /** The largest block size accepted anywhere: 2^20 tokens. */
  public static final int MAX_BLOCK_SIZE_TOKENS = 1 << 20;

  private static final TraceOptions DEFAULTS = new TraceOptions(null, 0, false, null, false);

  /**
   * Checks the block size.
   *
   * @throws IllegalArgumentException if it is negative or above {@link #MAX_BLOCK_SIZE_TOKENS}
   */
  public TraceOptions {
    if (blockSizeTokens < 0 || blockSizeTokens > MAX_BLOCK_SIZE_TOKENS) {
      throw new IllegalArgumentException(
          "block size "
              + blockSizeTokens
              + " is not usable; choose 1 to "
              + MAX_BLOCK_SIZE_TOKENS
              + " tokens, or 0 for the trace format's own");
    }
  }

  /** {@return form told from the first record, default block sizes, strict, no token ids} */
  public static TraceOptions defaults() {
    return DEFAULTS;
  }

  /**
   * {@return a copy that reads every line in one form}
   *
   * @param value the form; null tells it from the first record
   */
  public TraceOptions withFormat(@Nullable TraceFormat value) {
    return new TraceOptions(value, blockSizeTokens, skipMalformed, blockIds, keepTokenIds);
  }

  /**
   * {@return a copy with another block size}
   *
   * @param value tokens a block; 0 is the form's own
   * @throws IllegalArgumentException as the constructor does
   */
  public TraceOptions withBlockSizeTokens(int value) {
    return new TraceOptions(format, value, skipMalformed, blockIds, keepTokenIds);
  }

  /**
   * {@return a copy that treats malformed lines otherwise}
   *
   * @param value whether they are skipped and counted; otherwise the first one ends the reading
   */
  public TraceOptions withSkipMalformed(boolean value) {
    return new TraceOptions(format, blockSizeTokens, value, blockIds, keepTokenIds);
  }

  /**
   * {@return a copy with another meaning of ids}
   *
   * @param value the meaning; null is the form's own rule
   */
  public TraceOptions withBlockIds(@Nullable BlockIds value) {
    return new TraceOptions(format, blockSizeTokens, skipMalformed, value, keepTokenIds);
  }

  /**
   * {@return a copy that keeps token ids, or does not}
   *
   * @param value whether requests carry the token ids of the source, where it has some
   */
  public TraceOptions withKeepTokenIds(boolean value) {
    return new TraceOptions(format, blockSizeTokens, skipMalformed, blockIds, value);
  }
}
