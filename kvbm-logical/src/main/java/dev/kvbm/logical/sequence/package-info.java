/**
 * What a request knows about its blocks: the tokens ({@link
 * dev.kvbm.logical.sequence.BlockSequence}), the blocks it holds in one tier ({@link
 * dev.kvbm.logical.sequence.LogicalBlockAssignments}), and block ids that somebody else manages
 * ({@link dev.kvbm.logical.sequence.ExternalBlockAssignments}).
 *
 * <p>Both kinds of assignments take a block through the same three phases, in order: unassigned (a
 * block without content), staged (named by the hash it will have) and assigned (it has that
 * content). Every object has one owner and no lock of its own.
 */
@NullMarked
package dev.kvbm.logical.sequence;

import org.jspecify.annotations.NullMarked;
