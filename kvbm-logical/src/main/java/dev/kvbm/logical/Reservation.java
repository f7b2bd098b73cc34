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

  /** How many blocks are left. */
  public synchronized int remaining() {
    return blocks.size();
  }

  /**
   * Takes {@code n} of the blocks; the caller closes them.
   *
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
