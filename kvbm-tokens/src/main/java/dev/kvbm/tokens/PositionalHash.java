package dev.kvbm.tokens;

/**
 * A hash that knows the position of its block.
 *
 * <p>Implementations are values: equality covers every bit and a hash never changes.
 */
public interface PositionalHash {
  /**
   * Returns the position of the block in its sequence.
   *
   * @return the zero-based index of the block
   * @throws IllegalStateException if the value was decoded from bytes that hold no position
   */
  int position();
}
