package dev.kvbm.examples.tiny;

/**
 * What a client asks for: one or more answers to a prompt. Answer 0 takes the most likely token
 * each time. Answer {@code n} takes the {@code n}-th runner-up at {@code branchAt}, and from there
 * on the most likely token again.
 *
 * <p>The array is not copied and must not be changed.
 */
final class Request {
  private final int id;
  private final int[] prompt;
  private final int answerTokens;
  private final int answers;
  private final int branchAt;

  /**
   * A request.
   *
   * @param id tells it apart from others
   * @param prompt its tokens
   * @param answerTokens how many tokens each answer has
   * @param answers how many answers are wanted
   * @param branchAt the index of the token, at least 1, in which they begin to differ
   */
  Request(int id, int[] prompt, int answerTokens, int answers, int branchAt) {
    if (answers < 1 || (answers > 1 && (branchAt < 1 || branchAt >= answerTokens))) {
      throw new IllegalArgumentException(
          answers + " answers of " + answerTokens + " tokens cannot part at " + branchAt);
    }
    this.id = id;
    this.prompt = prompt;
    this.answerTokens = answerTokens;
    this.answers = answers;
    this.branchAt = branchAt;
  }

  int id() {
    return id;
  }

  int[] prompt() {
    return prompt;
  }

  int answerTokens() {
    return answerTokens;
  }

  int answers() {
    return answers;
  }

  int branchAt() {
    return branchAt;
  }

  /** The token with index {@code index} of one of the answers. */
  int choose(int answer, int index, float[] logits) {
    return TinyModel.choose(logits, index == branchAt ? answer : 0);
  }
}
