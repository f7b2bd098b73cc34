package dev.kvbm.replay.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** A block pool with LRU eviction in a few lines: names of blocks, counts of references. */
final class NaivePool {
  /** What one request holds: names of registered blocks, in order, and slots without a name. */
  static final class Lease {
    final List<String> registered = new ArrayList<>();
    final List<Boolean> duplicate = new ArrayList<>();
    int open;

    int held() {
      return registered.size() + open;
    }
  }

  private final Map<String, Integer> references = new HashMap<>();
  private final LinkedHashSet<String> idle = new LinkedHashSet<>();
  private int free;
  long evictions;
  long registrations;

  NaivePool(int blocks) {
    free = blocks;
  }

  int available() {
    return free + idle.size();
  }

  int present(List<String> names) {
    int n = 0;
    while (n < names.size() && references.containsKey(names.get(n))) {
      n++;
    }
    return n;
  }

  int match(List<String> names, Lease lease) {
    int n = present(names);
    for (String name : names.subList(0, n)) {
      reference(name);
      lease.registered.add(name);
      lease.duplicate.add(false);
    }
    return n;
  }

  boolean allocate(int n, Lease lease) {
    if (n > available()) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      if (free > 0) {
        free--;
      } else {
        String victim = idle.removeFirst();
        references.remove(victim);
        evictions++;
      }
    }
    lease.open += n;
    return true;
  }

  /** The first slot without a name gets one. */
  void register(String name, Lease lease) {
    lease.open--;
    registrations++;
    boolean duplicate = references.containsKey(name);
    reference(name);
    lease.registered.add(name);
    lease.duplicate.add(duplicate);
  }

  private void reference(String name) {
    idle.remove(name);
    references.merge(name, 1, Integer::sum);
  }

  /** Everything goes back, the last block first. */
  void release(Lease lease) {
    free += lease.open;
    lease.open = 0;
    for (int i = lease.registered.size() - 1; i >= 0; i--) {
      String name = lease.registered.get(i);
      if (lease.duplicate.get(i)) {
        free++;
      }
      if (references.merge(name, -1, Integer::sum) == 0) {
        idle.addLast(name);
      }
    }
    lease.registered.clear();
    lease.duplicate.clear();
  }
}
