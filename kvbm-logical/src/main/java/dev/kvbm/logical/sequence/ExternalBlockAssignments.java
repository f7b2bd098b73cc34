package dev.kvbm.logical.sequence;

import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The blocks of one request in a tier that somebody else manages, known by their ids only.
 *
 * <p>A scheduler elsewhere announces block ids; this object says which position of the sequence
 * each one has. Positions count from the first block of the request. The object covers those from
 * its offset on: first the assigned blocks, then the staged, then the unassigned ones, without a
 * gap. Several objects with different offsets may cover the same request, one for each tier; {@link
 * BlockPair} compares two of them.
 *
 * <p>Ids are numbers from 0, each at most once in an object. A call that fails changes nothing.
 * Single owner, not thread-safe.
 */
public final class ExternalBlockAssignments {
  private final int offset;

  /** All ids in order of position: assigned, staged, unassigned. */
  private int[] ids = new int[16];

  private int size;

  /** The hashes of the assigned and the staged blocks, in the same order. */
  private final LineageHashBuffer hashes = new LineageHashBuffer();

  private int assigned;
  private final IdIndex index = new IdIndex();

  /**
   * Assignments without blocks.
   *
   * @param offset the position of the first block they will have
   * @throws IllegalArgumentException if it is negative or more than a sequence can have
   */
  public ExternalBlockAssignments(int offset) {
    if (offset < 0 || offset > 1 << 24) {
      throw new IllegalArgumentException(
          "an offset is a position, 0 to " + (1 << 24) + ", got " + offset);
    }
    this.offset = offset;
  }

  // --------------- facts ---------------

  /** {@return the position of the first block} */
  public int offset() {
    return offset;
  }

  /** {@return how many blocks are assigned} */
  public int assignedCount() {
    return assigned;
  }

  /** {@return how many blocks are staged} */
  public int stagedCount() {
    return hashes.size() - assigned;
  }

  /** {@return how many blocks have no content yet} */
  public int unassignedCount() {
    return size - hashes.size();
  }

  /** {@return how many blocks there are in all phases} */
  public int size() {
    return size;
  }

  /**
   * Whether a block is known, in any phase.
   *
   * @param blockId the id
   * @return whether it is
   */
  public boolean contains(int blockId) {
    return blockId >= 0 && index.contains(blockId);
  }

  /**
   * The {@code i}-th assigned block; empty if there is none.
   *
   * @param i index from 0
   * @return the block and its hash
   */
  public Optional<AssignedBlock> assigned(int i) {
    return i >= 0 && i < assigned ? Optional.of(block(i)) : Optional.empty();
  }

  /**
   * The {@code i}-th staged block; empty if there is none.
   *
   * @param i index from 0
   * @return the block and its hash
   */
  public Optional<AssignedBlock> staged(int i) {
    return i >= 0 && i < stagedCount() ? Optional.of(block(assigned + i)) : Optional.empty();
  }

  /**
   * The {@code i}-th unassigned block; empty if there is none.
   *
   * @param i index from 0
   * @return the block id
   */
  public OptionalInt unassigned(int i) {
    return i >= 0 && i < unassignedCount()
        ? OptionalInt.of(ids[hashes.size() + i])
        : OptionalInt.empty();
  }

  /** {@return a new list of the assigned blocks, in order} */
  public List<AssignedBlock> assigned() {
    return blocks(0, assigned);
  }

  /** {@return a new list of the staged blocks, in order} */
  public List<AssignedBlock> staged() {
    return blocks(assigned, hashes.size());
  }

  /** {@return a new array of the unassigned blocks, in order} */
  public int[] unassigned() {
    return Arrays.copyOfRange(ids, hashes.size(), size);
  }

  /** {@return a new array of all blocks in order of their positions} */
  public int[] blockIds() {
    return Arrays.copyOf(ids, size);
  }

  /** {@return the position of the next block that is staged} */
  public int nextPosition() {
    return offset + hashes.size();
  }

  /** {@return the positions of the assigned blocks} */
  public BlockRange assignedPositions() {
    return new BlockRange(offset, offset + assigned);
  }

  /** {@return the positions of the staged blocks} */
  public BlockRange stagedPositions() {
    return new BlockRange(offset + assigned, nextPosition());
  }

  /** {@return the positions that the unassigned blocks will have} */
  public BlockRange pendingPositions() {
    return new BlockRange(nextPosition(), offset + size);
  }

  /**
   * The assigned block at a position; empty if there is none.
   *
   * @param position the absolute position
   * @return the block and its hash
   */
  public Optional<AssignedBlock> atPosition(int position) {
    return assigned(position - offset);
  }

  /**
   * The unassigned block that will have a position; empty if there is none.
   *
   * @param position the absolute position
   * @return the block id
   */
  public OptionalInt pendingAtPosition(int position) {
    return unassigned(position - nextPosition());
  }

  /**
   * The block at index {@code position - offset} of {@link #blockIds}; the caller has checked it.
   */
  int idAt(int position) {
    return ids[position - offset];
  }

  private AssignedBlock block(int i) {
    return new AssignedBlock(ids[i], hashes.get(i));
  }

  private List<AssignedBlock> blocks(int from, int to) {
    List<AssignedBlock> blocks = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      blocks.add(block(i));
    }
    return List.copyOf(blocks);
  }

  // --------------- taking blocks in ---------------

  /**
   * Takes the list of all blocks that the scheduler has given so far: ids that are known already,
   * then new ones, which become unassigned in that order. Known ids need neither be complete nor in
   * order.
   *
   * @param blockIds all ids in order, known ones first
   * @throws AssignmentException with {@link AssignmentError.OrderingViolation} if a known id
   *     follows a new one, or {@link AssignmentError.DuplicateBlockId} if a new one is given twice
   * @throws IllegalArgumentException if an id is negative
   */
  public void extendBlockIds(int... blockIds) {
    for (int id : blockIds) {
      requireId(id);
    }
    int known = 0;
    while (known < blockIds.length && index.contains(blockIds[known])) {
      known++;
    }
    for (int i = known; i < blockIds.length; i++) {
      if (!index.add(blockIds[i])) {
        forget(blockIds, known, i);
        throw new AssignmentException(
            index.contains(blockIds[i])
                ? new AssignmentError.OrderingViolation(blockIds[i], blockIds[known], i, known)
                : new AssignmentError.DuplicateBlockId(blockIds[i]));
      }
    }
    insert(size, blockIds, known);
  }

  /**
   * Takes blocks that have their content already, behind those that are assigned.
   *
   * @param blockIds the blocks in order of their positions
   * @param content the hash of each
   * @return how many there are
   * @throws AssignmentException with {@link AssignmentError.DuplicateBlockId} if a block is known
   *     or given twice, {@link AssignmentError.PositionsTaken} if blocks are staged, or {@link
   *     AssignmentError.PositionMismatch} if a hash is not that of its block's position
   * @throws IllegalArgumentException if the numbers differ or an id is negative
   */
  public int extendAssigned(int[] blockIds, LineageHashes content) {
    int n = blockIds.length;
    if (content.size() != n) {
      throw new IllegalArgumentException(
          "got " + content.size() + " hashes for " + n + " blocks; give one hash a block");
    }
    for (int id : blockIds) {
      requireId(id);
    }
    index(blockIds, 0);
    try {
      requirePositions(blockIds, content);
    } catch (AssignmentException e) {
      forget(blockIds, 0, n);
      throw e;
    }
    insert(assigned, blockIds, 0);
    hashes.addAll(content);
    assigned += n;
    return n;
  }

  private void requirePositions(int[] blockIds, LineageHashes content) {
    if (blockIds.length > 0 && stagedCount() > 0) {
      throw new AssignmentException(new AssignmentError.PositionsTaken(stagedCount()));
    }
    for (int i = 0; i < blockIds.length; i++) {
      requirePosition(offset + assigned + i, content.hi(i), blockIds[i]);
    }
  }

  private static void requirePosition(int expected, long hi, int blockId) {
    int actual = PositionalLineageHash.positionOf(hi);
    if (actual != expected) {
      throw new AssignmentException(
          new AssignmentError.PositionMismatch(expected, actual, blockId));
    }
  }

  private static void requireId(int id) {
    if (id < 0) {
      throw new IllegalArgumentException("a block id is a number from 0, got " + id);
    }
  }

  /** Enters the ids from {@code from} on into the index, or none. */
  private void index(int[] blockIds, int from) {
    for (int i = from; i < blockIds.length; i++) {
      if (!index.add(blockIds[i])) {
        forget(blockIds, from, i);
        throw new AssignmentException(new AssignmentError.DuplicateBlockId(blockIds[i]));
      }
    }
  }

  private void forget(int[] blockIds, int from, int to) {
    for (int i = from; i < to; i++) {
      index.remove(blockIds[i]);
    }
  }

  private void insert(int at, int[] blockIds, int from) {
    int n = blockIds.length - from;
    if (size + n > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(size + n, 2 * ids.length));
    }
    System.arraycopy(ids, at, ids, at + n, size - at);
    System.arraycopy(blockIds, from, ids, at, n);
    size += n;
  }

  // --------------- moving on ---------------

  /**
   * Stages unassigned blocks: gives each the hash of its position, as far as there are both.
   *
   * @param sequence the hashes of the request from position 0 on
   * @return the indices of these blocks among the staged ones
   * @throws AssignmentException with {@link AssignmentError.PositionMismatch} if a hash is not that
   *     of its place in the list
   */
  public BlockRange stagePending(LineageHashes sequence) {
    int next = nextPosition();
    int n = Math.max(0, Math.min(unassignedCount(), sequence.size() - next));
    int first = stagedCount();
    for (int i = 0; i < n; i++) {
      requirePosition(next + i, sequence.hi(next + i), ids[hashes.size() + i]);
    }
    if (n > 0) {
      hashes.addAll(sequence.slice(next, next + n));
    }
    return new BlockRange(first, first + n);
  }

  /**
   * Assigns all staged blocks.
   *
   * @return their indices among the assigned blocks
   */
  public BlockRange commitStaged() {
    int first = assigned;
    assigned = hashes.size();
    return new BlockRange(first, assigned);
  }

  /**
   * {@link #stagePending}, then {@link #commitStaged}.
   *
   * @param sequence hashes of all complete blocks of the request, from position 0
   * @return the indices of the blocks that became assigned
   * @throws AssignmentException as {@link #stagePending} does
   */
  public BlockRange assignPending(LineageHashes sequence) {
    stagePending(sequence);
    return commitStaged();
  }

  /**
   * {@link #assignPending(LineageHashes)} with the complete blocks of {@code sequence}.
   *
   * @param sequence hashes of all complete blocks of the request, from position 0
   * @return the range of assigned blocks that were added
   */
  public BlockRange assignPending(BlockSequence sequence) {
    return assignPending(Objects.requireNonNull(sequence, "sequence is null").lineageHashes());
  }

  /**
   * Takes the staged blocks out: they are not known any more.
   *
   * @return the blocks, in order
   */
  public List<AssignedBlock> takeStaged() {
    List<AssignedBlock> taken = staged();
    forget(ids, assigned, hashes.size());
    System.arraycopy(ids, hashes.size(), ids, assigned, unassignedCount());
    size -= taken.size();
    hashes.truncate(assigned);
    return taken;
  }

  /** Forgets all blocks; the offset stays. */
  public void clear() {
    size = 0;
    assigned = 0;
    hashes.clear();
    index.clear();
  }

  @Override
  public String toString() {
    return "ExternalBlockAssignments[offset "
        + offset
        + ", assigned "
        + assigned
        + ", staged "
        + stagedCount()
        + ", unassigned "
        + unassignedCount()
        + "]";
  }
}
