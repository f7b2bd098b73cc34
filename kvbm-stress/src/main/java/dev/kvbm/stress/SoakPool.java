package dev.kvbm.stress;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.WeakBlock;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** A manager, the bytes of its blocks, and guards that one thread leaves to another. */
final class SoakPool<T> {
  static final int BLOCK_SIZE = 4;
  static final int CHAINS = 6;
  static final int CHAIN_BLOCKS = 4;

  private static final LineageHashes[] HASHES = new LineageHashes[CHAINS];

  static {
    for (int i = 0; i < CHAINS; i++) {
      int[] tokens = new int[CHAIN_BLOCKS * BLOCK_SIZE];
      // Pairs of chains share their first block.
      tokens[0] = i / 2;
      tokens[BLOCK_SIZE] = i;
      HASHES[i] = TokenBlockSequence.of(tokens, BLOCK_SIZE).lineageHashes();
    }
  }

  final BlockManager<T> manager;

  /** Closed by whoever takes them out. */
  final ConcurrentLinkedQueue<AutoCloseable> shared = new ConcurrentLinkedQueue<>();

  final AtomicReferenceArray<@Nullable WeakBlock<T>> weak = new AtomicReferenceArray<>(8);

  /**
   * What the bytes of each block say; plain, because the manager's lock is what orders the writer
   * of a block and those that find it.
   */
  private final @Nullable PositionalLineageHash[] content;

  SoakPool(BlockManager<T> manager) {
    this.manager = manager;
    this.content = new PositionalLineageHash[manager.totalBlocks()];
  }

  static LineageHashes chain(int i) {
    return HASHES[i];
  }

  /** Fills blocks that the caller alone may write. */
  void write(MutableBlocks<T> blocks, LineageHashes hashes) {
    for (int i = 0; i < blocks.size(); i++) {
      content[blocks.id(i)] = null;
    }
    for (int i = 0; i < blocks.size(); i++) {
      if (content[blocks.id(i)] != null) {
        throw new AssertionError("block " + blocks.id(i) + " is written by two");
      }
      content[blocks.id(i)] = hashes.get(i);
    }
  }

  /** Reads blocks that the caller holds. */
  void read(ImmutableBlocks<T> blocks) {
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.isHit(i)) {
        read(blocks.id(i), blocks.hash(i));
      }
    }
  }

  void read(int id, PositionalLineageHash hash) {
    if (!hash.equals(content[id])) {
      throw new AssertionError("block " + id + " has " + content[id] + " instead of " + hash);
    }
  }

  void closeShared() {
    for (AutoCloseable guard; (guard = shared.poll()) != null; ) {
      close(guard);
    }
  }

  static void close(AutoCloseable guard) {
    try {
      guard.close();
    } catch (Exception e) {
      throw new AssertionError("closing a guard failed", e);
    }
  }

  void requireAllBack() {
    if (manager.availableBlocks() != manager.totalBlocks()) {
      throw new AssertionError(
          manager.availableBlocks() + " of " + manager.totalBlocks() + " blocks are back");
    }
  }

  @Override
  public String toString() {
    return manager.toString();
  }
}
