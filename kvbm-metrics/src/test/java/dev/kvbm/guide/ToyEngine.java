package dev.kvbm.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.scheduling.BlockCopy;
import dev.kvbm.logical.scheduling.SchedulableSequence;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Stands for the kernels of an inference engine in the guide: a page holds tokens where an engine
 * holds their keys and values, so a page that was handed out wrongly is noticed when it is read.
 */
final class ToyEngine {
  static final int BLOCK_SIZE = 16;

  private final int[][] device;
  private final int[][] host;

  ToyEngine(int deviceBlocks, int hostBlocks) {
    device = new int[deviceBlocks][BLOCK_SIZE];
    host = new int[hostBlocks][BLOCK_SIZE];
  }

  /** Computes the tokens from {@code from} on, and the first token of the answer. */
  int prefill(TokenBlockSequence text, int from, int[] pages) {
    requireComputed(text, from, pages);
    for (int i = from; i < text.totalTokens(); i++) {
      write(text, i, pages);
    }
    return next(text);
  }

  /** Computes the last token, and the one that follows it. */
  int decode(TokenBlockSequence text, int[] pages) {
    int last = text.totalTokens() - 1;
    requireComputed(text, last, pages);
    write(text, last, pages);
    return next(text);
  }

  /** Computes {@code tokens} tokens of a request, and the token behind its last one. */
  int run(SchedulableSequence<?> request, int tokens) {
    int from = request.kvPosition();
    int[] all = IntStream.range(0, request.totalTokens()).map(request::token).toArray();
    TokenBlockSequence text =
        TokenBlockSequence.of(Arrays.copyOf(all, from + tokens), BLOCK_SIZE, 0);
    return prefill(text, from, request.pageTable());
  }

  /**
   * Computes the missing token and the guesses behind it, and says which of the guesses were right,
   * and the token behind the last right one.
   */
  int[] verify(SchedulableSequence<?> request, int[] guesses) {
    int from = request.kvPosition();
    int[] known = IntStream.range(0, request.totalTokens()).map(request::token).toArray();
    TokenBlockSequence text = TokenBlockSequence.of(known, BLOCK_SIZE, 0);
    int[] accepted = new int[guesses.length + 1];
    int n = 0;
    while (true) {
      accepted[n] = prefill(text, from, request.pageTable());
      from = text.totalTokens();
      if (n == guesses.length || guesses[n] != accepted[n]) {
        return Arrays.copyOf(accepted, n + 1);
      }
      text.append(accepted[n++]);
    }
  }

  void copy(BlockCopy copy) {
    System.arraycopy(device[copy.fromBlockId()], 0, device[copy.toBlockId()], 0, copy.tokens());
  }

  void copyToHost(int deviceBlock, int hostBlock) {
    System.arraycopy(device[deviceBlock], 0, host[hostBlock], 0, BLOCK_SIZE);
  }

  void copyToDevice(int[] hostBlocks, int[] deviceBlocks) {
    for (int i = 0; i < hostBlocks.length; i++) {
      System.arraycopy(host[hostBlocks[i]], 0, device[deviceBlocks[i]], 0, BLOCK_SIZE);
    }
  }

  /** The answer that a prompt has to get, with or without a cache. */
  static int[] answer(int[] prompt, int tokens, long salt) {
    TokenBlockSequence text = TokenBlockSequence.of(prompt, BLOCK_SIZE, salt);
    int[] answer = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      answer[i] = next(text);
      text.append(answer[i]);
    }
    return answer;
  }

  private void write(TokenBlockSequence text, int token, int[] pages) {
    device[pages[token / BLOCK_SIZE]][token % BLOCK_SIZE] = text.token(token);
  }

  private void requireComputed(TokenBlockSequence text, int tokens, int[] pages) {
    for (int i = 0; i < tokens; i++) {
      assertThat(device[pages[i / BLOCK_SIZE]][i % BLOCK_SIZE])
          .as("token %d, read from block %d", i, pages[i / BLOCK_SIZE])
          .isEqualTo(text.token(i));
    }
  }

  private static int next(TokenBlockSequence text) {
    return Arrays.hashCode(text.tokensAt(0, text.totalTokens())) & 0xFFFF;
  }
}
