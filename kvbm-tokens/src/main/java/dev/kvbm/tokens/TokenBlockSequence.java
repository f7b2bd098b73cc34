package dev.kvbm.tokens;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A prompt cut into blocks of equal size, with the hashes of all complete blocks.
 *
 * <p>Tokens come in at the end and leave at the end. A block is hashed once, the moment its last
 * token arrives; the trailing tokens that fill no block form the <em>current block</em>, which has
 * no hash. Cutting the sequence back needs no hashing.
 *
 * <p>The state is three flat arrays: token ids, block hashes and lineage hashes, together about
 * {@code 4 + 24 / blockSize} bytes a token. {@link TokenBlock} objects are made only when asked
 * for; {@link #lineageHashes()} is a view.
 *
 * <p>Every change is refused before anything is touched: after an exception the sequence is as it
 * was.
 *
 * <p>A sequence with multimodal runs can grow and be {@linkplain #reset() reset}, but not shrink.
 * Its block size is at most 165,191,049; runs for a larger one are refused with an {@link
 * IllegalArgumentException}, because a block's frames have to fit an array.
 *
 * <p>Not thread-safe: one thread at a time. Values it returned may be shared.
 */
public final class TokenBlockSequence {
  /*
   * Invariant between calls: blockCount == tokenCount / blockSize, and the hashes of exactly those
   * blocks are there. Tokens beyond them are the current block.
   *
   * Views. lineageHashes() hands out the array itself. Appending writes behind every view. After a
   * cut, the next block would overwrite what a view still shows, so the array is copied first if a
   * view reaches that far (exposedBlocks). Views are therefore immutable although they share memory.
   */

  /** The largest array that every virtual machine can make. */
  private static final int MAX_TOKENS = Integer.MAX_VALUE - 8;

  private final int blockSize;
  private final long saltHash;

  private int[] tokens;
  private int tokenCount;

  private long[] blockHashes;
  private long[] lineageWords;
  private int blockCount;

  /** How many hashes of {@link #lineageWords} a view shows at most. */
  private int exposedBlocks;

  /** The view made last, if it shows {@link #lineageWords}. */
  private @Nullable LineageHashes view;

  /** Validated, sorted by offset; empty for a text prompt. */
  private final ArrayList<TokenBlockMmInfo> mmRuns = new ArrayList<>(0);

  /** The frames of one block, reused; empty until a run touches a block. */
  private byte[] frames = {};

  /** Takes {@code tokens} over; the arguments have been checked and nothing is hashed yet. */
  private TokenBlockSequence(int blockSize, long saltHash, int[] tokens, int tokenCount) {
    this.blockSize = blockSize;
    this.saltHash = saltHash;
    this.tokens = tokens;
    this.tokenCount = tokenCount;
    blockHashes = new long[tokens.length / blockSize];
    lineageWords = new long[2 * blockHashes.length];
  }

  /**
   * Makes an empty sequence.
   *
   * @param blockSize tokens a block
   * @param saltHash the salt hash, see {@link TokenHashing#saltHash}
   * @return a new sequence
   * @throws IllegalArgumentException if {@code blockSize} is not positive
   */
  public static TokenBlockSequence empty(int blockSize, long saltHash) {
    return empty(blockSize, saltHash, 0);
  }

  /**
   * Makes an empty sequence with room for a prompt and its output.
   *
   * @param blockSize tokens a block
   * @param saltHash the salt hash, see {@link TokenHashing#saltHash}
   * @param capacityTokens how many tokens it takes before its arrays have to grow
   * @return a new sequence
   * @throws IllegalArgumentException if {@code blockSize} is not positive or {@code capacityTokens}
   *     is negative
   */
  public static TokenBlockSequence empty(int blockSize, long saltHash, int capacityTokens) {
    TokenHashing.checkBlockSize(blockSize);
    checkNotNegative("capacityTokens", capacityTokens);
    return new TokenBlockSequence(blockSize, saltHash, new int[capacityTokens], 0);
  }

  /**
   * Makes a sequence without a salt: its salt hash is {@link TokenHashing#NO_SALT}. That is not the
   * salt hash of a request without a salt, which is {@link TokenHashing#CHAIN_SEED}.
   *
   * @param tokens the token ids, copied
   * @param blockSize tokens a block
   * @return a new sequence
   * @throws IllegalArgumentException as {@link #of(int[], int, long)} does
   */
  public static TokenBlockSequence of(int[] tokens, int blockSize) {
    return of(tokens, blockSize, TokenHashing.NO_SALT);
  }

  /**
   * Makes a sequence and hashes all complete blocks.
   *
   * @param tokens the token ids, copied
   * @param blockSize tokens a block
   * @param saltHash the salt hash, see {@link TokenHashing#saltHash}
   * @return a new sequence
   * @throws IllegalArgumentException if {@code blockSize} is not positive or there are more than
   *     2^24 complete blocks
   */
  public static TokenBlockSequence of(int[] tokens, int blockSize, long saltHash) {
    return withMultimodal(tokens, List.of(), blockSize, saltHash);
  }

  /**
   * Makes a sequence with multimodal runs and hashes all complete blocks. The ids of placeholder
   * tokens are kept as they are given, but not hashed.
   *
   * @param tokens the token ids, copied
   * @param runs the runs in any order; empty for a text prompt
   * @param blockSize tokens a block
   * @param saltHash the salt hash, see {@link TokenHashing#saltHash}
   * @return a new sequence
   * @throws IllegalArgumentException if {@code blockSize} is not positive or there are more than
   *     2^24 complete blocks
   * @throws MmInfoException if a run is not valid, see {@link TokenBlockMmInfo#validateAndSort}
   */
  public static TokenBlockSequence withMultimodal(
      int[] tokens, List<TokenBlockMmInfo> runs, int blockSize, long saltHash) {
    TokenHashing.checkBlockSize(blockSize);
    List<TokenBlockMmInfo> sorted = TokenBlockMmInfo.validateAndSort(runs, tokens.length);
    checkBlockCount(tokens.length / blockSize);
    checkFrames(sorted, blockSize);
    TokenBlockSequence sequence =
        new TokenBlockSequence(blockSize, saltHash, tokens.clone(), tokens.length);
    sequence.mmRuns.addAll(sorted);
    sequence.hashNewBlocks();
    return sequence;
  }

  /**
   * Returns a sequence with the same content that changes on its own from now on. Nothing is hashed
   * again.
   *
   * @return a new sequence
   */
  public TokenBlockSequence copy() {
    TokenBlockSequence copy =
        new TokenBlockSequence(blockSize, saltHash, Arrays.copyOf(tokens, tokenCount), tokenCount);
    System.arraycopy(blockHashes, 0, copy.blockHashes, 0, blockCount);
    System.arraycopy(lineageWords, 0, copy.lineageWords, 0, 2 * blockCount);
    copy.blockCount = blockCount;
    copy.mmRuns.addAll(mmRuns);
    return copy;
  }

  // ------------------------------------------------------------------------------------- reading

  /**
   * Returns how many tokens a block has.
   *
   * @return the block size
   */
  public int blockSize() {
    return blockSize;
  }

  /**
   * Returns the salt hash that seeds every block hash.
   *
   * @return the salt hash
   */
  public long saltHash() {
    return saltHash;
  }

  /**
   * Returns how many tokens there are, in complete blocks and the current block.
   *
   * @return the number of tokens
   */
  public int totalTokens() {
    return tokenCount;
  }

  /**
   * Returns how many complete blocks there are.
   *
   * @return the number of complete blocks
   */
  public int blockCount() {
    return blockCount;
  }

  /**
   * Returns how many tokens the current block has.
   *
   * @return 0 to {@code blockSize() - 1}
   */
  public int currentLength() {
    return tokenCount - blockCount * blockSize;
  }

  /**
   * Returns the lineage hashes of all complete blocks as they are now. The list shares memory with
   * the sequence but never changes, whatever happens to the sequence. Between changes, the same
   * object is returned.
   *
   * @return a list of {@link #blockCount()} hashes
   */
  public LineageHashes lineageHashes() {
    if (blockCount == 0) {
      return LineageHashes.empty();
    }
    if (view == null || view.size() != blockCount) {
      view = new LineageHashes(lineageWords, 0, blockCount);
      exposedBlocks = Math.max(exposedBlocks, blockCount);
    }
    return view;
  }

  /**
   * Returns the lineage hashes from a block to the last complete one; see {@link #lineageHashes()}.
   *
   * @param block index of the first block, 0 to {@link #blockCount()}
   * @return a list, empty if {@code block} is {@link #blockCount()}
   * @throws IndexOutOfBoundsException if {@code block} is not in that range
   */
  public LineageHashes from(int block) {
    return lineageHashes().from(block);
  }

  /**
   * Returns the lineage hash of a complete block.
   *
   * @param block index of the block
   * @return a new value
   * @throws IndexOutOfBoundsException if there is no such complete block
   */
  public PositionalLineageHash lineageHash(int block) {
    Objects.checkIndex(block, blockCount);
    return new PositionalLineageHash(lineageWords[2 * block], lineageWords[2 * block + 1]);
  }

  /**
   * Returns the hash of a complete block's own content.
   *
   * @param block index of the block
   * @return the block hash
   * @throws IndexOutOfBoundsException if there is no such complete block
   */
  public long blockHash(int block) {
    return blockHashes[Objects.checkIndex(block, blockCount)];
  }

  /**
   * Returns the hash of a complete block and all blocks before it.
   *
   * @param block index of the block
   * @return the sequence hash
   * @throws IndexOutOfBoundsException if there is no such complete block
   */
  public long sequenceHash(int block) {
    Objects.checkIndex(block, blockCount);
    return PositionalLineageHash.currentOf(lineageWords[2 * block], lineageWords[2 * block + 1]);
  }

  /**
   * Returns the block hashes of all complete blocks.
   *
   * @return a new array
   */
  public long[] blockHashes() {
    return Arrays.copyOf(blockHashes, blockCount);
  }

  /**
   * Returns the sequence hashes of all complete blocks.
   *
   * @return a new array
   */
  public long[] sequenceHashes() {
    long[] hashes = new long[blockCount];
    Arrays.setAll(hashes, this::sequenceHash);
    return hashes;
  }

  /**
   * Returns a complete block with its tokens.
   *
   * @param block index of the block
   * @return a new value with copied tokens
   * @throws IndexOutOfBoundsException if there is no such complete block
   */
  public TokenBlock block(int block) {
    Objects.checkIndex(block, blockCount);
    int from = block * blockSize;
    return new TokenBlock(
        Tokens.copyOf(tokens, from, from + blockSize),
        saltHash,
        blockHashes[block],
        sequenceHash(block),
        /* hasParent= */ block > 0,
        block > 0 ? sequenceHash(block - 1) : 0,
        block);
  }

  /**
   * Returns all complete blocks with their tokens. Copies every token.
   *
   * @return a new unmodifiable list that does not follow later changes
   */
  public List<TokenBlock> blocks() {
    List<TokenBlock> blocks = new ArrayList<>(blockCount);
    for (int i = 0; i < blockCount; i++) {
      blocks.add(block(i));
    }
    return List.copyOf(blocks);
  }

  /**
   * Returns the last complete block.
   *
   * @return empty if no block is complete
   */
  public Optional<TokenBlock> lastCompleteBlock() {
    return blockCount == 0 ? Optional.empty() : Optional.of(block(blockCount - 1));
  }

  /**
   * Returns the tokens that fill no block yet, as a block of its own.
   *
   * @return a copy: changes to it do not reach the sequence, nor the other way round
   */
  public PartialTokenBlock currentBlock() {
    boolean hasParent = blockCount > 0;
    PartialTokenBlock current =
        new PartialTokenBlock(
            blockSize,
            saltHash,
            hasParent,
            hasParent ? sequenceHash(blockCount - 1) : 0,
            blockCount);
    current.pushAll(tokens, blockCount * blockSize, tokenCount);
    return current;
  }

  /**
   * Returns the multimodal runs, also those in blocks that are complete.
   *
   * @return a new unmodifiable list, sorted by offset; empty for a text prompt
   */
  public List<TokenBlockMmInfo> mmRuns() {
    return List.copyOf(mmRuns);
  }

  /**
   * Returns the tokens from one index to before another. The range is not clipped: if it does not
   * lie within the sequence, no token is returned.
   *
   * @param start index of the first token
   * @param end index after the last token
   * @return a new array; empty if the range is empty, reversed or reaches outside the sequence
   */
  public int[] tokensAt(int start, int end) {
    if (start < 0 || start >= end || end > tokenCount) {
      return new int[0];
    }
    return Arrays.copyOfRange(tokens, start, end);
  }

  /**
   * Copies tokens, complete blocks and the open one alike, without allocating.
   *
   * @param first index of the first token to copy
   * @param count how many to copy
   * @param target where to
   * @param offset index in {@code target} of the first copied token
   * @throws IndexOutOfBoundsException if there are not so many tokens, or they do not fit; nothing
   *     is written
   */
  public void copyTokens(int first, int count, int[] target, int offset) {
    Objects.checkFromIndexSize(first, count, tokenCount);
    System.arraycopy(tokens, first, target, offset, count);
  }

  /**
   * Returns one token.
   *
   * @param index index of the token
   * @return the token id
   * @throws IndexOutOfBoundsException if there is no such token
   */
  public int token(int index) {
    return tokens[Objects.checkIndex(index, tokenCount)];
  }

  // ------------------------------------------------------------------------------------- growing

  /**
   * Appends tokens. Blocks that become full are hashed.
   *
   * @param more the token ids
   * @return how many blocks this call completed; they are the last ones
   * @throws IllegalArgumentException if the tokens would not fit an array or there would be more
   *     than 2^24 blocks
   */
  public int extend(int... more) {
    return extend(more, 0, more.length);
  }

  /**
   * Appends the tokens {@code from} (inclusive) to {@code to} (exclusive) of an array.
   *
   * @param more the token ids
   * @param from index of the first id to append
   * @param to index after the last id to append
   * @return how many blocks this call completed; they are the last ones
   * @throws IndexOutOfBoundsException if the range does not lie within {@code more}
   * @throws IllegalArgumentException if the tokens would not fit an array or there would be more
   *     than 2^24 blocks
   */
  public int extend(int[] more, int from, int to) {
    Objects.checkFromToIndex(from, to, more.length);
    makeRoom(to - from);
    System.arraycopy(more, from, tokens, tokenCount, to - from);
    tokenCount += to - from;
    return hashNewBlocks();
  }

  /**
   * Appends tokens whose complete blocks were hashed before, by this or another process. The hashes
   * are taken on trust; nothing but their chain is computed.
   *
   * @param more the token ids
   * @param from index of the first id to append
   * @param to index after the last id to append
   * @param hashes the block hash, as {@link #blockHash} returns it, of every block that the tokens
   *     complete, in order; longer is fine
   * @return how many blocks this call completed; they are the last ones
   * @throws IndexOutOfBoundsException if the range does not lie within {@code more}
   * @throws IllegalStateException if the current block has tokens, or there are multimodal runs:
   *     the blocks would not be those that were hashed
   * @throws IllegalArgumentException if there are fewer hashes than complete blocks, the tokens
   *     would not fit an array or there would be more than 2^24 blocks
   */
  public int extendHashed(int[] more, int from, int to, long[] hashes) {
    Objects.checkFromToIndex(from, to, more.length);
    if (currentLength() > 0 || !mmRuns.isEmpty()) {
      throw new IllegalStateException(
          "hashed blocks can follow complete blocks of text only; the current block has "
              + currentLength()
              + " tokens and there are "
              + mmRuns.size()
              + " multimodal runs");
    }
    int fresh = (to - from) / blockSize;
    if (hashes.length < fresh) {
      throw new IllegalArgumentException(
          "got " + hashes.length + " hashes for " + fresh + " complete blocks; give one for each");
    }
    makeRoom(to - from);
    System.arraycopy(more, from, tokens, tokenCount, to - from);
    tokenCount += to - from;
    int end = blockCount + fresh;
    long parent = blockCount == 0 ? 0 : sequenceHash(blockCount - 1);
    for (int block = blockCount; block < end; block++) {
      long blockHash = hashes[block - end + fresh];
      long current = block == 0 ? blockHash : TokenHashing.nextSequenceHash(parent, blockHash);
      blockHashes[block] = blockHash;
      lineageWords[2 * block] = PositionalLineageHash.packHi(current, parent, block);
      lineageWords[2 * block + 1] = PositionalLineageHash.packLo(current, parent, block);
      parent = current;
    }
    blockCount = end;
    return fresh;
  }

  /**
   * Appends one token.
   *
   * @param token the token id
   * @return whether it completed a block, which then is the last one
   * @throws IllegalArgumentException if the token would not fit an array or there would be more
   *     than 2^24 blocks
   */
  public boolean append(int token) {
    if (tokenCount < tokens.length && currentLength() + 1 < blockSize) {
      tokens[tokenCount++] = token;
      return false;
    }
    makeRoom(1);
    tokens[tokenCount++] = token;
    return hashNewBlocks() > 0;
  }

  /**
   * Appends a run of placeholder tokens with id 0.
   *
   * @param mmHash hash of the object they stand for
   * @param length how many tokens
   * @return how many blocks this call completed; they are the last ones
   * @throws MmInfoException if {@code length} is not positive
   * @throws IllegalArgumentException if the tokens would not fit an array or there would be more
   *     than 2^24 blocks
   */
  public int pushMmRun(long mmHash, int length) {
    if (length <= 0) {
      throw new MmInfoException(new MmInfoError.EmptyRun());
    }
    List<TokenBlockMmInfo> run = List.of(new TokenBlockMmInfo(mmHash, tokenCount, length));
    checkFrames(run, blockSize);
    makeRoom(length);
    mmRuns.addAll(run);
    Arrays.fill(tokens, tokenCount, tokenCount + length, 0);
    tokenCount += length;
    return hashNewBlocks();
  }

  /**
   * Appends tokens with multimodal runs. Placeholder tokens get the id 0, whatever {@code more} has
   * there; {@link #withMultimodal} keeps the ids. The hashes are the same.
   *
   * @param more the token ids
   * @param runs the runs in any order; their offsets count from the first token of {@code more}
   * @return how many blocks this call completed; they are the last ones
   * @throws MmInfoException if a run is not valid, see {@link TokenBlockMmInfo#validateAndSort}
   * @throws IllegalArgumentException if the tokens would not fit an array or there would be more
   *     than 2^24 blocks
   */
  public int extendWithMm(int[] more, List<TokenBlockMmInfo> runs) {
    List<TokenBlockMmInfo> sorted = TokenBlockMmInfo.validateAndSort(runs, more.length);
    checkFrames(sorted, blockSize);
    makeRoom(more.length);
    int start = tokenCount;
    System.arraycopy(more, 0, tokens, start, more.length);
    for (TokenBlockMmInfo run : sorted) {
      int offset = start + (int) run.offset();
      Arrays.fill(tokens, offset, offset + (int) run.length(), 0);
      mmRuns.add(new TokenBlockMmInfo(run.mmHash(), offset, run.length()));
    }
    tokenCount += more.length;
    return hashNewBlocks();
  }

  /** A block that a run touches is hashed as one array of frames, which has to be possible. */
  private static void checkFrames(List<TokenBlockMmInfo> runs, int blockSize) {
    if (!runs.isEmpty()) {
      MmFrames.byteCount(blockSize);
    }
  }

  private static void checkBlockCount(int blocks) {
    if (blocks > 0) {
      PositionalLineageHash.checkPosition(blocks - 1L);
    }
  }

  /** Checks that {@code more} tokens fit and grows the arrays, so that nothing fails later. */
  private void makeRoom(int more) {
    long needed = (long) tokenCount + more;
    if (needed > MAX_TOKENS) {
      throw new IllegalArgumentException(
          "A sequence holds at most "
              + MAX_TOKENS
              + " tokens; it has "
              + tokenCount
              + " and cannot take "
              + more);
    }
    int blocks = (int) needed / blockSize;
    checkBlockCount(blocks);
    if (needed > tokens.length) {
      tokens = Arrays.copyOf(tokens, grown(tokens.length, (int) needed));
    }
    if (blocks > blockHashes.length) {
      int capacity = grown(blockHashes.length, blocks);
      blockHashes = Arrays.copyOf(blockHashes, capacity);
      replaceLineageWords(capacity);
    } else if (blocks > blockCount && blockCount < exposedBlocks) {
      replaceLineageWords(blockHashes.length);
    }
  }

  private void replaceLineageWords(int capacity) {
    lineageWords = Arrays.copyOf(lineageWords, 2 * capacity);
    exposedBlocks = 0;
    view = null;
  }

  private static int grown(int capacity, int needed) {
    return (int) Math.min(MAX_TOKENS, Math.max(needed, capacity + (capacity >> 1) + 8L));
  }

  /** Hashes the blocks that the tokens fill by now. Their room has been made. */
  private int hashNewBlocks() {
    int first = blockCount;
    int fresh = tokenCount / blockSize - first;
    if (fresh == 0) {
      return 0;
    }
    if (mmRuns.isEmpty()) {
      TokenHashing.chain(
          tokens,
          first * blockSize,
          fresh,
          blockSize,
          saltHash,
          blockHashes,
          first,
          first == 0 ? 0 : sequenceHash(first - 1),
          lineageWords,
          first);
      blockCount += fresh;
      return fresh;
    }
    for (int i = 0; i < fresh; i++) {
      hashMultimodalBlock();
    }
    return fresh;
  }

  private void hashMultimodalBlock() {
    int block = blockCount;
    int offset = block * blockSize;
    int run = MmFrames.firstRunAfter(mmRuns, offset);
    long blockHash;
    if (MmFrames.touches(mmRuns, run, offset, blockSize)) {
      if (frames.length == 0) {
        frames = new byte[MmFrames.byteCount(blockSize)];
      }
      MmFrames.write(tokens, offset, blockSize, offset, mmRuns, run, frames);
      blockHash = Xxh3.hash(frames, saltHash);
    } else {
      blockHash = Xxh3.hashInts(tokens, offset, offset + blockSize, saltHash);
    }
    long parent = block == 0 ? 0 : sequenceHash(block - 1);
    long current = block == 0 ? blockHash : TokenHashing.nextSequenceHash(parent, blockHash);
    blockHashes[block] = blockHash;
    lineageWords[2 * block] = PositionalLineageHash.packHi(current, parent, block);
    lineageWords[2 * block + 1] = PositionalLineageHash.packLo(current, parent, block);
    blockCount++;
  }

  // ----------------------------------------------------------------------------------- shrinking

  /**
   * Keeps the first tokens. A block that is cut dissolves: its first tokens become the current
   * block. The result equals a new sequence of the kept tokens; nothing is hashed.
   *
   * @param length how many tokens to keep; as many as there are or more changes nothing
   * @throws TokenBlockException of kind {@code MM_RUNS_PRESENT} if there are multimodal runs
   * @throws IllegalArgumentException if {@code length} is negative
   */
  public void truncate(int length) {
    checkNotNegative("length", length);
    checkNoRuns();
    if (length < tokenCount) {
      tokenCount = length;
      blockCount = length / blockSize;
    }
  }

  /**
   * Removes the last tokens.
   *
   * @param count how many tokens to remove
   * @throws TokenBlockException of kind {@code INSUFFICIENT_TOKENS} if there are fewer, else of
   *     kind {@code MM_RUNS_PRESENT} if there are multimodal runs
   * @throws IllegalArgumentException if {@code count} is negative
   */
  public void unwind(int count) {
    checkNotNegative("count", count);
    if (count > tokenCount) {
      throw new TokenBlockException(TokenBlockException.Kind.INSUFFICIENT_TOKENS);
    }
    truncate(tokenCount - count);
  }

  /**
   * Removes the last token.
   *
   * @return the removed id, or empty if there was none
   * @throws IllegalStateException if there are multimodal runs
   */
  public OptionalInt pop() {
    if (!mmRuns.isEmpty()) {
      throw new IllegalStateException(
          "TokenBlockSequence::pop is not supported on a sequence with multimodal runs; "
              + "use try_pop or reset before pop");
    }
    return tryPop();
  }

  /**
   * Removes the last token.
   *
   * @return the removed id, or empty if there was none
   * @throws TokenBlockException of kind {@code MM_RUNS_PRESENT} if there are multimodal runs
   */
  public OptionalInt tryPop() {
    checkNoRuns();
    if (tokenCount == 0) {
      return OptionalInt.empty();
    }
    int last = tokens[tokenCount - 1];
    truncate(tokenCount - 1);
    return OptionalInt.of(last);
  }

  /** Removes all tokens and multimodal runs. Block size, salt hash and memory are kept. */
  public void reset() {
    tokenCount = 0;
    blockCount = 0;
    mmRuns.clear();
  }

  private void checkNoRuns() {
    if (!mmRuns.isEmpty()) {
      throw new TokenBlockException(TokenBlockException.Kind.MM_RUNS_PRESENT);
    }
  }

  static void checkNotNegative(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative: " + value);
    }
  }

  // -------------------------------------------------------------------------------------- Object

  /** Returns whether {@code other} has the same tokens, runs, block size and salt hash now. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TokenBlockSequence that
        && blockSize == that.blockSize
        && saltHash == that.saltHash
        && Arrays.equals(tokens, 0, tokenCount, that.tokens, 0, that.tokenCount)
        && mmRuns.equals(that.mmRuns);
  }

  /** Changes with the content, as equality does. */
  @Override
  public int hashCode() {
    int lastHash = blockCount == 0 ? 0 : Long.hashCode(sequenceHash(blockCount - 1));
    return 31 * (31 * lastHash + tokenCount) + Long.hashCode(saltHash);
  }

  /** Returns the sizes and the last lineage hash. {@link #toDebugString()} tells everything. */
  @Override
  public String toString() {
    return "TokenBlockSequence[tokens="
        + tokenCount
        + ", blocks="
        + blockCount
        + ", blockSize="
        + blockSize
        + ", saltHash="
        + Long.toUnsignedString(saltHash)
        + ", mmRuns="
        + mmRuns.size()
        + ", last="
        + (blockCount == 0 ? "none" : lineageHash(blockCount - 1))
        + "]";
  }

  /**
   * Returns the whole content in the notation of the reference: every token, hash and run. That is
   * about 400 characters a block.
   *
   * @return a long text
   */
  public String toDebugString() {
    return "TokenBlockSequence { blocks: "
        + blocks()
        + ", current_block: "
        + currentBlock()
        + ", salt_hash: "
        + Long.toUnsignedString(saltHash)
        + ", block_size: "
        + blockSize
        + ", mm_runs: "
        + mmRuns
        + " }";
  }
}
