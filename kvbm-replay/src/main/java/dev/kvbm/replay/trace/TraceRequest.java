package dev.kvbm.replay.trace;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One request of a trace: when it came, how long it is, and which blocks its prompt has.
 *
 * <p>Block ids are 64-bit, unsigned, and prefix-chained: two requests share an id exactly when they
 * agree on that block and on everything before it. The last id may stand for a partial block.
 *
 * <p>The object is mutable and meant to be reused: a {@link TraceSource} owns it and overwrites it.
 * Arrays that it hands out are its own and may be longer than the count beside them. It is not
 * thread-safe.
 */
public final class TraceRequest {
  private static final long[] NO_IDS = {};
  private static final int[] NO_TOKENS = {};

  private long arrivalNanos;
  private int inputTokens;
  private int outputTokens;
  private int blockSizeTokens;
  private long[] blockIds = NO_IDS;
  private int blockCount;
  private long[] completionIds = NO_IDS;
  private int completionCount;
  private int[] promptTokenIds = NO_TOKENS;
  private int promptTokenIdCount;
  private int[] outputTokenIds = NO_TOKENS;
  private int outputTokenIdCount;
  private long saltHash;
  private @Nullable String session;
  private @Nullable String parentSession;
  private long chatId;
  private long parentChatId;
  private int turn;
  private @Nullable String type;
  private int cachedTokens;
  private long line;

  /** An empty request: no blocks, no tokens, nothing known about a conversation. */
  public TraceRequest() {
    clear();
  }

  /**
   * Empties the request for its next use. Arrays are kept.
   *
   * @return this request
   */
  public TraceRequest clear() {
    arrivalNanos = 0;
    inputTokens = 0;
    outputTokens = 0;
    blockSizeTokens = 0;
    blockCount = 0;
    completionCount = 0;
    promptTokenIdCount = 0;
    outputTokenIdCount = 0;
    saltHash = 0;
    session = null;
    parentSession = null;
    chatId = -1;
    parentChatId = -1;
    turn = 0;
    type = null;
    cachedTokens = -1;
    line = 0;
    return this;
  }

  /**
   * {@return arrival on the trace's own clock: since its start in the Mooncake, Qwen and token
   * forms, since the Unix epoch in the Dynamo form}
   */
  public long arrivalNanos() {
    return arrivalNanos;
  }

  /**
   * Sets the arrival.
   *
   * @param value nanoseconds on the trace's own clock
   * @return this request
   */
  public TraceRequest arrivalNanos(long value) {
    arrivalNanos = value;
    return this;
  }

  /** {@return tokens of the prompt} */
  public int inputTokens() {
    return inputTokens;
  }

  /**
   * Sets the tokens of the prompt.
   *
   * @param value how many
   * @return this request
   */
  public TraceRequest inputTokens(int value) {
    inputTokens = value;
    return this;
  }

  /** {@return tokens generated} */
  public int outputTokens() {
    return outputTokens;
  }

  /**
   * Sets the tokens generated.
   *
   * @param value how many
   * @return this request
   */
  public TraceRequest outputTokens(int value) {
    outputTokens = value;
    return this;
  }

  /** {@return tokens a block} */
  public int blockSizeTokens() {
    return blockSizeTokens;
  }

  /**
   * Sets the tokens a block.
   *
   * @param value how many
   * @return this request
   */
  public TraceRequest blockSizeTokens(int value) {
    blockSizeTokens = value;
    return this;
  }

  /**
   * {@return how many blocks of the prompt have an id, the partial last one included if it is
   * listed}
   */
  public int blockCount() {
    return blockCount;
  }

  /** {@return how many of the listed blocks are full} */
  public int fullBlockCount() {
    return blockSizeTokens == 0 ? 0 : Math.min(blockCount, inputTokens / blockSizeTokens);
  }

  /**
   * {@return the id of block {@code index}, unsigned}
   *
   * @param index the place in the prompt, from 0
   * @throws IndexOutOfBoundsException if {@code index} is not below {@link #blockCount()}
   */
  public long blockId(int index) {
    if (index >= blockCount) {
      throw new IndexOutOfBoundsException("block " + index + " of " + blockCount);
    }
    return blockIds[index];
  }

  /**
   * {@return the ids themselves, not copied; the first {@link #blockCount()} are valid until the
   * refill}
   */
  public long[] blockIds() {
    return blockIds;
  }

  /**
   * Appends a block id.
   *
   * @param id unsigned
   * @return this request
   */
  public TraceRequest addBlockId(long id) {
    if (blockCount == blockIds.length) {
      blockIds = Arrays.copyOf(blockIds, grown(blockCount));
    }
    blockIds[blockCount++] = id;
    return this;
  }

  /**
   * Hands over an id array with {@code count} valid ids; it is not copied.
   *
   * @param ids unsigned, in prompt order; belongs to the request from now on
   * @param count how many of them are valid
   * @return this request
   * @throws IndexOutOfBoundsException if the array is shorter; nothing changes
   */
  public TraceRequest blockIds(long[] ids, int count) {
    if (count < 0 || count > ids.length) {
      throw new IndexOutOfBoundsException("count " + count + " of an array of " + ids.length);
    }
    blockIds = ids;
    blockCount = count;
    return this;
  }

  /**
   * Replaces the block ids by a copy of the first {@code count} of these.
   *
   * @param ids unsigned, in prompt order
   * @param count how many of them are valid
   * @return this request
   * @throws IndexOutOfBoundsException if the array is shorter
   */
  public TraceRequest copyBlockIds(long[] ids, int count) {
    if (blockIds.length < count) {
      blockIds = new long[Math.max(count, grown(blockIds.length))];
    }
    System.arraycopy(ids, 0, blockIds, 0, count);
    blockCount = count;
    return this;
  }

  /**
   * {@return how many blocks of prompt and output together have an id; 0 if the source does not
   * say} Known for Dynamo traces that list {@code completion_sequence_hashes}.
   */
  public int completionBlockCount() {
    return completionCount;
  }

  /**
   * {@return ids of prompt and output together, not copied; see {@link #completionBlockCount()}}
   */
  public long[] completionBlockIds() {
    return completionIds;
  }

  /**
   * Hands over the ids of prompt and output; the array is not copied.
   *
   * @param ids unsigned, in order; belongs to the request from now on
   * @param count how many of them are valid
   * @return this request
   */
  public TraceRequest completionBlockIds(long[] ids, int count) {
    completionIds = ids;
    completionCount = count;
    return this;
  }

  /** {@return how many token ids of the prompt are held; 0 unless the options ask for them} */
  public int promptTokenIdCount() {
    return promptTokenIdCount;
  }

  /**
   * {@return token ids of the prompt (unsigned 32-bit), not copied; see {@link
   * #promptTokenIdCount()}}
   */
  public int[] promptTokenIds() {
    return promptTokenIds;
  }

  /**
   * Hands over the token ids of the prompt; the array is not copied.
   *
   * @param ids unsigned 32-bit, in order; belongs to the request from now on
   * @param count how many of them are valid
   * @return this request
   */
  public TraceRequest promptTokenIds(int[] ids, int count) {
    promptTokenIds = ids;
    promptTokenIdCount = count;
    return this;
  }

  /** {@return how many token ids of the output are held; 0 unless the options ask for them} */
  public int outputTokenIdCount() {
    return outputTokenIdCount;
  }

  /**
   * {@return token ids of the output (unsigned 32-bit), not copied; see {@link
   * #outputTokenIdCount()}}
   */
  public int[] outputTokenIds() {
    return outputTokenIds;
  }

  /**
   * Hands over the token ids of the output; the array is not copied.
   *
   * @param ids unsigned 32-bit, in order; belongs to the request from now on
   * @param count how many of them are valid
   * @return this request
   */
  public TraceRequest outputTokenIds(int[] ids, int count) {
    outputTokenIds = ids;
    outputTokenIdCount = count;
    return this;
  }

  /** {@return what seeds the hashes of the prompt's token ids (its salt and LoRA name), or 0} */
  public long saltHash() {
    return saltHash;
  }

  /**
   * Sets the salt hash.
   *
   * @param value what seeds the hashes of the prompt's token ids
   * @return this request
   */
  public TraceRequest saltHash(long value) {
    saltHash = value;
    return this;
  }

  /** {@return the session the source names, or null} */
  public @Nullable String session() {
    return session;
  }

  /** {@return the session that started this one (a sub-agent's parent), or null} */
  public @Nullable String parentSession() {
    return parentSession;
  }

  /**
   * Sets the session and the one that started it.
   *
   * @param value the name of the session, or null
   * @param parent the name of the one that started it, or null
   * @return this request
   */
  public TraceRequest session(@Nullable String value, @Nullable String parent) {
    session = value;
    parentSession = parent;
    return this;
  }

  /** {@return the request's number in a chain of turns, or -1} */
  public long chatId() {
    return chatId;
  }

  /** {@return the number of the turn before this one, or -1 for a first turn or an unknown one} */
  public long parentChatId() {
    return parentChatId;
  }

  /**
   * Sets the request's number and that of the turn before it.
   *
   * @param value its number in a chain of turns, or -1
   * @param parent the number of the turn before it, or -1
   * @return this request
   */
  public TraceRequest chatId(long value, long parent) {
    chatId = value;
    parentChatId = parent;
    return this;
  }

  /** {@return the turn of its conversation, counted from 1, or 0 if unknown} */
  public int turn() {
    return turn;
  }

  /**
   * Sets the turn.
   *
   * @param value counted from 1, or 0 if unknown
   * @return this request
   */
  public TraceRequest turn(int value) {
    turn = value;
    return this;
  }

  /** {@return the kind of request the source names ({@code text}, {@code agent}, …), or null} */
  public @Nullable String type() {
    return type;
  }

  /**
   * Sets the kind.
   *
   * @param value the kind that the source names, or null
   * @return this request
   */
  public TraceRequest type(@Nullable String value) {
    type = value;
    return this;
  }

  /**
   * {@return prompt tokens that the recorded engine found in its cache, or -1 if it did not say}
   */
  public int cachedTokens() {
    return cachedTokens;
  }

  /**
   * Sets the engine's cached tokens.
   *
   * @param value prompt tokens found in the cache, or -1 if unknown
   * @return this request
   */
  public TraceRequest cachedTokens(int value) {
    cachedTokens = value;
    return this;
  }

  /** {@return the line of the source, counted from 1; 0 if it has none} */
  public long line() {
    return line;
  }

  /**
   * Sets the line.
   *
   * @param value counted from 1, or 0 if there is none
   * @return this request
   */
  public TraceRequest line(long value) {
    line = value;
    return this;
  }

  private static int grown(int length) {
    return Math.max(64, length + (length >> 1));
  }

  @Override
  public String toString() {
    return "TraceRequest[arrivalNanos="
        + arrivalNanos
        + ", inputTokens="
        + inputTokens
        + ", outputTokens="
        + outputTokens
        + ", blocks="
        + blockCount
        + " of "
        + blockSizeTokens
        + " tokens, line="
        + line
        + "]";
  }
}
