package dev.kvbm.tokens;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A concurrent map from positional hashes to values, in two levels: first the position, then the
 * hash.
 *
 * <p>It is no prefix tree; the position is the only digit. What it offers over one map is a lock a
 * position: {@link #update} runs an action on all entries of a position while no other thread can
 * reach them.
 *
 * <p>Thread-safe. Methods that name a key or a position lock that position alone and wait for
 * whoever holds it; other positions are not touched. {@link #size()}, {@link #isEmpty()} and {@link
 * #copy()} visit one position after the other and are no snapshot while others write.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class PositionalRadixTree<K extends PositionalHash, V> {
  /*
   * State: levels by position. A level, once made, stays: an action may hold its lock while another
   * thread looks the position up, so removing an empty level would split the position in two.
   *
   * Ordering: every access to a level's entries holds the level's lock. Locks are reentrant. No method
   * holds two locks, so a deadlock needs an action that works on a second position while another one
   * does so in the opposite order.
   */

  private static final class Level<K, V> {
    final ReentrantLock lock = new ReentrantLock();
    final Map<K, V> entries;

    Level(Map<K, V> entries) {
      this.entries = entries;
    }

    <R extends @Nullable Object> R locked(Function<? super Map<K, V>, ? extends R> action) {
      lock.lock();
      try {
        return action.apply(entries);
      } finally {
        lock.unlock();
      }
    }
  }

  private final ConcurrentHashMap<Integer, Level<K, V>> levels = new ConcurrentHashMap<>();

  /** Makes an empty tree. */
  public PositionalRadixTree() {}

  /**
   * Runs an action on all entries of a key's position, alone. The position exists from then on.
   *
   * <p>The map is only valid during the call. The action must not put keys of another position, and
   * should not call methods of this tree for other positions: two actions that do so crosswise wait
   * for each other forever.
   *
   * @param key names the position; it need not have an entry
   * @param action what to do
   * @param <R> what the action returns
   * @return the action's result
   */
  public <R extends @Nullable Object> R update(
      K key, Function<? super Map<K, V>, ? extends R> action) {
    return levels.computeIfAbsent(key.position(), _ -> new Level<>(new HashMap<>())).locked(action);
  }

  /**
   * Runs an action on all entries of a position, alone, if the position exists. The rules of {@link
   * #update} hold.
   *
   * @param position the position
   * @param action what to do; its result must not be null
   * @param <R> what the action returns
   * @return the action's result, or empty if the position was never touched
   */
  public <R> Optional<R> atPosition(int position, Function<? super Map<K, V>, ? extends R> action) {
    Level<K, V> level = levels.get(position);
    return level == null ? Optional.empty() : Optional.of(level.locked(action));
  }

  /**
   * Returns whether a position was ever touched by {@link #update} or {@link #put}. It may have no
   * entries.
   *
   * @param position the position
   * @return whether the position exists
   */
  public boolean hasPosition(int position) {
    return levels.containsKey(position);
  }

  /**
   * Returns the value of a key. Does not create the position.
   *
   * @param key the key
   * @return the value, or null if there is none
   */
  public @Nullable V get(K key) {
    Level<K, V> level = levels.get(key.position());
    return level == null ? null : level.<@Nullable V>locked(entries -> entries.get(key));
  }

  /**
   * Sets the value of a key.
   *
   * @param key the key
   * @param value the value
   * @return the value that was replaced, or null
   */
  public @Nullable V put(K key, V value) {
    return this.<@Nullable V>update(key, entries -> entries.put(key, value));
  }

  /**
   * Removes a key. Does not create the position.
   *
   * @param key the key
   * @return the removed value, or null
   */
  public @Nullable V remove(K key) {
    Level<K, V> level = levels.get(key.position());
    return level == null ? null : level.<@Nullable V>locked(entries -> entries.remove(key));
  }

  /**
   * Removes a key if it has a certain value. Does not create the position.
   *
   * @param key the key
   * @param value the value it must equal
   * @return whether it was removed
   */
  public boolean remove(K key, V value) {
    Level<K, V> level = levels.get(key.position());
    return level != null && level.<Boolean>locked(entries -> entries.remove(key, value));
  }

  /**
   * Returns how many entries there are. Takes time in proportion to the number of positions.
   *
   * @return the number of entries at all positions
   */
  public long size() {
    long size = 0;
    for (Level<K, V> level : levels.values()) {
      size += level.<Integer>locked(Map::size);
    }
    return size;
  }

  /**
   * Returns whether there are no entries. Positions without entries do not count.
   *
   * @return true if {@link #size()} is 0
   */
  public boolean isEmpty() {
    for (Level<K, V> level : levels.values()) {
      if (!level.<Boolean>locked(Map::isEmpty)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns a tree with the same positions and entries that changes on its own. Keys and values are
   * shared.
   *
   * @return a new tree
   */
  public PositionalRadixTree<K, V> copy() {
    PositionalRadixTree<K, V> copy = new PositionalRadixTree<>();
    levels.forEach(
        (position, level) ->
            copy.levels.put(position, new Level<>(level.<Map<K, V>>locked(HashMap<K, V>::new))));
    return copy;
  }
}
