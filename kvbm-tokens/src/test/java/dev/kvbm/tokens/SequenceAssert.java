package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.tokens.Vectors.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Compares sequences with recorded ones and with their own definition. */
final class SequenceAssert {
  private SequenceAssert() {}

  static List<TokenBlockMmInfo> runs(Node list) {
    List<TokenBlockMmInfo> runs = new ArrayList<>();
    if (!list.isNull()) {
      for (Node run : list.items()) {
        runs.add(
            new TokenBlockMmInfo(run.hash("mm_hash"), run.number("offset"), run.number("length")));
      }
    }
    return runs;
  }

  /** A block against what was recorded of it. */
  static void matches(Node expected, TokenBlock block) {
    String path = expected.path();
    assertThat(block.position()).as(path).isEqualTo(expected.integer("position"));
    assertThat(block.blockHash()).as(path).isEqualTo(expected.hash("block_hash"));
    assertThat(block.sequenceHash()).as(path).isEqualTo(expected.hash("sequence_hash"));
    assertThat(block.parentSequenceHash())
        .as(path)
        .isEqualTo(parent(expected.get("parent_sequence_hash")));
    assertThat(block.positionalSequenceHash().toHex()).as(path).isEqualTo(expected.text("psh"));
    assertThat(block.lineageHash().toHex()).as(path).isEqualTo(expected.text("plh"));
    assertThat(block.lineageHash()).as(path).hasToString(expected.text("plh_display"));
    if (expected.has("tokens")) {
      assertThat(block.tokens().toArray()).as(path).isEqualTo(expected.tokens("tokens"));
    }
    if (expected.has("salt_hash")) {
      assertThat(block.saltHash()).as(path).isEqualTo(expected.hash("salt_hash"));
    }
    if (expected.has("block_size")) {
      assertThat(block.blockSize()).as(path).isEqualTo(expected.integer("block_size"));
    }
  }

  /** The block of a sequence in each of the ways it can be read. */
  static void matches(Node expected, TokenBlockSequence sequence) {
    int i = expected.integer("position");
    matches(expected, sequence.block(i));
    assertThat(sequence.blockHash(i)).isEqualTo(expected.hash("block_hash"));
    assertThat(sequence.sequenceHash(i)).isEqualTo(expected.hash("sequence_hash"));
    assertThat(sequence.lineageHash(i).toHex()).isEqualTo(expected.text("plh"));
    assertThat(sequence.lineageHashes().get(i).toHex()).isEqualTo(expected.text("plh"));
  }

  static void matchesCurrent(Node expected, PartialTokenBlock current) {
    String path = expected.path();
    assertThat(current.tokens().toArray()).as(path).isEqualTo(expected.tokens("tokens"));
    assertThat(current.length()).as(path).isEqualTo(expected.integer("len"));
    assertThat(current.remaining()).as(path).isEqualTo(expected.integer("remaining"));
    assertThat(current.isEmpty()).as(path).isEqualTo(expected.flag("is_empty"));
    assertThat(current.position()).as(path).isEqualTo(expected.integer("position"));
    assertThat(current.parentSequenceHash())
        .as(path)
        .isEqualTo(parent(expected.get("parent_sequence_hash")));
  }

  private static OptionalLong parent(Node hash) {
    return hash.isNull() ? OptionalLong.empty() : OptionalLong.of(hash.hash());
  }

  /** Every hash and count against the definitions, computed block by block. */
  static void isConsistent(String what, TokenBlockSequence sequence) {
    int size = sequence.blockSize();
    int[] all = sequence.tokensAt(0, sequence.totalTokens());
    assertThat(all).as(what).hasSize(sequence.totalTokens());
    assertThat(sequence.blockCount()).as(what).isEqualTo(all.length / size);
    assertThat(sequence.currentLength()).as(what).isEqualTo(all.length % size);
    assertThat(sequence.lineageHashes().size()).as(what).isEqualTo(sequence.blockCount());
    PositionalLineageHash hash = null;
    for (int i = 0; i < sequence.blockCount(); i++) {
      int[] block = java.util.Arrays.copyOfRange(all, i * size, (i + 1) * size);
      byte[] bytes = TokenHashing.blockBytesWithMm(block, (long) i * size, sequence.mmRuns());
      long blockHash = TokenHashing.blockHashOfBytes(bytes, sequence.saltHash());
      hash = hash == null ? PositionalLineageHash.root(blockHash) : hash.extend(blockHash);
      assertThat(sequence.blockHash(i)).as("%s, block %s", what, i).isEqualTo(blockHash);
      assertThat(sequence.lineageHash(i)).as("%s, block %s", what, i).isEqualTo(hash);
      assertThat(sequence.sequenceHash(i)).as(what).isEqualTo(hash.currentSequenceHash());
    }
    PartialTokenBlock current = sequence.currentBlock();
    assertThat(current.tokens().toArray())
        .as(what)
        .isEqualTo(sequence.tokensAt(sequence.blockCount() * size, all.length));
    assertThat(current.position()).as(what).isEqualTo(sequence.blockCount());
    assertThat(current.parentSequenceHash())
        .as(what)
        .isEqualTo(
            hash == null ? OptionalLong.empty() : OptionalLong.of(hash.currentSequenceHash()));
  }
}
