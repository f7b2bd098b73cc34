package dev.kvbm.testkit.model;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a registry has to know: who holds what, open handles, attachments, accesses. */
final class NaiveRegistry {
  private static final class Entry {
    int users;
    final List<String> attached = new ArrayList<>();
  }

  final List<NaivePool> pools = new ArrayList<>();
  private final Map<PositionalLineageHash, Entry> entries = new HashMap<>();
  private final Map<PositionalLineageHash, Integer> touches = new HashMap<>();

  void touch(PositionalLineageHash hash) {
    touches.merge(hash, 1, (a, b) -> Math.min(15, a + b));
  }

  int count(PositionalLineageHash hash) {
    return touches.getOrDefault(hash, 0);
  }

  boolean isPresent(PositionalLineageHash hash) {
    return pools.stream().anyMatch(pool -> pool.holds(hash));
  }

  boolean isRegistered(PositionalLineageHash hash) {
    return entries.containsKey(hash) || isPresent(hash);
  }

  /** Whether somebody else than {@code pool} knows the hash. */
  boolean isKnownBeside(NaivePool pool, PositionalLineageHash hash) {
    return entries.containsKey(hash)
        || pools.stream().anyMatch(other -> other != pool && other.holds(hash));
  }

  int registeredCount() {
    Set<PositionalLineageHash> all = new HashSet<>(entries.keySet());
    pools.forEach(pool -> all.addAll(pool.held()));
    return all.size();
  }

  void openHandle(PositionalLineageHash hash) {
    entries.computeIfAbsent(hash, key -> new Entry()).users++;
  }

  void closeHandle(PositionalLineageHash hash) {
    Entry entry = entry(hash);
    entry.users--;
    if (entry.users == 0 && (entry.attached.isEmpty() || !isPresent(hash))) {
      entries.remove(hash);
    }
  }

  void attach(PositionalLineageHash hash, String value) {
    entry(hash).attached.add(value);
  }

  List<String> attached(PositionalLineageHash hash) {
    return entry(hash).attached;
  }

  /** A pool does not hold the hash any more. */
  void contentLeft(PositionalLineageHash hash) {
    Entry entry = entries.get(hash);
    if (entry != null && entry.users == 0 && !isPresent(hash)) {
      entries.remove(hash);
    }
  }

  private Entry entry(PositionalLineageHash hash) {
    Entry entry = entries.get(hash);
    if (entry == null) {
      throw new IllegalStateException("nobody has a handle of " + hash);
    }
    return entry;
  }
}
