package dev.kvbm.logical.sequence;

import dev.kvbm.tokens.PositionalLineageHash;

/** Why blocks were not taken into assignments. The kinds are the reference's. */
public sealed interface AssignmentError {

  /** {@return one sentence with the values and what to do} */
  String message();

  /**
   * In a list of block ids, one that is known already follows one that is new.
   *
   * @param knownId the known id
   * @param newId the first new id
   * @param knownIndex where the known id is in the list
   * @param firstNewIndex where the first new id is in the list
   */
  record OrderingViolation(int knownId, int newId, int knownIndex, int firstNewIndex)
      implements AssignmentError {
    @Override
    public String message() {
      return "known block "
          + knownId
          + " at index "
          + knownIndex
          + " follows new block "
          + newId
          + " at index "
          + firstNewIndex
          + "; list known blocks first, then new ones";
    }
  }

  /**
   * A hash is not that of the position where its block would be.
   *
   * @param expectedPosition the position of the block
   * @param actualPosition the position in the hash
   * @param blockId the block
   */
  record PositionMismatch(int expectedPosition, int actualPosition, int blockId)
      implements AssignmentError {
    @Override
    public String message() {
      return "block "
          + blockId
          + " would be at position "
          + expectedPosition
          + ", its hash is of position "
          + actualPosition
          + "; give the hashes of the whole sequence, in order";
    }
  }

  /**
   * A block is there already, or given twice.
   *
   * @param blockId the block
   */
  record DuplicateBlockId(int blockId) implements AssignmentError {
    @Override
    public String message() {
      return "block " + blockId + " is assigned already or given twice; give each block once";
    }
  }

  /**
   * A block holds other tokens than the sequence has at its position.
   *
   * @param position the position in the sequence
   * @param expected the hash of the sequence there
   * @param actual the hash of the block
   */
  record SequenceHashMismatch(
      int position, PositionalLineageHash expected, PositionalLineageHash actual)
      implements AssignmentError {
    @Override
    public String message() {
      return "position "
          + position
          + " of the sequence has the hash "
          + expected
          + ", the block has "
          + actual
          + "; match with the hashes of this sequence";
    }
  }

  /**
   * Blocks were to be inserted before others that have their positions already.
   *
   * @param blocks how many those are
   */
  record PositionsTaken(int blocks) implements AssignmentError {
    @Override
    public String message() {
      return blocks + " staged block(s) have the next positions; commit or take them first";
    }
  }
}
