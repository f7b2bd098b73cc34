package dev.kvbm.logical;

/**
 * For callers who cannot go on without blocks: {@code
 * manager.allocate(n).orElseThrow(PoolExhausted::new)}. The library itself never throws it: a full
 * pool is an empty result.
 */
public final class PoolExhausted extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says that blocks ran out. */
  public PoolExhausted() {
    super("not enough free or idle blocks; close guards, wait for blocks, or build a larger pool");
  }
}
