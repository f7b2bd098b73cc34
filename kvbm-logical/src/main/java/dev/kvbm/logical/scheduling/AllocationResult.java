package dev.kvbm.logical.scheduling;

/**
 * Whether the pool had the blocks for a step. If it had not, nothing has changed: preempt somebody,
 * or try again later.
 */
public sealed interface AllocationResult {

  /** {@return whether there were enough blocks} */
  default boolean isAllocated() {
    return this instanceof Allocated;
  }

  /**
   * The blocks are there. They are the last ones of the page table, and nobody has written to them.
   *
   * @param blocks how many were allocated; 0 if the request held enough
   */
  record Allocated(int blocks) implements AllocationResult {
    private static final Allocated NONE = new Allocated(0);
    private static final Allocated ONE = new Allocated(1);

    /** Shares the two objects that a steady decode needs. */
    static Allocated of(int blocks) {
      return switch (blocks) {
        case 0 -> NONE;
        case 1 -> ONE;
        default -> new Allocated(blocks);
      };
    }
  }

  /**
   * The pool does not have the blocks.
   *
   * @param neededBlocks how many were asked of it
   */
  record AllocationFailed(int neededBlocks) implements AllocationResult {}
}
