package dev.kvbm.replay;

/**
 * How many bytes the keys and values of one token take.
 *
 * <p>With grouped or multi-head attention every layer keeps a key and a value for each KV head:
 * {@code 2 * layers * kvHeads * headSize * elementBytes}. With multi-head latent attention (MLA)
 * every layer keeps one compressed vector instead, key rotation part included: {@code layers *
 * latentWidth * elementBytes} (DeepSeek-V2, arXiv:2405.04434, section 2.1; 512 + 64 = 576 elements
 * there).
 */
public final class KvShape {
  private KvShape() {}

  /**
   * {@return bytes a token with attention heads}
   *
   * @param layers layers that keep keys and values
   * @param kvHeads heads that keep keys and values in each; fewer than query heads under grouped
   *     attention
   * @param headSize elements of a key or value
   * @param elementBytes bytes of an element, for example 2 for bfloat16 or 0.5 for 4-bit numbers
   * @throws IllegalArgumentException if a number is not positive or the product overflows
   */
  public static long attentionBytesPerToken(
      int layers, int kvHeads, int headSize, double elementBytes) {
    requirePositive("layers", layers);
    requirePositive("KV heads", kvHeads);
    requirePositive("head size", headSize);
    return bytes(2.0 * layers * kvHeads * headSize, elementBytes);
  }

  /**
   * {@return bytes a token with multi-head latent attention}
   *
   * @param layers layers that keep a vector
   * @param latentWidth elements of the vector, key rotation part included
   * @param elementBytes bytes of an element
   * @throws IllegalArgumentException if a number is not positive or the product overflows
   */
  public static long latentBytesPerToken(int layers, int latentWidth, double elementBytes) {
    requirePositive("layers", layers);
    requirePositive("latent width", latentWidth);
    return bytes((double) layers * latentWidth, elementBytes);
  }

  private static long bytes(double elements, double elementBytes) {
    if (!(elementBytes > 0 && elementBytes <= 16)) {
      throw new IllegalArgumentException(
          "an element has " + elementBytes + " bytes; give more than 0 and at most 16");
    }
    double bytes = Math.ceil(elements * elementBytes);
    if (bytes > 1L << 40) {
      throw new IllegalArgumentException(
          "a token would take " + bytes + " bytes; check the model's shape");
    }
    return (long) bytes;
  }

  private static void requirePositive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " must be at least 1, got " + value);
    }
  }
}
