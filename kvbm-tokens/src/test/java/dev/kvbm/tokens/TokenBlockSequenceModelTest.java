package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random operations against plain lists; a failure names the seed and the step. */
class TokenBlockSequenceModelTest {
  private static final int[] BLOCK_SIZES = {1, 2, 3, 4, 7, 16, 61, 64};

  @Test
  void anyMixOfTextOperationsEqualsASequenceMadeAtOnce() {
    for (long seed = 0; seed < 150; seed++) {
      Random random = new Random(seed);
      int blockSize = BLOCK_SIZES[random.nextInt(BLOCK_SIZES.length)];
      long salt = random.nextLong();
      TokenBlockSequence sequence = TokenBlockSequence.empty(blockSize, salt);
      int[] model = {};
      List<LineageHashes> views = new ArrayList<>();
      List<List<PositionalLineageHash>> shown = new ArrayList<>();
      for (int step = 0; step < 60; step++) {
        String what = "seed " + seed + ", step " + step;
        int before = sequence.blockCount();
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> {
            int[] more = random.ints(random.nextInt(3 * blockSize + 2)).toArray();
            model = concat(model, more);
            assertThat(sequence.extend(more)).as(what).isEqualTo(model.length / blockSize - before);
          }
          case 3 -> {
            int token = random.nextInt();
            model = concat(model, new int[] {token});
            assertThat(sequence.append(token)).as(what).isEqualTo(model.length % blockSize == 0);
          }
          case 4 -> {
            int keep = random.nextInt(model.length + 3);
            sequence.truncate(keep);
            model = Arrays.copyOf(model, Math.min(keep, model.length));
          }
          case 5 -> {
            int drop = random.nextInt(model.length + 1);
            sequence.unwind(drop);
            model = Arrays.copyOf(model, model.length - drop);
          }
          case 6 -> {
            if (model.length == 0) {
              assertThat(sequence.pop()).as(what).isEmpty();
            } else {
              assertThat(sequence.pop()).as(what).hasValue(model[model.length - 1]);
              model = Arrays.copyOf(model, model.length - 1);
            }
          }
          default -> {
            views.add(sequence.from(random.nextInt(before + 1)));
            shown.add(List.of(views.getLast().toArray()));
          }
        }
        TokenBlockSequence rebuilt = TokenBlockSequence.of(model, blockSize, salt);
        assertThat(sequence).as(what).isEqualTo(rebuilt).hasSameHashCodeAs(rebuilt);
        assertThat(sequence.lineageHashes()).as(what).isEqualTo(rebuilt.lineageHashes());
        assertThat(sequence.blockHashes()).as(what).isEqualTo(rebuilt.blockHashes());
        assertThat(sequence.sequenceHashes()).as(what).isEqualTo(rebuilt.sequenceHashes());
        assertThat(sequence.currentBlock()).as(what).isEqualTo(rebuilt.currentBlock());
        assertThat(sequence.blocks()).as(what).isEqualTo(rebuilt.blocks());
      }
      SequenceAssert.isConsistent("seed " + seed, sequence);
      for (int i = 0; i < views.size(); i++) {
        assertThat(views.get(i))
            .as("seed %s, view %s", seed, i)
            .containsExactlyElementsOf(shown.get(i));
      }
    }
  }

  @Test
  void anyCutOfAMultimodalStreamGivesTheHashesOfTheBatch() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int blockSize = BLOCK_SIZES[random.nextInt(BLOCK_SIZES.length)];
      long salt = random.nextLong();
      int length = random.nextInt(8 * blockSize + 30);
      int[] tokens = random.ints(length).toArray();
      List<TokenBlockMmInfo> runs = randomRuns(random, length);
      int[] zeroed = tokens.clone();
      for (TokenBlockMmInfo run : runs) {
        Arrays.fill(zeroed, (int) run.offset(), (int) run.end(), 0);
      }
      List<TokenBlockMmInfo> shuffled = new ArrayList<>(runs);
      java.util.Collections.shuffle(shuffled, random);
      TokenBlockSequence batch =
          TokenBlockSequence.withMultimodal(zeroed, shuffled, blockSize, salt);
      SequenceAssert.isConsistent("seed " + seed + ", batch", batch);

      TokenBlockSequence stream = TokenBlockSequence.empty(blockSize, salt);
      int completed = 0;
      int at = 0;
      int run = 0;
      while (at < length) {
        // Up to a random cut that does not lie within a run.
        int to = at + 1 + random.nextInt(length - at);
        int runsTo = run;
        while (runsTo < runs.size() && runs.get(runsTo).offset() < to) {
          to = Math.max(to, (int) runs.get(runsTo).end());
          runsTo++;
        }
        if (runsTo == run + 1 && runs.get(run).offset() == at && runs.get(run).end() == to) {
          completed += stream.pushMmRun(runs.get(run).mmHash(), to - at);
        } else if (runsTo == run) {
          completed += stream.extend(tokens, at, to);
        } else {
          List<TokenBlockMmInfo> relative = new ArrayList<>();
          for (TokenBlockMmInfo r : runs.subList(run, runsTo)) {
            relative.add(new TokenBlockMmInfo(r.mmHash(), r.offset() - at, r.length()));
          }
          completed += stream.extendWithMm(Arrays.copyOfRange(tokens, at, to), relative);
        }
        run = runsTo;
        at = to;
      }
      String what = "seed " + seed + ", stream";
      assertThat(stream).as(what).isEqualTo(batch);
      assertThat(stream.lineageHashes()).as(what).isEqualTo(batch.lineageHashes());
      assertThat(completed).as(what).isEqualTo(batch.blockCount());
    }
  }

  @Test
  void anotherImageChangesItsBlocksAndAllLaterOnes() {
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      int[] tokens = random.ints(64).toArray();
      int offset = random.nextInt(60);
      int length = 1 + random.nextInt(64 - offset);
      TokenBlockSequence one =
          TokenBlockSequence.withMultimodal(
              tokens, List.of(new TokenBlockMmInfo(1, offset, length)), 4, 5);
      TokenBlockSequence other =
          TokenBlockSequence.withMultimodal(
              tokens, List.of(new TokenBlockMmInfo(2, offset, length)), 4, 5);
      for (int block = 0; block < 16; block++) {
        boolean touched = 4 * block < offset + length && 4 * (block + 1) > offset;
        assertThat(one.blockHash(block) != other.blockHash(block))
            .as("seed %s, block %s", seed, block)
            .isEqualTo(touched);
        assertThat(one.sequenceHash(block) != other.sequenceHash(block))
            .as("seed %s, block %s", seed, block)
            .isEqualTo(4 * (block + 1) > offset);
      }
    }
  }

  private static List<TokenBlockMmInfo> randomRuns(Random random, int length) {
    List<TokenBlockMmInfo> runs = new ArrayList<>();
    int at = 0;
    while (true) {
      at += random.nextInt(length / 3 + 2);
      int size = 1 + random.nextInt(length / 3 + 2);
      if (at + size > length) {
        return runs;
      }
      runs.add(new TokenBlockMmInfo(random.nextInt(3), at, size));
      at += size;
    }
  }

  private static int[] concat(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
