package dev.kvbm.logical.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.Hashes;
import dev.kvbm.tokens.LineageHashes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Block ids of somebody else, and the positions that they have in a request. */
class ExternalBlockAssignmentsTest {
  private static final LineageHashes CHAIN = Hashes.chain(0, 24);

  private static LineageHashes chain(int blocks) {
    return CHAIN.slice(0, blocks);
  }

  /** 100, 200, ... */
  private static int[] ids(int count) {
    return IntStream.rangeClosed(1, count).map(i -> 100 * i).toArray();
  }

  private static ExternalBlockAssignments at(int offset, int... ids) {
    ExternalBlockAssignments assignments = new ExternalBlockAssignments(offset);
    assignments.extendBlockIds(ids);
    return assignments;
  }

  private static int[] assignedIds(ExternalBlockAssignments assignments) {
    return assignments.assigned().stream().mapToInt(AssignedBlock::blockId).toArray();
  }

  private static BlockRange range(int start, int end) {
    return new BlockRange(start, end);
  }

  private static void assertError(Runnable call, AssignmentError error) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            AssignmentException.class, e -> assertThat(e.error()).isEqualTo(error))
        .hasMessage(error.message());
  }

  // --------------- blocks meet ids ---------------

  @ParameterizedTest(name = "{0} complete blocks and {1} tokens, {2} ids: {3} assigned")
  @CsvSource({
    "0, 0, 0, 0", "1, 0, 0, 0", "1, 0, 1, 1", "1, 0, 2, 1", "3, 0, 3, 3", "3, 0, 1, 1",
    "3, 0, 5, 3", "0, 2, 0, 0", "2, 1, 2, 2", "2, 3, 4, 2", "3, 2, 1, 1", "0, 0, 3, 0",
    "0, 3, 2, 0", "10, 0, 10, 10", "5, 1, 0, 0", "5, 3, 5, 5", "5, 0, 7, 5", "1, 3, 3, 1",
  })
  void asManyIdsAreAssignedAsThereAreCompleteBlocks(
      int complete, int tokens, int count, int assigned) {
    BlockSequence sequence = BlockSequence.of(Hashes.tokens(0, 4 * complete + tokens), 4, 42);
    ExternalBlockAssignments assignments = at(0, ids(count));

    assertThat(assignments.assignPending(sequence)).isEqualTo(range(0, assigned));

    assertThat(assignedIds(assignments)).containsExactly(ids(assigned));
    assertThat(assignments.assignedCount()).isEqualTo(assigned);
    assertThat(assignments.unassigned())
        .containsExactly(Arrays.copyOfRange(ids(count), assigned, count));
    for (int i = 0; i < assigned; i++) {
      assertThat(assignments.assigned(i)).contains(new AssignedBlock(100 * (i + 1), CHAIN.get(i)));
    }
    assertThat(assignments.assigned(assigned)).isEmpty();
  }

  @Test
  void idsKeepTheGivenOrderWhateverTheyAre() {
    ExternalBlockAssignments assignments = at(0, 900, 500, 100);

    assignments.assignPending(chain(3));

    assertThat(assignments.assigned())
        .containsExactly(
            new AssignedBlock(900, CHAIN.get(0)),
            new AssignedBlock(500, CHAIN.get(1)),
            new AssignedBlock(100, CHAIN.get(2)));
  }

  @Test
  void knownIdsAreSkipped() {
    ExternalBlockAssignments assignments = at(0, 100, 200);

    assertThat(assignments.assignPending(chain(2))).isEqualTo(range(0, 2));
    assignments.extendBlockIds(100, 200, 300, 400);
    assertThat(assignments.assignPending(chain(4))).isEqualTo(range(2, 4));
    assertThat(assignments.assignPending(chain(4))).isEqualTo(range(4, 4));
    assertThat(assignedIds(assignments)).containsExactly(100, 200, 300, 400);
  }

  @Test
  void idsBeyondTheBlocksWaitForTheNextOnes() {
    ExternalBlockAssignments assignments = at(0, 100, 200);
    assignments.assignPending(chain(2));
    assignments.extendBlockIds(100, 200, 300, 400, 500);

    assertThat(assignments.assignPending(chain(3))).isEqualTo(range(2, 3));

    assertThat(assignments.unassigned()).containsExactly(400, 500);
  }

  @Test
  void oneBlockFirstThenOneMoreWithIdsLeft() {
    ExternalBlockAssignments assignments = at(0, 100);
    assertThat(assignments.assignPending(chain(1))).isEqualTo(range(0, 1));
    assignments.extendBlockIds(100, 200, 300, 400);

    assertThat(assignments.assignPending(chain(2))).isEqualTo(range(1, 2));

    assertThat(assignments.unassigned()).containsExactly(300, 400);
  }

  @Test
  void whatIsGivenWhenNothingIsFreeWaits() {
    ExternalBlockAssignments assignments = at(0, 100, 200);
    assignments.assignPending(chain(2));
    assignments.extendBlockIds(100, 200, 300);

    assertThat(assignments.assignPending(chain(2))).isEqualTo(range(2, 2));

    assertThat(assignments.unassigned()).containsExactly(300);
    assertThat(assignments.unassigned(0)).hasValue(300);
    assertThat(assignments.unassigned(1)).isEmpty();
  }

  @Test
  void waitingIdsComeBeforeNewOnes() {
    ExternalBlockAssignments assignments = at(0, 100, 200, 300);
    assignments.assignPending(chain(3));
    assignments.extendBlockIds(600, 700);
    assignments.extendBlockIds(800, 900);

    assertThat(assignments.assignPending(chain(5))).isEqualTo(range(3, 5));

    assertThat(assignedIds(assignments)).containsExactly(100, 200, 300, 600, 700);
    assertThat(assignments.unassigned()).containsExactly(800, 900);
  }

  @Test
  void waitingAndNewIdsFillTheSpaceExactly() {
    ExternalBlockAssignments assignments = at(0, 100, 200, 300, 400);
    assignments.assignPending(chain(2));
    assignments.extendBlockIds(100, 200, 300, 400, 500);

    assertThat(assignments.assignPending(chain(5))).isEqualTo(range(2, 5));

    assertThat(assignments.unassignedCount()).isZero();
  }

  @Test
  void queuesGrowOverSeveralRoundsAndKeepTheirOrder() {
    ExternalBlockAssignments assignments = at(0, 100, 200);
    assignments.assignPending(chain(2));
    for (int id = 300; id <= 500; id += 100) {
      assignments.extendBlockIds(100, 200, id);
      assertThat(assignments.assignPending(chain(2))).isEqualTo(range(2, 2));
    }
    assertThat(assignments.unassigned()).containsExactly(300, 400, 500);

    assertThat(assignments.assignPending(chain(3))).isEqualTo(range(2, 3));
    assertThat(assignments.assignPending(chain(5))).isEqualTo(range(3, 5));

    assertThat(assignedIds(assignments)).containsExactly(100, 200, 300, 400, 500);
  }

  @Test
  void completingThePartialBlockFreesOnePosition() {
    BlockSequence sequence = BlockSequence.of(Hashes.tokens(0, 11), 4, 42);
    ExternalBlockAssignments assignments = at(0, 100, 200, 300, 400);
    assertThat(assignments.assignPending(sequence)).isEqualTo(range(0, 2));

    sequence.appendToken(11);

    assertThat(assignments.assignPending(sequence)).isEqualTo(range(2, 3));
    assertThat(assignments.assigned(2)).contains(new AssignedBlock(300, CHAIN.get(2)));
    assertThat(assignments.unassigned()).containsExactly(400);
  }

  @Test
  void appendingManyTokensFreesSeveralPositions() {
    BlockSequence sequence = BlockSequence.of(Hashes.tokens(0, 4), 4, 42);
    ExternalBlockAssignments assignments = at(0, 100, 200, 300);
    assignments.assignPending(sequence);

    sequence.extendTokens(Hashes.tokens(4, 8));

    assertThat(assignments.assignPending(sequence)).isEqualTo(range(1, 3));
    assertThat(assignedIds(assignments)).containsExactly(100, 200, 300);
  }

  @Test
  void aShorterSequenceTakesNothingBack() {
    ExternalBlockAssignments assignments = at(0, 100, 200, 300, 400);
    assignments.assignPending(chain(3));

    assertThat(assignments.assignPending(chain(2))).isEqualTo(range(3, 3));

    assertThat(assignedIds(assignments)).containsExactly(100, 200, 300);
    assertThat(assignments.unassigned()).containsExactly(400);
  }

  // --------------- errors change nothing ---------------

  @Test
  void aKnownIdBehindANewOneIsRefused() {
    ExternalBlockAssignments assignments = at(0, 100, 300);
    assignments.assignPending(chain(1));

    assertError(
        () -> assignments.extendBlockIds(200, 100),
        new AssignmentError.OrderingViolation(100, 200, 1, 0));
    assertError(
        () -> assignments.extendBlockIds(100, 400, 500, 300),
        new AssignmentError.OrderingViolation(300, 400, 3, 1));

    assertThat(assignments.blockIds()).containsExactly(100, 300);
    assertThat(assignments.contains(200)).isFalse();
    assertThat(assignments.contains(400)).isFalse();
    assertThat(assignments.contains(500)).isFalse();
  }

  @Test
  void aNewIdGivenTwiceIsRefused() {
    ExternalBlockAssignments assignments = at(0, 100);

    assertError(
        () -> assignments.extendBlockIds(100, 200, 300, 200),
        new AssignmentError.DuplicateBlockId(200));

    assertThat(assignments.blockIds()).containsExactly(100);
    assertThat(assignments.contains(300)).isFalse();
  }

  @Test
  void theFirstOfTwoErrorsIsReported() {
    ExternalBlockAssignments assignments = at(0, 18);

    assertError(
        () -> assignments.extendBlockIds(3, 9, 3, 18), new AssignmentError.DuplicateBlockId(3));
    assertError(
        () -> assignments.extendBlockIds(3, 18, 3),
        new AssignmentError.OrderingViolation(18, 3, 1, 0));
  }

  @Test
  void negativeIdsAreRefused() {
    ExternalBlockAssignments assignments = at(0, 100);

    assertThatThrownBy(() -> assignments.extendBlockIds(100, 200, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> assignments.extendAssigned(new int[] {-1}, chain(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(assignments.blockIds()).containsExactly(100);
    assertThat(assignments.contains(-1)).isFalse();
  }

  @Test
  void hashesOfOtherPositionsAreNotStaged() {
    ExternalBlockAssignments assignments = at(1, 100, 200);

    assertError(
        () -> assignments.stagePending(LineageHashes.of(CHAIN.get(0), CHAIN.get(1), CHAIN.get(0))),
        new AssignmentError.PositionMismatch(2, 0, 200));

    assertThat(assignments.stagedCount()).isZero();
    assertThat(assignments.unassigned()).containsExactly(100, 200);
    assertThat(assignments.stagePending(chain(3))).isEqualTo(range(0, 2));
  }

  @Test
  void anOffsetIsAPosition() {
    assertThatThrownBy(() -> new ExternalBlockAssignments(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ExternalBlockAssignments((1 << 24) + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // --------------- blocks with content ---------------

  @Test
  void blocksWithContentAreAssignedDirectly() {
    ExternalBlockAssignments assignments = new ExternalBlockAssignments(0);

    assertThat(assignments.extendAssigned(ids(3), chain(3))).isEqualTo(3);
    assertThat(assignments.extendAssigned(new int[0], LineageHashes.empty())).isZero();

    assertThat(assignedIds(assignments)).containsExactly(100, 200, 300);
    assertThat(assignments.nextPosition()).isEqualTo(3);
  }

  @Test
  void stagingGoesOnBehindThem() {
    ExternalBlockAssignments assignments = at(0, 700, 800);
    assignments.extendAssigned(ids(2), chain(2));

    assertThat(assignments.stagePending(chain(3))).isEqualTo(range(0, 1));

    assertThat(assignments.staged()).containsExactly(new AssignedBlock(700, CHAIN.get(2)));
    assertThat(assignments.unassigned()).containsExactly(800);
  }

  @Test
  void aBlockThatIsKnownIsNotAssignedAgain() {
    ExternalBlockAssignments assignments = at(0, 300);
    assignments.extendAssigned(ids(1), chain(1));

    assertError(
        () -> assignments.extendAssigned(new int[] {200, 300}, CHAIN.slice(1, 3)),
        new AssignmentError.DuplicateBlockId(300));
    assertError(
        () -> assignments.extendAssigned(new int[] {200, 200}, CHAIN.slice(1, 3)),
        new AssignmentError.DuplicateBlockId(200));

    assertThat(assignments.blockIds()).containsExactly(100, 300);
    assertThat(assignments.contains(200)).isFalse();
  }

  @Test
  void blocksWithContentOfAnotherPositionAreRefused() {
    ExternalBlockAssignments assignments = at(2, 500);

    assertError(
        () -> assignments.extendAssigned(ids(2), CHAIN.slice(1, 3)),
        new AssignmentError.PositionMismatch(2, 1, 100));
    assertError(
        () -> assignments.extendAssigned(ids(2), LineageHashes.of(CHAIN.get(2), CHAIN.get(4))),
        new AssignmentError.PositionMismatch(3, 4, 200));

    assertThat(assignments.assignedCount()).isZero();
    assertThat(assignments.contains(100)).isFalse();
    assertThat(assignments.extendAssigned(ids(2), CHAIN.slice(2, 4))).isEqualTo(2);
  }

  @Test
  void blocksWithContentAreNotPutBeforeStagedOnes() {
    ExternalBlockAssignments assignments = at(0, 500);
    assignments.stagePending(chain(1));

    assertError(
        () -> assignments.extendAssigned(ids(1), chain(1)), new AssignmentError.PositionsTaken(1));

    assignments.commitStaged();
    assertThat(assignments.extendAssigned(ids(1), CHAIN.slice(1, 2))).isEqualTo(1);
    assertThat(assignedIds(assignments)).containsExactly(500, 100);
  }

  @Test
  void eachBlockNeedsAHash() {
    ExternalBlockAssignments assignments = new ExternalBlockAssignments(0);

    assertThatThrownBy(() -> assignments.extendAssigned(ids(2), chain(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 1 hashes for 2 blocks");
    assertThat(assignments.size()).isZero();
  }

  // --------------- phases ---------------

  @Test
  void stagedBlocksBecomeAssignedWhenTheyAreCommitted() {
    ExternalBlockAssignments assignments = at(0, ids(5));

    assertThat(assignments.stagePending(chain(3))).isEqualTo(range(0, 3));
    assertThat(assignments.assignedCount()).isZero();
    assertThat(assignments.stagedCount()).isEqualTo(3);
    assertThat(assignments.staged(2)).contains(new AssignedBlock(300, CHAIN.get(2)));
    assertThat(assignments.staged(3)).isEmpty();
    assertThat(assignments.contains(300)).isTrue();
    assertThat(assignments.commitStaged()).isEqualTo(range(0, 3));
    assertThat(assignments.stagedCount()).isZero();
    assertThat(assignments.stagePending(chain(5))).isEqualTo(range(0, 2));
    assertThat(assignments.commitStaged()).isEqualTo(range(3, 5));
    assertThat(assignments.commitStaged()).isEqualTo(range(5, 5));
    assertThat(new ExternalBlockAssignments(0).stagePending(chain(3))).isEqualTo(range(0, 0));
    assertThat(at(0, ids(5)).stagePending(chain(2))).isEqualTo(range(0, 2));
  }

  @Test
  void stagedBlocksCanBeTakenOut() {
    ExternalBlockAssignments assignments = at(0, ids(5));
    assignments.assignPending(chain(1));
    assignments.stagePending(chain(3));

    assertThat(assignments.takeStaged())
        .containsExactly(
            new AssignedBlock(200, CHAIN.get(1)), new AssignedBlock(300, CHAIN.get(2)));

    assertThat(assignments.takeStaged()).isEmpty();
    assertThat(assignments.contains(200)).isFalse();
    assertThat(assignments.blockIds()).containsExactly(100, 400, 500);
    assertThat(assignments.assignPending(chain(3))).isEqualTo(range(1, 3));
    assertThat(assignedIds(assignments)).containsExactly(100, 400, 500);
  }

  @Test
  void clearingKeepsTheOffset() {
    ExternalBlockAssignments assignments = at(3, ids(4));
    assignments.assignPending(chain(5));

    assignments.clear();

    assertThat(assignments.size()).isZero();
    assertThat(assignments.offset()).isEqualTo(3);
    assertThat(assignments.nextPosition()).isEqualTo(3);
    assertThat(assignments.contains(100)).isFalse();
    assignments.extendBlockIds(100);
    assertThat(assignments.assignPending(chain(4))).isEqualTo(range(0, 1));
  }

  // --------------- positions ---------------

  @Test
  void anOffsetShiftsPositionsAndHashes() {
    ExternalBlockAssignments assignments = at(5, ids(5));

    assertThat(assignments.assignPending(chain(8))).isEqualTo(range(0, 3));

    assertThat(assignments.assigned(0)).contains(new AssignedBlock(100, CHAIN.get(5)));
    assertThat(assignments.assignedPositions()).isEqualTo(range(5, 8));
    assertThat(assignments.nextPosition()).isEqualTo(8);
    assertThat(assignments.pendingPositions()).isEqualTo(range(8, 10));
    assertThat(assignments.unassigned()).containsExactly(400, 500);
    assertThat(assignments)
        .hasToString("ExternalBlockAssignments[offset 5, assigned 3, staged 0, unassigned 2]");
  }

  @Test
  void severalOffsetsCoverOneSequenceIndependently() {
    ExternalBlockAssignments head = at(0, ids(5));
    ExternalBlockAssignments tail = at(5, 1, 2, 3);

    assertThat(head.assignPending(chain(8))).isEqualTo(range(0, 5));
    assertThat(tail.assignPending(chain(8))).isEqualTo(range(0, 3));

    assertThat(head.assignedPositions()).isEqualTo(range(0, 5));
    assertThat(tail.assignedPositions()).isEqualTo(range(5, 8));
    assertThat(tail.atPosition(6)).contains(new AssignedBlock(2, CHAIN.get(6)));
  }

  @Test
  void positionsFollowThePhases() {
    ExternalBlockAssignments assignments = at(3, ids(6));
    assertThat(assignments.assignedPositions()).isEqualTo(range(3, 3));
    assertThat(assignments.stagedPositions()).isEqualTo(range(3, 3));
    assertThat(assignments.pendingPositions()).isEqualTo(range(3, 9));

    assignments.assignPending(chain(5));
    assignments.stagePending(chain(7));

    assertThat(assignments.assignedPositions()).isEqualTo(range(3, 5));
    assertThat(assignments.stagedPositions()).isEqualTo(range(5, 7));
    assertThat(assignments.pendingPositions()).isEqualTo(range(7, 9));
    assertThat(assignments.nextPosition()).isEqualTo(7);
    ExternalBlockAssignments complete = at(5, ids(4));
    complete.assignPending(chain(9));
    assertThat(complete.pendingPositions()).isEqualTo(range(9, 9));
  }

  @Test
  void blocksAreFoundByPosition() {
    ExternalBlockAssignments assignments = at(2, ids(6));
    assignments.assignPending(chain(5));

    assertThat(assignments.atPosition(2)).contains(new AssignedBlock(100, CHAIN.get(2)));
    assertThat(assignments.atPosition(4)).contains(new AssignedBlock(300, CHAIN.get(4)));
    assertThat(assignments.atPosition(1)).isEmpty();
    assertThat(assignments.atPosition(5)).isEmpty();
    assertThat(assignments.atPosition(Integer.MIN_VALUE)).isEmpty();
    assertThat(assignments.pendingAtPosition(5)).hasValue(400);
    assertThat(assignments.pendingAtPosition(7)).hasValue(600);
    assertThat(assignments.pendingAtPosition(4)).isEmpty();
    assertThat(assignments.pendingAtPosition(8)).isEmpty();
  }

  // --------------- model ---------------

  /** Three lists, as the reference has them. */
  private static final class Model {
    final List<AssignedBlock> assigned = new ArrayList<>();
    final List<AssignedBlock> staged = new ArrayList<>();
    final List<Integer> unassigned = new ArrayList<>();

    Set<Integer> all() {
      Set<Integer> all = new HashSet<>(unassigned);
      assigned.forEach(block -> all.add(block.blockId()));
      staged.forEach(block -> all.add(block.blockId()));
      return all;
    }
  }

  @Test
  void anySeriesOfCallsDoesWhatThreeListsDo() {
    for (long seed = 1; seed <= 60; seed++) {
      Random random = new Random(seed);
      int offset = random.nextInt(4);
      ExternalBlockAssignments assignments = new ExternalBlockAssignments(offset);
      Model model = new Model();
      for (int step = 0; step < 200; step++) {
        String context = "seed " + seed + ", step " + step;
        step(random, offset, assignments, model);
        assertThat(assignments.assigned()).as(context).isEqualTo(model.assigned);
        assertThat(assignments.staged()).as(context).isEqualTo(model.staged);
        assertThat(Arrays.stream(assignments.unassigned()).boxed().toList())
            .as(context)
            .isEqualTo(model.unassigned);
        Set<Integer> all = model.all();
        assertThat(all).as(context).hasSize(assignments.size());
        for (int id = 0; id < 40; id++) {
          assertThat(assignments.contains(id)).as(context).isEqualTo(all.contains(id));
        }
      }
    }
  }

  private static void step(
      Random random, int offset, ExternalBlockAssignments assignments, Model model) {
    int next = offset + model.assigned.size() + model.staged.size();
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        int[] given = random.ints(random.nextInt(5), 0, 40).toArray();
        boolean refused = false;
        Set<Integer> fresh = new HashSet<>();
        Set<Integer> all = model.all();
        for (int id : given) {
          refused |= all.contains(id) ? !fresh.isEmpty() : !fresh.add(id);
        }
        if (refused) {
          assertThatThrownBy(() -> assignments.extendBlockIds(given))
              .isInstanceOf(AssignmentException.class);
        } else {
          assignments.extendBlockIds(given);
          Arrays.stream(given).filter(id -> !all.contains(id)).forEach(model.unassigned::add);
        }
      }
      case 3 -> {
        int blocks = random.nextInt(24);
        assignments.stagePending(chain(blocks));
        for (int p = next; p < blocks && !model.unassigned.isEmpty(); p++) {
          model.staged.add(new AssignedBlock(model.unassigned.removeFirst(), CHAIN.get(p)));
        }
      }
      case 4 -> {
        assignments.commitStaged();
        model.assigned.addAll(model.staged);
        model.staged.clear();
      }
      case 5 -> {
        int id = random.nextInt(40);
        if (next < 24 && model.staged.isEmpty() && !model.all().contains(id)) {
          assignments.extendAssigned(new int[] {id}, CHAIN.slice(next, next + 1));
          model.assigned.add(new AssignedBlock(id, CHAIN.get(next)));
        }
      }
      case 6 -> {
        assertThat(assignments.takeStaged()).isEqualTo(model.staged);
        model.staged.clear();
      }
      default -> {
        if (random.nextInt(10) == 0) {
          assignments.clear();
          model.assigned.clear();
          model.staged.clear();
          model.unassigned.clear();
        }
      }
    }
  }
}
