package dev.kvbm.logical;

/**
 * Blocks set aside for later: nobody else can be given them, and taking them cannot fail.
 *
 * <p>They are allocated at once, so the promise holds whatever others match or allocate meanwhile.
 * Thread-safe: several threads may take from one reservation.
 *
 * @param <T> the tier marker
 */
public final class Reservation<T> implements AutoCloseable {
  private final MutableBlocks<T> blocks;

  Reservation(MutableBlocks<T> blocks) {
    this.blocks = blocks;
  }

  /** {@return how many blocks are left to take; 0 once closed} */
  public synchronized int remaining() {
    return blocks.size();
  }

  /**
   * Takes {@code n} of the blocks; the caller closes them.
   *
   * @param n how many blocks, from 0 to {@link #remaining}
   * @return a group of {@code n} of the blocks, those set aside first; the caller closes or
   *     consumes it
   * @throws IllegalArgumentException if fewer are left; nothing changes
   * @throws GuardStateException if the reservation is closed
   */
  public synchronized MutableBlocks<T> take(int n) {
    return blocks.takeFirst(n);
  }

  /** Gives back what was not taken. Idempotent. */
  @Override
  public synchronized void close() {
    blocks.close();
  }
}
