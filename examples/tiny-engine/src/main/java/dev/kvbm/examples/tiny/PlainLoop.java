package dev.kvbm.examples.tiny;

import java.util.Arrays;

/**
 * Generation without blocks, batches and cache: one request, one contiguous stretch of memory, one
 * token after the other. It says what every answer has to be.
 */
final class PlainLoop {
  private PlainLoop() {}

  static int[] answer(TinyModel model, Request request, int answer) {
    int inputTokens = request.prompt().length;
    int[] tokens = Arrays.copyOf(request.prompt(), inputTokens + request.answerTokens());
    KvMemory memory = new KvMemory(1, tokens.length);
    int[] pages = {0};
    for (int position = 0; position < tokens.length - 1; position++) {
      int[] token = {tokens[position]};
      float[][] logits = model.forward(token, position, pages, memory, 1);
      int index = position + 1 - inputTokens;
      if (index >= 0) {
        tokens[position + 1] = request.choose(answer, index, logits[0]);
      }
    }
    return Arrays.copyOfRange(tokens, inputTokens, tokens.length);
  }
}
