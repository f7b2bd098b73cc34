package dev.kvbm.logical.sequence;

import dev.kvbm.tokens.HashingRequest;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlock;
import dev.kvbm.tokens.TokenBlockException;
import dev.kvbm.tokens.TokenBlockMmInfo;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.List;
import java.util.Objects;

/**
 * The tokens of one request, cut into blocks, with the hash of every complete block.
 *
 * <p>It is a {@link TokenBlockSequence} in the terms of assignments: growing it answers which
 * blocks became complete, and it can be cut behind multimodal runs. Not thread-safe.
 */
public final class BlockSequence {
  /** What {@link #appendToken} returns if the token completed no block. */
  public static final int NO_BLOCK = -1;

  private TokenBlockSequence tokens;

  private BlockSequence(TokenBlockSequence tokens) {
    this.tokens = tokens;
  }

  /**
   * A sequence without a salt, as the reference makes it: salt hash 0. A request without a salt, as
   * {@link #of(HashingRequest, int)} and routers understand it, has another salt hash.
   *
   * @param tokens token ids
   * @param blockSize tokens a block, a power of two up to 1,024
   * @return the sequence
   * @throws IllegalArgumentException if {@code blockSize} is not positive
   */
  public static BlockSequence of(int[] tokens, int blockSize) {
    return new BlockSequence(TokenBlockSequence.of(tokens, blockSize));
  }

  /**
   * A sequence with the given salt hash.
   *
   * @param tokens token ids
   * @param blockSize tokens a block, a power of two up to 1,024
   * @param saltHash the salt hash
   * @return the sequence
   * @throws IllegalArgumentException if {@code blockSize} is not positive
   */
  public static BlockSequence of(int[] tokens, int blockSize, long saltHash) {
    return new BlockSequence(TokenBlockSequence.of(tokens, blockSize, saltHash));
  }

  /**
   * The tokens of a request with its salt, adapter and multimodal runs.
   *
   * @param request tokens, salt, adapter and images
   * @param blockSize tokens a block, a power of two up to 1,024
   * @return the sequence
   * @throws IllegalArgumentException if {@code blockSize} is not positive
   */
  public static BlockSequence of(HashingRequest request, int blockSize) {
    return new BlockSequence(request.toSequence(blockSize));
  }

  /**
   * A sequence with the content of {@code tokens}, which stays the caller's.
   *
   * @param tokens a sequence, which stays the caller's
   * @return the sequence
   */
  public static BlockSequence copyOf(TokenBlockSequence tokens) {
    return new BlockSequence(tokens.copy());
  }

  /**
   * {@return a sequence that works on {@code tokens} itself, without copying} Nobody else may
   * change or read them as long as the sequence is in use.
   *
   * @param tokens the tokens, taken over
   */
  public static BlockSequence over(TokenBlockSequence tokens) {
    return new BlockSequence(Objects.requireNonNull(tokens, "tokens is null"));
  }

  /**
   * {@return a sequence with the same content that changes on its own from now on} Hashes nothing.
   */
  public BlockSequence copy() {
    return copyOf(tokens);
  }

  /** {@return how many tokens a block has} */
  public int blockSize() {
    return tokens.blockSize();
  }

  /** {@return the salt hash of every block} */
  public long saltHash() {
    return tokens.saltHash();
  }

  /** {@return how many tokens there are, also those that fill no block yet} */
  public int totalTokens() {
    return tokens.totalTokens();
  }

  /** {@return how many blocks are complete} */
  public int blockCount() {
    return tokens.blockCount();
  }

  /** {@return the complete blocks, made when asked for: copies every token} */
  public List<TokenBlock> blocks() {
    return tokens.blocks();
  }

  /**
   * {@return the hashes of all complete blocks; a view, made without copying, that never changes}
   */
  public LineageHashes lineageHashes() {
    return tokens.lineageHashes();
  }

  /**
   * One token.
   *
   * @param index index from 0
   * @return the token
   * @throws IndexOutOfBoundsException if there is none
   */
  public int token(int index) {
    return tokens.token(index);
  }

  /**
   * Copies {@code count} tokens from the {@code first} on to {@code target[offset...]}.
   *
   * @param first index of the first token
   * @param count how many tokens
   * @param target where to
   * @param offset index in {@code target} of the first one written
   * @throws IndexOutOfBoundsException if there are not so many, or they do not fit; nothing is
   *     written
   */
  public void copyTokens(int first, int count, int[] target, int offset) {
    tokens.copyTokens(first, count, target, offset);
  }

  /** {@return a new array of all tokens} */
  public int[] toTokens() {
    return tokens.tokensAt(0, tokens.totalTokens());
  }

  /** {@return a copy of the tokens and hashes as a {@link TokenBlockSequence}} */
  public TokenBlockSequence toTokenBlockSequence() {
    return tokens.copy();
  }

  /**
   * Appends tokens.
   *
   * @param more the tokens
   * @return the blocks that this completed; an empty range at {@link #blockCount} if none
   * @throws IllegalArgumentException if there would be more tokens or blocks than can be; nothing
   *     changes
   */
  public BlockRange extendTokens(int... more) {
    int before = tokens.blockCount();
    tokens.extend(more);
    return new BlockRange(before, tokens.blockCount());
  }

  /**
   * Appends one token.
   *
   * @param token the token
   * @return the block that it completed, or {@link #NO_BLOCK}
   * @throws IllegalArgumentException if there would be more tokens or blocks than can be; nothing
   *     changes
   */
  public int appendToken(int token) {
    return tokens.append(token) ? tokens.blockCount() - 1 : NO_BLOCK;
  }

  /**
   * Keeps the first {@code length} tokens; as many as there are or more changes nothing. Costs
   * nothing, except with multimodal runs: then the kept tokens are hashed again.
   *
   * @param length how many tokens to keep
   * @throws TokenBlockException if the cut would go through or before a multimodal run; nothing
   *     changes
   * @throws IllegalArgumentException if {@code length} is negative
   */
  public void truncate(int length) {
    List<TokenBlockMmInfo> runs = tokens.mmRuns();
    if (length >= tokens.totalTokens()) {
      return;
    }
    if (runs.isEmpty() || runs.getLast().end() > length) {
      tokens.truncate(length); // refuses if there are runs
    } else {
      tokens =
          TokenBlockSequence.withMultimodal(
              tokens.tokensAt(0, length), runs, tokens.blockSize(), tokens.saltHash());
    }
  }

  /** The sizes; not the tokens, which may be private. */
  @Override
  public String toString() {
    return "BlockSequence["
        + totalTokens()
        + " tokens, "
        + blockCount()
        + " complete blocks of "
        + blockSize()
        + "]";
  }
}
