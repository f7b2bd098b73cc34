package dev.kvbm.logical.scheduling;

import dev.kvbm.logical.sequence.BlockSequence;
import dev.kvbm.tokens.HashingRequest;
import dev.kvbm.tokens.TokenBlockMmInfo;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects what a request is about: a finished prompt, or its parts. */
final class Prompt {
  private final HashingRequest.Builder parts = HashingRequest.builder();
  private boolean hasTokens;
  private boolean hasParts;
  private @Nullable HashingRequest request;
  private @Nullable TokenBlockSequence sequence;
  private boolean taken;

  void tokens(int[] tokens) {
    parts.tokens(tokens);
    hasTokens = true;
    hasParts = true;
  }

  void salt(@Nullable String salt) {
    parts.salt(salt);
    hasParts = true;
  }

  void loraName(@Nullable String loraName) {
    parts.loraName(loraName);
    hasParts = true;
  }

  void multimodal(List<TokenBlockMmInfo> runs) {
    parts.mmInfo(runs);
    hasParts = true;
  }

  void whole(HashingRequest prompt) {
    request = Objects.requireNonNull(prompt, "prompt is null");
    sequence = null;
    taken = false;
  }

  void whole(TokenBlockSequence prompt) {
    sequence = Objects.requireNonNull(prompt, "prompt is null");
    request = null;
    taken = false;
  }

  void take(TokenBlockSequence prompt) {
    whole(prompt);
    taken = true;
  }

  BlockSequence cut(int blockSize) {
    if ((request != null || sequence != null) && hasParts) {
      throw new IllegalStateException(
          "give either a prompt or its parts (tokens, salt, loraName, multimodal), not both");
    }
    if (sequence != null) {
      if (sequence.blockSize() != blockSize) {
        throw new IllegalArgumentException(
            "the prompt is cut into blocks of "
                + sequence.blockSize()
                + " tokens, the manager's blocks hold "
                + blockSize
                + "; cut it with the manager's block size");
      }
      if (taken) {
        BlockSequence over = BlockSequence.over(sequence);
        sequence = null; // a second request over the same tokens would spoil both
        return over;
      }
      return BlockSequence.copyOf(sequence);
    }
    if (request != null) {
      return BlockSequence.of(request, blockSize);
    }
    if (!hasTokens) {
      throw new IllegalStateException("tokens are required; call tokens(...) or prompt(...)");
    }
    return BlockSequence.of(parts.build(), blockSize);
  }
}
