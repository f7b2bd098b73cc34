package dev.kvbm.tokens;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything about a request that decides which blocks it shares with others: its tokens, its LoRA
 * adapter, its salt and its multimodal objects.
 *
 * <p>Two requests share a block if and only if adapter and salt are equal and all tokens and
 * objects up to the end of the block are. Producers that work on parts of a request get the same
 * hashes from {@link TokenHashing#saltHash} and a {@link TokenBlockSequence}.
 *
 * <p>Every method that hashes does so anew; keep {@link #toSequence} to ask more than once.
 * Immutable and thread-safe.
 */
public final class HashingRequest {
  private final Tokens tokens;
  private final @Nullable String loraName;
  private final @Nullable String salt;
  private final List<TokenBlockMmInfo> mmInfo;

  private HashingRequest(
      Tokens tokens,
      @Nullable String loraName,
      @Nullable String salt,
      List<TokenBlockMmInfo> mmInfo) {
    this.tokens = tokens;
    this.loraName = loraName;
    this.salt = salt;
    this.mmInfo = mmInfo;
  }

  /**
   * Starts a request.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the tokens.
   *
   * @return the tokens as they were given
   */
  public Tokens tokens() {
    return tokens;
  }

  /**
   * Returns the adapter's name.
   *
   * @return the name as it was given, perhaps empty; null if none was
   */
  public @Nullable String loraName() {
    return loraName;
  }

  /**
   * Returns the salt.
   *
   * @return the salt as it was given, perhaps empty; null if none was
   */
  public @Nullable String salt() {
    return salt;
  }

  /**
   * Returns the multimodal runs.
   *
   * @return an unmodifiable list, sorted by offset
   */
  public List<TokenBlockMmInfo> mmInfo() {
    return mmInfo;
  }

  /**
   * Returns the hash of adapter and salt that seeds the block hashes.
   *
   * @return the salt hash, see {@link TokenHashing#saltHash}
   */
  public long saltHash() {
    return TokenHashing.saltHash(salt, loraName);
  }

  /**
   * Cuts the tokens into blocks and hashes them.
   *
   * @param blockSize tokens a block
   * @return a new sequence
   * @throws IllegalArgumentException if {@code blockSize} is not positive or there are more than
   *     2^24 complete blocks
   */
  public TokenBlockSequence toSequence(int blockSize) {
    return TokenBlockSequence.withMultimodal(tokens.raw(), mmInfo, blockSize, saltHash());
  }

  /**
   * Returns the hashes of all complete blocks.
   *
   * @param blockSize tokens a block
   * @return a new unmodifiable list; trailing tokens that fill no block are not part of it
   * @throws IllegalArgumentException as {@link #toSequence} does
   */
  public List<UniversalBlock> blocks(int blockSize) {
    TokenBlockSequence sequence = toSequence(blockSize);
    List<UniversalBlock> blocks = new ArrayList<>(sequence.blockCount());
    for (int i = 0; i < sequence.blockCount(); i++) {
      blocks.add(new UniversalBlock(sequence.blockHash(i), sequence.lineageHash(i)));
    }
    return List.copyOf(blocks);
  }

  /**
   * Returns the block hashes of all complete blocks.
   *
   * @param blockSize tokens a block
   * @return a new array
   * @throws IllegalArgumentException as {@link #toSequence} does
   */
  public long[] blockHashes(int blockSize) {
    return toSequence(blockSize).blockHashes();
  }

  /**
   * Returns the sequence hashes of all complete blocks.
   *
   * @param blockSize tokens a block
   * @return a new array
   * @throws IllegalArgumentException as {@link #toSequence} does
   */
  public long[] sequenceHashes(int blockSize) {
    return toSequence(blockSize).sequenceHashes();
  }

  /**
   * Returns the lineage hashes of all complete blocks.
   *
   * @param blockSize tokens a block
   * @return a list
   * @throws IllegalArgumentException as {@link #toSequence} does
   */
  public LineageHashes lineageHashes(int blockSize) {
    return toSequence(blockSize).lineageHashes();
  }

  /** Returns sizes and the salt hash, but neither tokens nor the salt, which may be secrets. */
  @Override
  public String toString() {
    return "HashingRequest[tokens="
        + tokens.size()
        + ", mmRuns="
        + mmInfo.size()
        + ", saltHash="
        + Long.toUnsignedString(saltHash())
        + "]";
  }

  /**
   * Collects the parts of a {@link HashingRequest}. A part that is set twice keeps the last value.
   *
   * <p>Not thread-safe: one thread at a time.
   */
  public static final class Builder {
    private @Nullable Tokens tokens;
    private @Nullable String loraName;
    private @Nullable String salt;
    private List<TokenBlockMmInfo> mmInfo = List.of();

    private Builder() {}

    /**
     * Sets the tokens. They are required.
     *
     * @param ids the token ids, copied
     * @return this builder
     */
    public Builder tokens(int... ids) {
      tokens = Tokens.of(ids);
      return this;
    }

    /**
     * Sets the tokens. They are required.
     *
     * @param tokens the tokens
     * @return this builder
     */
    public Builder tokens(Tokens tokens) {
      this.tokens = tokens;
      return this;
    }

    /**
     * Sets the name of the LoRA adapter.
     *
     * @param loraName the name; null and empty mean none
     * @return this builder
     */
    public Builder loraName(@Nullable String loraName) {
      this.loraName = loraName;
      return this;
    }

    /**
     * Sets the salt, which keeps requests apart that must not share blocks.
     *
     * @param salt the salt; null and empty mean none
     * @return this builder
     */
    public Builder salt(@Nullable String salt) {
      this.salt = salt;
      return this;
    }

    /**
     * Sets the multimodal runs.
     *
     * @param runs the runs in any order, checked by {@link #build()}
     * @return this builder
     */
    public Builder mmInfo(List<TokenBlockMmInfo> runs) {
      mmInfo = List.copyOf(runs);
      return this;
    }

    /**
     * Makes the request.
     *
     * @return a new request
     * @throws IllegalStateException if no tokens were set
     * @throws MmInfoException if a run is not valid, see {@link TokenBlockMmInfo#validateAndSort}
     */
    public HashingRequest build() {
      if (tokens == null) {
        throw new IllegalStateException("RequestBuilder missing required field: tokens");
      }
      List<TokenBlockMmInfo> sorted = TokenBlockMmInfo.validateAndSort(mmInfo, tokens.size());
      return new HashingRequest(tokens, loraName, salt, sorted);
    }
  }
}
