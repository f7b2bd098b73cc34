package dev.kvbm.replay.trace;

import dev.kvbm.tokens.TokenHashing;
import dev.kvbm.tokens.Xxh3;
import org.jspecify.annotations.Nullable;

/**
 * Block ids for prompts given as token ids: the sequence hashes that the project's own token blocks
 * have (unsigned 64-bit, chained). Only full blocks get one.
 */
final class TokenBlocks {
  private TokenBlocks() {}

  /** The seed of all block hashes of a request with this salt and LoRA name, if any. */
  static long seed(@Nullable String salt, @Nullable String lora) {
    return TokenHashing.saltHash(salt, lora);
  }

  /** Replaces the request's block ids by those of its prompt token ids. */
  static void cut(TraceRequest request, int blockSize, long seed) {
    request.blockIds(request.blockIds(), 0);
    int[] tokens = request.promptTokenIds();
    int end = request.promptTokenIdCount() / blockSize * blockSize;
    long sequence = 0;
    for (int from = 0; from < end; from += blockSize) {
      long block = Xxh3.hashInts(tokens, from, from + blockSize, seed);
      sequence = from == 0 ? block : TokenHashing.nextSequenceHash(sequence, block);
      request.addBlockId(sequence);
    }
  }
}
