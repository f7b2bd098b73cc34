package dev.kvbm.logical.sequence;

import java.util.ArrayList;
import java.util.List;

/**
 * Two blocks at the same position of one request, in two tiers.
 *
 * @param position the position in the request
 * @param first the block in the first tier
 * @param second the block in the second tier
 */
public record BlockPair(int position, int first, int second) {

  /**
   * The blocks at the positions that are assigned in both tiers.
   *
   * @param first index of the first token
   * @param second the second tier
   * @return a new list, ascending by position
   */
  public static List<BlockPair> zipAssigned(
      ExternalBlockAssignments first, ExternalBlockAssignments second) {
    return zip(first, second, first.assignedPositions().intersection(second.assignedPositions()));
  }

  /**
   * A plan of copies: the blocks at the positions that are assigned in {@code source} and pending
   * in {@code target}.
   *
   * @param source where the blocks have content
   * @param target where to
   * @return a new list, ascending by position; copy {@code first} to {@code second}
   */
  public static List<BlockPair> zipAssignedPending(
      ExternalBlockAssignments source, ExternalBlockAssignments target) {
    return zip(source, target, source.assignedPositions().intersection(target.pendingPositions()));
  }

  private static List<BlockPair> zip(
      ExternalBlockAssignments first, ExternalBlockAssignments second, BlockRange positions) {
    List<BlockPair> pairs = new ArrayList<>(positions.size());
    for (int p = positions.start(); p < positions.end(); p++) {
      pairs.add(new BlockPair(p, first.idAt(p), second.idAt(p)));
    }
    return List.copyOf(pairs);
  }
}
