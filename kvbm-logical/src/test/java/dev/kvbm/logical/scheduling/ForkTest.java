package dev.kvbm.logical.scheduling;

import static dev.kvbm.logical.scheduling.Requests.blocks;
import static dev.kvbm.logical.scheduling.Requests.decode;
import static dev.kvbm.logical.scheduling.Requests.fresh;
import static dev.kvbm.logical.scheduling.Requests.matchable;
import static dev.kvbm.logical.scheduling.Requests.prefilled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.Pools;
import dev.kvbm.logical.tier.G1;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Beams and parallel samples. */
class ForkTest {
  @RegisterExtension final Pools pools = new Pools();

  @Test
  void bothShareThePrefixAndTheTailIsCopied() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> parent = prefilled(manager, 10, 9);

    Fork<SchedulableSequence<G1>> fork = parent.fork().orElseThrow();
    SchedulableSequence<G1> child = fork.child();

    assertThat(parent.pageTable()).containsExactly(0, 1, 2);
    assertThat(child.pageTable()).containsExactly(0, 1, 3);
    assertThat(fork.copies()).containsExactly(new BlockCopy(2, 3, 2));
    assertThat(child.kvPosition()).isEqualTo(10);
    assertThat(child.prefillPosition()).isEqualTo(10);
    assertThat(child.totalTokens()).isEqualTo(11);
    assertThat(child.inputTokens()).isEqualTo(10);
    assertThat(child.generatedTokens()).isEqualTo(1);
    assertThat(child.state()).isEqualTo(new SequenceState.Idle());
    assertThat(child.publication()).isEqualTo(parent.publication());
    parent.close();
    child.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void eachGoesItsOwnWay() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> parent = prefilled(manager, 6, 9);
    SchedulableSequence<G1> child = parent.fork().orElseThrow().child();

    assertThat(child.scheduleDecode().isAllocated()).isTrue();
    assertThat(child.applyDecode(700)).isEqualTo(DecodeOutcome.BLOCK_COMPLETED);
    assertThat(decode(parent)).isEqualTo(DecodeOutcome.BLOCK_COMPLETED);

    assertThat(parent.token(7)).isEqualTo(7);
    assertThat(child.token(7)).isEqualTo(700);
    assertThat(parent.lineageHashes().get(0)).isEqualTo(child.lineageHashes().get(0));
    assertThat(parent.lineageHashes().get(1)).isNotEqualTo(child.lineageHashes().get(1));
    parent.close();
    assertThat(child.scheduleDecode().isAllocated()).isTrue();
    assertThat(child.applyDecode(701)).isEqualTo(DecodeOutcome.CONTINUE);
    assertThat(blocks(child)).isEqualTo("2+1");
    assertThat(matchable(manager, 2)).as("only the first block is the parent's").isEqualTo(1);
    child.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void nothingIsCopiedAtTheEndOfABlock() {
    BlockManager<G1> manager = pools.of(3);
    SchedulableSequence<G1> parent = prefilled(manager, 8, 9);

    Fork<SchedulableSequence<G1>> fork = parent.fork().orElseThrow();

    assertThat(fork.copies()).isEmpty();
    assertThat(fork.child().pageTable()).containsExactly(0, 1);
    assertThat(manager.availableBlocks()).isEqualTo(1);
    fork.child().close();
    parent.close();
  }

  @Test
  void blocksForWhatComesNextAreNotCopied() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> parent = prefilled(manager, 8, 9);
    assertThat(parent.scheduleSpeculative(6).isAllocated()).isTrue();
    parent.applySpeculative();
    assertThat(blocks(parent)).isEqualTo("2+1");

    Fork<SchedulableSequence<G1>> fork = parent.fork().orElseThrow();

    assertThat(fork.copies()).isEmpty();
    assertThat(blocks(fork.child())).isEqualTo("2+0");
    fork.child().close();
    parent.close();
  }

  @Test
  void manySamplesOfOnePromptShareIt() {
    BlockManager<G1> manager = pools.of(20);
    SchedulableSequence<G1> first = prefilled(manager, 40, 9);
    List<SchedulableSequence<G1>> samples = new ArrayList<>(List.of(first));
    for (int i = 1; i < 8; i++) {
      samples.add(first.fork().orElseThrow().child());
    }
    assertThat(manager.availableBlocks()).isEqualTo(10);
    for (SchedulableSequence<G1> sample : samples) {
      assertThat(sample.scheduleDecode().isAllocated()).isTrue();
    }
    assertThat(manager.availableBlocks()).isEqualTo(2);
    samples.forEach(SchedulableSequence::close);
    assertThat(manager.availableBlocks()).isEqualTo(20);
  }

  @Test
  void aForkThatFindsNoBlockChangesNothing() {
    BlockManager<G1> manager = pools.of(3);
    SchedulableSequence<G1> parent = prefilled(manager, 10, 9);
    String before = Requests.blocks(parent);

    assertThat(parent.fork()).isEmpty();

    assertThat(Requests.blocks(parent)).isEqualTo(before);
    assertThat(parent.kvPosition()).isEqualTo(10);
    parent.close();
    assertThat(manager.availableBlocks()).isEqualTo(3);
  }

  @Test
  void aRequestCanBeForkedBeforeAndDuringPrefill() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> parent = fresh(manager, 10, 9);
    Fork<SchedulableSequence<G1>> early = parent.fork().orElseThrow();
    assertThat(early.copies()).isEmpty();
    assertThat(early.child().tailTokens()).isEqualTo(10);
    assertThat(parent.schedulePrefill(6).isAllocated()).isTrue();
    parent.applyPrefill();

    Fork<SchedulableSequence<G1>> fork = parent.fork().orElseThrow();

    assertThat(fork.copies()).hasSize(1);
    assertThat(fork.copies().getFirst().tokens()).isEqualTo(2);
    assertThat(fork.child().tailTokens()).isEqualTo(4);
    Requests.prefill(fork.child());
    assertThat(blocks(fork.child())).isEqualTo("2+1");
    early.child().close();
    fork.child().close();
    parent.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void theReferencesTimingForksAsWell() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> parent = prefilled(manager, 10, 9, Publication.REFERENCE);
    parent.release();
    assertThat(parent.fork().orElseThrow().child().heldBlocks()).isZero();
    assertThat(parent.reacquire().isAllocated()).isTrue();

    SchedulableSequence<G1> child = parent.fork().orElseThrow().child();

    assertThat(child.kvPosition()).isEqualTo(10);
    assertThat(child.pageTable()).containsExactly(parent.blockId(0), parent.blockId(1));
    child.close();
    parent.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }
}
