package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.event.BlockEventListener;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Derives the reference's registry events from this library's facts.
 *
 * <p>The reference announces a hash when the first of slots and handles registers it, in any
 * manager, and takes it back when the last one goes. Here managers report what each of them created
 * and removed, and handles are the runner's own: both are counted as holds of a hash.
 */
final class RegistrationEvents implements BlockEventListener {

  /** An event of the reference: {@code kind} is "C" or "R". */
  record Event(String kind, PositionalLineageHash hash) {}

  private final EventFilter filter;
  private final Map<PositionalLineageHash, Integer> holds = new HashMap<>();
  private List<Event> emitted = new ArrayList<>();
  private @Nullable String inconsistency;

  RegistrationEvents(EventFilter filter) {
    this.filter = filter;
  }

  @Override
  public void onEvent(BlockEventListener.Event fact) {
    switch (fact.kind()) {
      case CREATED -> hold(fact.hash());
      case REMOVED -> release(fact.hash());
    }
  }

  /** Somebody more keeps the hash registered. */
  void hold(PositionalLineageHash hash) {
    if (holds.merge(hash, 1, Integer::sum) == 1 && filter.accepts(hash)) {
      emitted.add(new Event("C", hash));
    }
  }

  /** Somebody less does. */
  void release(PositionalLineageHash hash) {
    Integer before = holds.get(hash);
    if (before == null) {
      inconsistency = "removed without having been created: " + hash;
    } else if (before > 1) {
      holds.put(hash, before - 1);
    } else {
      holds.remove(hash);
      if (filter.accepts(hash)) {
        emitted.add(new Event("R", hash));
      }
    }
  }

  /** The events since the last call. */
  List<Event> take() {
    List<Event> result = emitted;
    emitted = new ArrayList<>();
    return result;
  }

  /** A fact that contradicts earlier ones; null if there was none. */
  @Nullable String inconsistency() {
    return inconsistency;
  }

  /** How many hashes are registered. */
  int registered() {
    return holds.size();
  }
}
