package dev.kvbm.logical.scheduling;

import java.util.List;

/**
 * A second request with the same tokens and a life of its own.
 *
 * @param child the request; the caller closes it
 * @param copies the blocks that both would write, which the engine has to copy before either runs
 *     its next step or gives its blocks back; at most one if blocks are published when computed
 * @param <R> the kind of request
 */
public record Fork<R>(R child, List<BlockCopy> copies) {
  /** Copies the list. */
  public Fork {
    copies = List.copyOf(copies);
  }
}
