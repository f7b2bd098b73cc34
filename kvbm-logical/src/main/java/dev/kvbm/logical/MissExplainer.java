package dev.kvbm.logical;

import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers why a lookup broke off, from the store's table and its {@link MissHistory}.
 *
 * <p>To see that the same tokens are held under another salt, it remembers the last {@value
 * #MAX_SALTS} different salts of the sequences that were matched. Thread-safe.
 */
final class MissExplainer {
  private static final int MAX_SALTS = 64;

  private final BlockStore<?> store;
  private final MissHistory history;
  private final Set<Long> salts = new LinkedHashSet<>();

  MissExplainer(BlockStore<?> store, MissHistory history) {
    this.store = store;
    this.history = history;
  }

  synchronized void saw(long salt) {
    // The set keeps the order of insertion: what is seen again moves to the end.
    salts.remove(salt);
    if (salts.size() == MAX_SALTS) {
      salts.remove(salts.iterator().next());
    }
    salts.add(salt);
  }

  MissExplanation explain(LineageHashes hashes) {
    return explain(hashes, null);
  }

  MissExplanation explain(TokenBlockSequence sequence) {
    return explain(sequence.lineageHashes(), sequence);
  }

  private MissExplanation explain(LineageHashes hashes, @Nullable TokenBlockSequence sequence) {
    int held = 0;
    MissExplanation.Departure departure = null;
    boolean complete;
    store.lock.lock();
    try {
      while (held < hashes.size() && store.slots.find(hashes.hi(held), hashes.lo(held)) >= 0) {
        held++;
      }
      if (held < hashes.size()) {
        departure = history.find(hashes.hi(held), hashes.lo(held));
      }
      complete = history.isComplete();
    } finally {
      store.lock.unlock();
    }
    if (held == hashes.size()) {
      boolean rest =
          sequence != null && sequence.totalTokens() > (long) held * sequence.blockSize();
      return result(
          held, rest ? MissExplanation.Cause.PARTIAL_BLOCK : MissExplanation.Cause.COMPLETE);
    }
    if (departure != null) {
      return new MissExplanation(held, departure.cause(), departure, OptionalLong.empty());
    }
    if (sequence != null) {
      OptionalLong salt = heldUnderOtherSalt(sequence, held);
      if (salt.isPresent()) {
        return new MissExplanation(held, MissExplanation.Cause.OTHER_SALT, null, salt);
      }
    }
    return result(
        held, complete ? MissExplanation.Cause.NEVER_SEEN : MissExplanation.Cause.UNKNOWN);
  }

  private OptionalLong heldUnderOtherSalt(TokenBlockSequence sequence, int block) {
    int[] prefix = sequence.tokensAt(0, (block + 1) * sequence.blockSize());
    Set<Long> candidates;
    synchronized (this) {
      candidates = Set.copyOf(salts);
    }
    for (long salt : candidates) {
      if (salt != sequence.saltHash()) {
        LineageHashes other =
            TokenBlockSequence.of(prefix, sequence.blockSize(), salt).lineageHashes();
        if (store.isPresent(other.hi(block), other.lo(block))) {
          return OptionalLong.of(salt);
        }
      }
    }
    return OptionalLong.empty();
  }

  private static MissExplanation result(int held, MissExplanation.Cause cause) {
    return new MissExplanation(held, cause, null, OptionalLong.empty());
  }
}
