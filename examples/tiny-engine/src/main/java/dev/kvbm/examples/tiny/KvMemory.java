package dev.kvbm.examples.tiny;

import dev.kvbm.logical.scheduling.BlockCopy;
import java.util.Arrays;

/**
 * The bytes behind the block ids: one slab, in which every block has a place for the keys and
 * values of its tokens in every layer. A real engine has device memory here.
 *
 * <p>The block manager decides what a block is used for and never sees this class; this class knows
 * nothing of requests. To make a disagreement between the two visible, a block that is leased is
 * filled with NaN first: who reads a row that was not written for this tenant computes nonsense.
 * Not thread-safe.
 */
class KvMemory {
  private static final int WIDTH = TinyModel.WIDTH;

  private final int blockSize;
  private final int blockFloats;
  private final float[] slab;

  KvMemory(int blocks, int blockSize) {
    this.blockSize = blockSize;
    this.blockFloats = TinyModel.LAYERS * 2 * blockSize * WIDTH;
    this.slab = new float[Math.multiplyExact(blocks, blockFloats)];
    Arrays.fill(slab, Float.NaN);
  }

  float[] slab() {
    return slab;
  }

  /** Where the key of a position begins in the slab. */
  int keyAt(int[] pages, int layer, int position) {
    return rowAt(pages[position / blockSize], layer * 2, position % blockSize);
  }

  /** Where the value of a position begins in the slab. */
  int valueAt(int[] pages, int layer, int position) {
    return rowAt(pages[position / blockSize], layer * 2 + 1, position % blockSize);
  }

  private int rowAt(int block, int part, int slot) {
    return block * blockFloats + (part * blockSize + slot) * WIDTH;
  }

  void write(int[] pages, int layer, int position, float[] key, float[] value) {
    System.arraycopy(key, 0, slab, keyAt(pages, layer, position), WIDTH);
    System.arraycopy(value, 0, slab, valueAt(pages, layer, position), WIDTH);
  }

  /** The block has a new tenant: whatever it held is not to be read any more. */
  void poison(int block) {
    int start = block * blockFloats;
    Arrays.fill(slab, start, start + blockFloats, Float.NaN);
  }

  /** Copies the rows of the first tokens of a block, in all layers. */
  void copy(BlockCopy copy) {
    for (int part = 0; part < TinyModel.LAYERS * 2; part++) {
      System.arraycopy(
          slab,
          rowAt(copy.fromBlockId(), part, 0),
          slab,
          rowAt(copy.toBlockId(), part, 0),
          copy.tokens() * WIDTH);
    }
  }

  /** Whether every row of the block was written since it was leased. */
  boolean isWritten(int block) {
    int start = block * blockFloats;
    for (int i = start; i < start + blockFloats; i++) {
      if (Float.isNaN(slab[i])) {
        return false;
      }
    }
    return true;
  }
}
