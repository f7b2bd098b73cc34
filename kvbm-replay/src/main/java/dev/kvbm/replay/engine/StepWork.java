package dev.kvbm.replay.engine;

/**
 * What one step computes, for a {@link CostModel}. Filled anew for every step by the loop that owns
 * it; a cost model reads it and keeps nothing.
 */
public final class StepWork {
  private int prefillSequences;
  private long prefillTokens;
  private long prefillContextTokens;
  private int decodeSequences;
  private long decodeContextTokens;

  /** No work. */
  StepWork() {}

  void clear() {
    prefillSequences = 0;
    prefillTokens = 0;
    prefillContextTokens = 0;
    decodeSequences = 0;
    decodeContextTokens = 0;
  }

  /** A chunk of {@code tokens} behind {@code context} tokens that are computed already. */
  void addPrefill(int tokens, int context) {
    prefillSequences++;
    prefillTokens += tokens;
    prefillContextTokens += context;
  }

  /** A decode step of a request with {@code context} tokens, the one to be computed included. */
  void addDecode(int context) {
    decodeSequences++;
    decodeContextTokens += context;
  }

  /** Decode steps of {@code sequences} requests with {@code context} tokens together. */
  void addDecodes(int sequences, long context) {
    decodeSequences += sequences;
    decodeContextTokens += context;
  }

  /** Whether nothing is scheduled. */
  boolean isEmpty() {
    return prefillSequences + decodeSequences == 0;
  }

  /** {@return requests with a chunk of prefill} */
  public int prefillSequences() {
    return prefillSequences;
  }

  /** {@return tokens of all chunks} */
  public long prefillTokens() {
    return prefillTokens;
  }

  /** {@return tokens before the chunks, cached or computed by earlier steps, over all chunks} */
  public long prefillContextTokens() {
    return prefillContextTokens;
  }

  /** {@return requests that decode one token} */
  public int decodeSequences() {
    return decodeSequences;
  }

  /** {@return tokens of all requests that decode, those that they compute now included} */
  public long decodeContextTokens() {
    return decodeContextTokens;
  }
}
