package dev.kvbm.testkit.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * The ids under which the reference files the assigned blocks of one object. It keeps the id that a
 * block had before it was registered; here a block that was rejected as a duplicate gives way to
 * the one that has its hash, under its real id (row ★6). What is answered with a filed id in the
 * reference is answered with it by the runner, which watches the ids before and after each step.
 */
final class FiledKeys {
  private final List<Integer> keys = new ArrayList<>();

  int size() {
    return keys.size();
  }

  int get(int i) {
    return keys.get(i);
  }

  void add(int key) {
    keys.add(key);
  }

  void clear() {
    keys.clear();
  }

  boolean contains(int id) {
    return keys.contains(id);
  }

  /**
   * An operation has been performed.
   *
   * @param before all ids before it
   * @param assigned how many blocks are assigned after it
   * @param after all ids after it
   */
  void follow(int[] before, int assigned, int[] after) {
    while (keys.size() > assigned) {
      keys.removeLast();
    }
    for (int i = keys.size(); i < assigned; i++) {
      keys.add(i < before.length ? before[i] : after[i]);
    }
  }

  /**
   * Whether one of the ids from {@code from} on is filed already: the reference would refuse it.
   */
  boolean containsAny(int[] ids, int from) {
    for (int i = from; i < ids.length; i++) {
      if (keys.contains(ids[i])) {
        return true;
      }
    }
    return false;
  }

  /** {@code ids} with the filed ids in place of the real ones of the assigned blocks. */
  int[] applyTo(int[] ids) {
    int[] filed = ids.clone();
    for (int i = 0; i < keys.size(); i++) {
      filed[i] = keys.get(i);
    }
    return filed;
  }
}
