package dev.kvbm.logical;

/**
 * A guard, group or pin that the leak detector watches, from {@link BlockManager#heldGuards}.
 *
 * @param number grows with every watched acquisition of the manager, from 0
 * @param kind the simple name of its class, for example {@code ImmutableBlocks}
 * @param blocks how many blocks it holds; for a group, elements that are not gaps
 * @param lost whether it was collected as garbage while it held them: nobody can close it any more
 * @param acquired carries the stack of the acquisition; never thrown
 */
public record HeldGuard(long number, String kind, int blocks, boolean lost, Throwable acquired) {}
