package dev.kvbm.testkit.eviction.example;

import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.SlotView;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.IntStream;

/** Least recently used, but the first blocks of every sequence go last. */
final class KeepStartsPolicy implements EvictionPolicy {
  private final SlotView slots;
  private final int startBlocks;
  private final LinkedHashSet<Integer> rest = new LinkedHashSet<>();
  private final LinkedHashSet<Integer> starts = new LinkedHashSet<>();

  KeepStartsPolicy(SlotView slots, int startBlocks) {
    this.slots = slots;
    this.startBlocks = startBlocks;
  }

  @Override
  public String name() {
    return "keep-starts";
  }

  @Override
  public void becameIdle(int slot) {
    (slots.position(slot) < startBlocks ? starts : rest).add(slot);
  }

  @Override
  public void revived(int slot) {
    if (!rest.remove(slot)) {
      starts.remove(slot);
    }
  }

  @Override
  public int nextVictim() {
    LinkedHashSet<Integer> queue = rest.isEmpty() ? starts : rest;
    return queue.isEmpty() ? -1 : queue.removeFirst();
  }

  @Override
  public int preview(int[] into) {
    int[] order = IntStream.concat(stream(rest), stream(starts)).limit(into.length).toArray();
    System.arraycopy(order, 0, into, 0, order.length);
    return order.length;
  }

  private static IntStream stream(Set<Integer> queue) {
    return queue.stream().mapToInt(slot -> slot);
  }
}
