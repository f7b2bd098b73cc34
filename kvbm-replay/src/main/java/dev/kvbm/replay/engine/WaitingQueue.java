package dev.kvbm.replay.engine;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * First come, first served; who was preempted goes before all others. Requests that have not been
 * looked at yet are two numbers each: their tokens are made when they come to the front.
 */
final class WaitingQueue {
  /** Makes the object of a request that comes to the front for the first time. */
  interface Opener {
    EngineRequest open(int index, long arrivalNanos);
  }

  private final Opener opener;
  private final ArrayDeque<EngineRequest> open = new ArrayDeque<>();
  private int[] indices = new int[64];
  private long[] arrivals = new long[64];
  private int first;
  private int fresh;

  WaitingQueue(Opener opener) {
    this.opener = opener;
  }

  int size() {
    return open.size() + fresh;
  }

  boolean isEmpty() {
    return open.isEmpty() && fresh == 0;
  }

  /** A new request, behind all others. */
  void arrive(int index, long arrivalNanos) {
    int capacity = indices.length;
    if (fresh == capacity) {
      int[] grownIndices = Arrays.copyOfRange(indices, first, first + capacity);
      long[] grownArrivals = Arrays.copyOfRange(arrivals, first, first + capacity);
      System.arraycopy(indices, 0, grownIndices, capacity - first, first);
      System.arraycopy(arrivals, 0, grownArrivals, capacity - first, first);
      indices = Arrays.copyOf(grownIndices, 2 * capacity);
      arrivals = Arrays.copyOf(grownArrivals, 2 * capacity);
      first = 0;
      capacity = indices.length;
    }
    int at = (first + fresh) & (capacity - 1);
    indices[at] = index;
    arrivals[at] = arrivalNanos;
    fresh++;
  }

  /** A preempted request, before all others. */
  void putBack(EngineRequest request) {
    open.addFirst(request);
  }

  /** The request in front; there is one. */
  EngineRequest peek() {
    EngineRequest head = open.peekFirst();
    if (head == null) {
      head = opener.open(indices[first], arrivals[first]);
      first = (first + 1) & (indices.length - 1);
      fresh--;
      open.addFirst(head);
    }
    return head;
  }

  /** Takes the request in front, which was looked at. */
  EngineRequest take() {
    return open.removeFirst();
  }

  /** Closes the requests that were looked at and forgets the others. */
  void close() {
    open.forEach(request -> request.sequence.close());
    open.clear();
    fresh = 0;
  }
}
