package dev.kvbm.logical.scheduling;

/**
 * Sees what happens to a request.
 *
 * <p>Called on the thread that called the request, after the change and outside every lock, so it
 * may call the request and managers. What it throws is logged once a request and harms nothing. A
 * delegate of several requests must be thread-safe if these have several owners.
 */
@FunctionalInterface
public interface SequenceDelegate {
  /** Sees nothing. */
  SequenceDelegate NONE = event -> {};

  /**
   * Called for each event of a request, in order.
   *
   * @param event what happened
   */
  void onEvent(SequenceEvent event);
}
