package dev.kvbm.logical;

import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.TokenBlock;

/**
 * One block that its holder may write: the one-block form of {@link MutableBlocks}.
 *
 * @param <T> the tier marker
 */
public final class MutableBlock<T> extends BlockGuard<T> {

  MutableBlock(BlockStore<T> store, int slot) {
    super(store, slot);
  }

  /**
   * Gives the block its hash. Consumes this guard.
   *
   * @param hash taken on trust: neither uniqueness nor content is checked here
   * @param tokens the number of tokens that the block was filled with
   * @return the staged block; the caller closes or consumes it
   * @throws BlockSizeMismatchException if {@code tokens} is not the block size; this guard still
   *     holds its block
   * @throws IllegalArgumentException if the hash is malformed; this guard still holds its block
   * @throws GuardStateException if this guard does not hold its block
   */
  public CompleteBlock<T> stage(PositionalLineageHash hash, int tokens) {
    return store.stage(this, hash, tokens);
  }

  /**
   * {@link #stage} with the hash and the number of tokens of {@code block}. Consumes this guard.
   *
   * @param block the tokens whose keys and values were written
   * @return the staged block; the caller closes or consumes it
   * @throws BlockSizeMismatchException if {@code block} has another number of tokens than this
   *     block has room for; this guard still holds its block
   * @throws GuardStateException if this guard does not hold its block
   */
  public CompleteBlock<T> complete(TokenBlock block) {
    return store.stage(this, block.lineageHash(), block.blockSize());
  }

  @Override
  public void close() {
    store.releaseMutable(this);
  }
}
