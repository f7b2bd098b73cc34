package dev.kvbm.logical.sequence;

import dev.kvbm.logical.BlockGroup;
import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.BlockSizeMismatchException;
import dev.kvbm.logical.CompleteBlocks;
import dev.kvbm.logical.ForeignBlockException;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlock;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.TokenBlock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that one request holds in one tier, in the order of its tokens: assigned (registered
 * and shared), staged (named by a hash), unassigned (to be written).
 *
 * <p>Blocks move from unassigned to staged to assigned, first in, first out. The list of all ids in
 * that order is the request's page table. Blocks are kept in groups, so an operation takes the
 * manager's lock once or twice, however many blocks it concerns.
 *
 * <p>A block that is rejected at registration as a duplicate ({@link
 * dev.kvbm.logical.DuplicationPolicy#REJECT}) is replaced by the one that has its hash: the page
 * table names the block that is really held.
 *
 * <p>Single owner, not thread-safe. Must be closed.
 *
 * @param <T> the tier marker
 */
public final class LogicalBlockAssignments<T> implements AutoCloseable {
  private static final int[] NO_IDS = {};

  private final BlockManager<T> manager;
  private final MutableQueue<T> unassigned;

  // Both are held once they were filled and until they are taken or cleared; else size 0.
  private CompleteBlocks<T> staged;
  private ImmutableBlocks<T> assigned;

  /** A group whose blocks were all registered, to be filled by the next allocation; else null. */
  private @Nullable MutableBlocks<T> spare;

  /** Ids of all phases; null until somebody asks. */
  private @Nullable IdIndex index;

  private LogicalBlockAssignments(BlockManager<T> manager) {
    this.manager = manager;
    this.unassigned = new MutableQueue<>(manager);
    this.staged = manager.newCompleteBlocks();
    this.assigned = manager.newImmutableBlocks();
  }

  /**
   * Assignments without blocks, for blocks of {@code manager}.
   *
   * @param <T> the tier marker
   * @param manager where the blocks come from
   * @return the assignments
   */
  public static <T> LogicalBlockAssignments<T> of(BlockManager<T> manager) {
    return new LogicalBlockAssignments<>(Objects.requireNonNull(manager, "manager is null"));
  }

  // --------------- facts ---------------

  /** {@return the manager whose blocks these are} */
  public BlockManager<T> manager() {
    return manager;
  }

  /** {@return how many blocks are registered} */
  public int assignedCount() {
    return assigned.size();
  }

  /** {@return how many blocks are named and not registered} */
  public int stagedCount() {
    return staged.size();
  }

  /** {@return how many blocks have no name yet} */
  public int unassignedCount() {
    return unassigned.size();
  }

  /** {@return how many blocks are held, in all phases} */
  public int size() {
    return assigned.size() + staged.size() + unassigned.size();
  }

  /** {@return whether no block is held} */
  public boolean isEmpty() {
    return size() == 0;
  }

  /**
   * Whether a block is held, in any phase. The first call indexes all ids; from then on the index
   * is kept until a phase is taken.
   *
   * @param blockId the id
   * @return whether it is
   */
  public boolean contains(int blockId) {
    return blockId >= 0 && index().contains(blockId);
  }

  /**
   * The id of the {@code i}-th assigned block.
   *
   * @param i index from 0
   * @return the block id
   * @throws IndexOutOfBoundsException if there is none
   */
  public int assignedId(int i) {
    return assigned.id(Objects.checkIndex(i, assignedCount()));
  }

  /**
   * The hash of the {@code i}-th assigned block.
   *
   * @param i index from 0
   * @return its hash
   * @throws IndexOutOfBoundsException if there is none
   */
  public PositionalLineageHash assignedHash(int i) {
    return assigned.hash(Objects.checkIndex(i, assignedCount()));
  }

  /**
   * The id of the {@code i}-th staged block.
   *
   * @param i index from 0
   * @return the block id
   * @throws IndexOutOfBoundsException if there is none
   */
  public int stagedId(int i) {
    return staged.id(Objects.checkIndex(i, stagedCount()));
  }

  /**
   * The hash of the {@code i}-th staged block.
   *
   * @param i index from 0
   * @return its hash
   * @throws IndexOutOfBoundsException if there is none
   */
  public PositionalLineageHash stagedHash(int i) {
    return staged.hash(Objects.checkIndex(i, stagedCount()));
  }

  /**
   * The id of the {@code i}-th unassigned block.
   *
   * @param i index from 0
   * @return the block id
   * @throws IndexOutOfBoundsException if there is none
   */
  public int unassignedId(int i) {
    return unassigned.id(Objects.checkIndex(i, unassignedCount()));
  }

  /**
   * The {@code i}-th element of the page table.
   *
   * @param i index from 0
   * @return the block id
   * @throws IndexOutOfBoundsException if {@code i} is not in {@code 0..size()-1}
   */
  public int blockId(int i) {
    Objects.checkIndex(i, size());
    int a = assignedCount();
    int s = stagedCount();
    if (i < a) {
      return assigned.id(i);
    }
    return i < a + s ? staged.id(i - a) : unassigned.id(i - a - s);
  }

  /** {@return a new array of all ids: assigned, staged, unassigned} */
  public int[] blockIds() {
    int[] ids = new int[size()];
    copyBlockIds(ids, 0);
    return ids;
  }

  /**
   * Copies all ids, assigned, staged, unassigned, to {@code target[offset...]}.
   *
   * @param target where to
   * @param offset index in {@code target} of the first one written
   * @return how many there are
   * @throws IndexOutOfBoundsException if they do not fit; nothing is written
   */
  public int copyBlockIds(int[] target, int offset) {
    int n = size();
    Objects.checkFromIndexSize(offset, n, target.length);
    int a = assignedCount();
    int s = stagedCount();
    if (a > 0) {
      assigned.copyIds(target, offset);
    }
    if (s > 0) {
      staged.copyIds(target, offset + a);
    }
    unassigned.copyIds(target, offset + a + s);
    return n;
  }

  // --------------- taking blocks in ---------------

  /**
   * Appends blocks to be written. Consumes the group.
   *
   * @param blocks the group; not held any more afterwards
   * @return how many
   * @throws ForeignBlockException if they belong to another manager; nothing changes
   * @throws dev.kvbm.logical.GuardStateException if the group holds nothing; nothing changes
   */
  public int extendBlocks(MutableBlocks<T> blocks) {
    requireOwn(blocks);
    MutableBlocks<T> own = blocks.takeFirst(blocks.size());
    own.addAll(blocks); // none is left, but this is how a group ends that was moved
    return addUnassigned(own);
  }

  /**
   * Allocates blocks to be written and appends them, all or none.
   *
   * @param n how many
   * @return whether there were enough; if not, nothing changes
   * @throws IllegalArgumentException if {@code n} is negative
   */
  public boolean allocateBlocks(int n) {
    MutableBlocks<T> blocks = spare == null ? manager.newMutableBlocks() : spare;
    boolean enough = manager.allocate(n, blocks);
    spare = enough ? null : blocks;
    if (enough) {
      addUnassigned(blocks);
    }
    return enough;
  }

  private int addUnassigned(MutableBlocks<T> blocks) {
    int n = blocks.size();
    if (index != null) {
      for (int i = 0; i < n; i++) {
        index.add(blocks.id(i));
      }
    }
    unassigned.addLast(blocks);
    return n;
  }

  /**
   * Pins the longest prefix of {@code hashes} that the manager holds, and assigns it.
   *
   * @param hashes hashes of the blocks that come next, in order
   * @return how many blocks were found
   * @throws IllegalStateException if blocks are held already; nothing changes
   */
  public int matchPrefix(LineageHashes hashes) {
    if (!isEmpty()) {
      throw new IllegalStateException(
          "a prefix comes first, but " + size() + " blocks are held; clear them before matching");
    }
    assigned.close();
    manager.match(hashes, assigned);
    index = null;
    return assigned.size();
  }

  /**
   * Appends registered blocks, as a match returns them. Consumes the group.
   *
   * @param blocks the group; not held any more afterwards
   * @return how many
   * @throws AssignmentException with {@link AssignmentError.DuplicateBlockId} if one is held
   *     already or given twice; nothing changes and the caller still holds the group
   * @throws ForeignBlockException if they belong to another manager; nothing changes
   * @throws IllegalArgumentException if the group has gaps; nothing changes
   * @throws dev.kvbm.logical.GuardStateException if the group holds nothing; nothing changes
   */
  public int extendAssigned(ImmutableBlocks<T> blocks) {
    requireOwn(blocks);
    int n = blocks.size();
    if (blocks.leadingHits() != n) {
      throw new IllegalArgumentException(
          "the group has gaps; fill them with fillGaps, or take the first "
              + blocks.leadingHits()
              + " blocks");
    }
    if (index != null || !isEmpty() || !hasAscendingPositions(blocks)) {
      requireNew(blocks);
    }
    ImmutableBlocks<T> own = blocks.takeFirst(n);
    own.addAll(blocks); // none is left, but this is how a group ends that was moved
    if (assigned.isHeld()) {
      assigned.addAll(own);
    } else {
      assigned = own;
    }
    return n;
  }

  /** Blocks of ascending positions differ, so most prefixes need no index. */
  private static boolean hasAscendingPositions(ImmutableBlocks<?> blocks) {
    int last = -1;
    for (int i = 0; i < blocks.size(); i++) {
      int position = blocks.hash(i).position();
      if (position <= last) {
        return false;
      }
      last = position;
    }
    return true;
  }

  /** Enters all ids of {@code blocks} into the index, or none. */
  private void requireNew(ImmutableBlocks<T> blocks) {
    IdIndex ids = index();
    for (int i = 0; i < blocks.size(); i++) {
      if (!ids.add(blocks.id(i))) {
        for (int k = 0; k < i; k++) {
          ids.remove(blocks.id(k));
        }
        throw new AssignmentException(new AssignmentError.DuplicateBlockId(blocks.id(i)));
      }
    }
  }

  private void requireOwn(BlockGroup<T> blocks) {
    if (!blocks.managerId().equals(manager.id())) {
      throw new ForeignBlockException(manager.id(), blocks.managerId());
    }
  }

  // --------------- moving on ---------------

  /**
   * Names the first unassigned blocks by the hashes, as many as there are of both.
   *
   * @param hashes of the blocks that come next, in order; taken on trust
   * @return how many blocks were staged
   * @throws IllegalArgumentException if a hash is malformed; nothing changes
   */
  public int stage(LineageHashes hashes) {
    int n = Math.min(hashes.size(), unassigned.size());
    if (n > 0) {
      stageFirst(hashes.slice(0, n));
    }
    return n;
  }

  /**
   * {@link #stage(LineageHashes)} with token blocks, whose size is checked.
   *
   * @param blocks the group; not held any more afterwards
   * @return how many blocks were staged
   * @throws BlockSizeMismatchException if one that would be staged has another size than the
   *     manager's blocks; nothing changes
   */
  public int stage(List<TokenBlock> blocks) {
    int n = Math.min(blocks.size(), unassigned.size());
    LineageHashBuffer hashes = new LineageHashBuffer(n);
    for (int i = 0; i < n; i++) {
      TokenBlock block = blocks.get(i);
      if (block.blockSize() != manager.blockSize()) {
        throw new BlockSizeMismatchException(
            manager.blockSize(), block.blockSize(), unassigned.id(i));
      }
      hashes.add(block.lineageHash());
    }
    return stage(hashes);
  }

  private void stageFirst(LineageHashes hashes) {
    MutableBlocks<T> first = unassigned.takeFirst(hashes.size());
    try {
      if (stagedCount() > 0) {
        staged.addAll(first.stage(hashes));
      } else {
        first.stage(hashes, staged);
      }
    } catch (Throwable e) {
      // Whatever it is: blocks that are still there must not be lost.
      unassigned.addFirst(first);
      throw e;
    }
  }

  /**
   * Registers all staged blocks, in order: from now on others can match them.
   *
   * @return how many
   */
  public int register() {
    int n = stagedCount();
    if (n > 0) {
      int[] candidates = index == null ? NO_IDS : staged.ids();
      staged.registerFirst(n, assigned);
      registered(n, candidates);
    }
    return n;
  }

  /**
   * {@link #stage(LineageHashes)}, then {@link #register}, in one step if nothing was staged
   * before.
   *
   * @param hashes hashes of the blocks that come next, in order
   * @return how many blocks were registered, also those staged before
   * @throws IllegalArgumentException if a hash is malformed; nothing changes
   */
  public int complete(LineageHashes hashes) {
    if (stagedCount() > 0) {
      stage(hashes);
      return register();
    }
    int n = Math.min(hashes.size(), unassigned.size());
    if (n > 0) {
      MutableBlocks<T> first = unassigned.takeFirst(n);
      int[] candidates = index == null ? NO_IDS : first.ids();
      try {
        first.registerFirst(n == hashes.size() ? hashes : hashes.slice(0, n), assigned);
        spare = first;
      } catch (Throwable e) {
        unassigned.addFirst(first);
        throw e;
      }
      registered(n, candidates);
    }
    return n;
  }

  /** The last {@code n} assigned blocks were registered; their ids were {@code candidates}. */
  private void registered(int n, int[] candidates) {
    if (index != null) {
      int first = assigned.size() - n;
      for (int i = 0; i < n; i++) {
        if (candidates[i] != assigned.id(first + i)) {
          index.remove(candidates[i]);
          index.add(assigned.id(first + i));
        }
      }
    }
  }

  // --------------- giving blocks back ---------------

  /** {@return the last unassigned block, which the caller closes; empty if there is none} */
  public Optional<MutableBlock<T>> popLastUnassigned() {
    if (unassigned.size() == 0) {
      return Optional.empty();
    }
    MutableBlock<T> last = unassigned.takeLast().split().getFirst();
    if (index != null) {
      index.remove(last.blockId());
    }
    return Optional.of(last);
  }

  /**
   * Gives back the last unassigned blocks, the last one first.
   *
   * @param most how many at most
   * @return how many: {@code most}, or all if there are fewer
   * @throws IllegalArgumentException if {@code most} is negative
   */
  public int dropLastUnassigned(int most) {
    if (most < 0) {
      throw new IllegalArgumentException("cannot drop " + most + " blocks; give 0 or more");
    }
    int n = Math.min(most, unassigned.size());
    if (n > 0 && index != null) {
      for (int i = unassigned.size() - n; i < unassigned.size(); i++) {
        index.remove(unassigned.id(i));
      }
    }
    unassigned.dropLast(n);
    return n;
  }

  /**
   * Gives back the assigned blocks from the {@code keep}-th on, and all that follow them.
   *
   * @param keep how many to keep
   * @throws IllegalArgumentException if {@code keep} is negative or more than are assigned
   */
  public void dropAssignedFrom(int keep) {
    if (keep < 0 || keep > assignedCount()) {
      throw new IllegalArgumentException(
          "cannot keep " + keep + " of " + assignedCount() + " assigned blocks");
    }
    ImmutableBlocks<T> rest = assigned;
    if (rest.isHeld()) {
      assigned = rest.takeFirst(keep);
    }
    unassigned.dropLast(unassigned.size());
    staged.close();
    rest.closeTailFirst();
    index = null;
  }

  /**
   * Takes the assigned blocks out.
   *
   * @return the blocks, perhaps none; the caller closes the group
   */
  public ImmutableBlocks<T> takeAssigned() {
    ImmutableBlocks<T> taken = assigned.isHeld() ? assigned : manager.match(LineageHashes.empty());
    assigned = manager.newImmutableBlocks();
    index = null;
    return taken;
  }

  /**
   * Takes the staged blocks out.
   *
   * @return the blocks, perhaps none; the caller closes the group
   */
  public CompleteBlocks<T> takeStaged() {
    CompleteBlocks<T> taken =
        staged.isHeld() ? staged : MutableQueue.none(manager).stage(LineageHashes.empty());
    staged = manager.newCompleteBlocks();
    index = null;
    return taken;
  }

  /**
   * Takes the unassigned blocks out.
   *
   * @return the blocks, perhaps none; the caller closes the group
   */
  public MutableBlocks<T> takeUnassigned() {
    index = null;
    return unassigned.takeAll();
  }

  /** {@return a second group of the assigned blocks; the caller closes it} */
  public ImmutableBlocks<T> shareAssigned() {
    return assigned.isHeld() ? assigned.share() : manager.match(LineageHashes.empty());
  }

  /** Gives all blocks back, in the order assigned, staged, unassigned. Idempotent. */
  public void clear() {
    assigned.close();
    staged.close();
    unassigned.clear();
    index = null;
  }

  /**
   * Gives all blocks back from the last to the first, so that under policies that evict what became
   * idle first the end of the request goes before its beginning. Idempotent.
   */
  public void clearTailFirst() {
    unassigned.dropLast(unassigned.size());
    staged.close();
    assigned.closeTailFirst();
    index = null;
  }

  /** {@link #clear}. */
  @Override
  public void close() {
    clear();
  }

  private IdIndex index() {
    IdIndex ids = index;
    if (ids == null) {
      ids = new IdIndex();
      for (int id : blockIds()) {
        ids.add(id);
      }
      index = ids;
    }
    return ids;
  }

  @Override
  public String toString() {
    return "LogicalBlockAssignments[assigned "
        + assignedCount()
        + ", staged "
        + stagedCount()
        + ", unassigned "
        + unassignedCount()
        + "]";
  }
}
