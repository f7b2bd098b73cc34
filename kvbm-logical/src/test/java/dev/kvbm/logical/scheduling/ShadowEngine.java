package dev.kvbm.logical.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.SlotInfo;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * An engine that writes, in place of keys and values, a hash of all tokens up to each one. So a
 * place in a block tells for which prefix it was computed, and content that is missing, stale or of
 * somebody else is seen at once.
 */
final class ShadowEngine {
  private final BlockManager<G1> manager;
  private final int blockSize;

  /** What was written, by block and place in it. */
  private final long[] content;

  /** What a block of each hash has to hold. */
  private final Map<PositionalLineageHash, long[]> expected = new HashMap<>();

  ShadowEngine(BlockManager<G1> manager) {
    this.manager = manager;
    this.blockSize = manager.blockSize();
    this.content = new long[manager.totalBlocks() * blockSize];
  }

  /** The keys and values of tokens. */
  static long[] keysAndValues(long saltHash, int[] tokens) {
    long[] prefix = new long[tokens.length];
    long hash = saltHash;
    for (int i = 0; i < prefix.length; i++) {
      hash = (hash ^ tokens[i]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
      prefix[i] = hash;
    }
    return prefix;
  }

  static int[] tokens(SchedulableSequence<G1> request) {
    return IntStream.range(0, request.totalTokens()).map(request::token).toArray();
  }

  /** The keys and values of all tokens of a request. */
  long[] keysAndValues(SchedulableSequence<G1> request) {
    long[] prefix = keysAndValues(request.saltHash(), tokens(request));
    for (int block = 0; block < request.completeBlocks(); block++) {
      int from = block * blockSize;
      expected.put(
          request.lineageHashes().get(block), Arrays.copyOfRange(prefix, from, from + blockSize));
    }
    return prefix;
  }

  /** Computes tokens of a request: reads what is before them, writes theirs. */
  void compute(SchedulableSequence<G1> request, int from, long[] written) {
    List<SlotInfo> slots = manager.slots();
    for (int i = 0; i < written.length; i++) {
      int block = request.blockId((from + i) / blockSize);
      assertThat(slots.get(block).state())
          .as("block %s, which %s writes to", block, request)
          .isEqualTo(SlotInfo.State.MUTABLE);
      content[block * blockSize + (from + i) % blockSize] = written[i];
    }
  }

  void copy(BlockCopy copy) {
    System.arraycopy(
        content,
        copy.fromBlockId() * blockSize,
        content,
        copy.toBlockId() * blockSize,
        copy.tokens());
  }

  /** Every token that a request counts as computed is there, in the blocks of its page table. */
  void checkContent(SchedulableSequence<G1> request) {
    long[] prefix = keysAndValues(request);
    int[] pages = request.pageTable();
    for (int i = 0; i < request.kvPosition(); i++) {
      long found = content[pages[i / blockSize] * blockSize + i % blockSize];
      if (found != prefix[i]) {
        throw new AssertionError("token " + i + " of " + request + " is not what was computed");
      }
    }
  }

  /** Every block that others can find holds what its hash says. */
  void checkPublished() {
    for (SlotInfo slot : manager.slots()) {
      PositionalLineageHash hash = slot.hash();
      switch (slot.state()) {
        case PRIMARY, DUPLICATE, INACTIVE -> {
          int from = slot.id() * blockSize;
          if (!Arrays.equals(
              Arrays.copyOfRange(content, from, from + blockSize), expected.get(hash))) {
            throw new AssertionError("others can find " + slot + ", but it is not computed");
          }
        }
        case RESET, MUTABLE, STAGED -> {
          // Nobody can find it.
        }
      }
    }
  }
}
