package dev.kvbm.bench.cases;

import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.TokenBlock;
import dev.kvbm.tokens.TokenBlockSequence;
import dev.kvbm.tokens.TokenHashing;

/** Hashing a prompt. */
final class HashCases {
  private HashCases() {}

  /**
   * A whole sequence with its own copy of the tokens. The form {@code objects} makes the object of
   * every block too, as the original always does.
   */
  static BenchCase sequence(CaseName name) {
    return name.isForm("objects") ? new SequenceOfObjects(name) : new Sequence(name);
  }

  abstract static class Prompt extends BenchCase {
    final int[] tokens;
    final int blockSize;

    Prompt(CaseName name) {
      tokens = Chains.randomTokens(new SplitMix(42), name.number("tokens"));
      blockSize = name.number("bs");
    }

    @Override
    public long expected() {
      return tokens.length / blockSize;
    }
  }

  private static final class Sequence extends Prompt {
    Sequence(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      return TokenBlockSequence.of(tokens, blockSize).lineageHashes().size();
    }
  }

  private static final class SequenceOfObjects extends Prompt {
    SequenceOfObjects(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      long blocks = 0;
      for (TokenBlock block : TokenBlockSequence.of(tokens, blockSize).blocks()) {
        blocks += block.lineageHash().position() >= 0 ? 1 : 0;
      }
      return blocks;
    }
  }

  /** The lineage hashes alone, into a buffer that is used again. */
  static final class HashesOnly extends Prompt {
    private final LineageHashBuffer hashes = new LineageHashBuffer();

    HashesOnly(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      hashes.clear();
      return TokenHashing.appendLineageHashes(
          tokens, 0, tokens.length, blockSize, TokenHashing.NO_SALT, hashes);
    }
  }
}
