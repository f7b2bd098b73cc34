package dev.kvbm.logical;

import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.TokenBlockSequence;
import dev.kvbm.tokens.TokenHashing;
import java.util.stream.IntStream;

/** Real hashes of made-up prompts, cut into blocks of {@value #BLOCK_SIZE} tokens. */
public final class Hashes {
  public static final int BLOCK_SIZE = 4;
  public static final long SALT = 42;

  private Hashes() {}

  /** The first block of a prompt that starts with token {@code first}. */
  public static PositionalLineageHash root(int first) {
    return PositionalLineageHash.root(blockHash(first));
  }

  /** The blocks of the prompt {@code first, first + 1, ...}. */
  public static LineageHashes chain(int first, int blocks) {
    LineageHashBuffer chain = new LineageHashBuffer();
    PositionalLineageHash last = null;
    for (int i = 0; i < blocks; i++) {
      long own = blockHash(first + i * BLOCK_SIZE);
      last = last == null ? PositionalLineageHash.root(own) : last.extend(own);
      chain.add(last);
    }
    return chain;
  }

  /** First blocks of {@code count} prompts that have nothing in common. */
  public static LineageHashes roots(int first, int count) {
    LineageHashBuffer roots = new LineageHashBuffer();
    for (int i = 0; i < count; i++) {
      roots.add(root(first + i * BLOCK_SIZE));
    }
    return roots;
  }

  /** The block that follows {@code parent} with the tokens {@code first, first + 1, ...}. */
  public static PositionalLineageHash child(PositionalLineageHash parent, int first) {
    return parent.extend(blockHash(first));
  }

  /** The prompt {@code first, first + 1, ...} of {@link #chain}, as tokens. */
  public static TokenBlockSequence prompt(int first, int tokens) {
    return TokenBlockSequence.of(tokens(first, tokens), BLOCK_SIZE, SALT);
  }

  public static int[] tokens(int first, int count) {
    return IntStream.range(first, first + count).toArray();
  }

  private static long blockHash(int first) {
    return TokenHashing.blockHash(tokens(first, BLOCK_SIZE), SALT);
  }
}
