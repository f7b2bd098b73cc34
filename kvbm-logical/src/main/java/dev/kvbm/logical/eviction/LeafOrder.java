package dev.kvbm.logical.eviction;

/** The order in which a lineage policy gives up leaves, that is blocks no idle block continues. */
public enum LeafOrder {
  /**
   * The leaf that became idle longest ago goes first. A block that is a leaf again because its last
   * continuation went returns to the place it had when it became idle, so one old sequence is
   * peeled from its end to its start before a younger one loses anything.
   */
  TICK,

  /**
   * The block that has been a leaf for the longest time goes first. A block that is a leaf again
   * queues behind all others, so old sequences lose one block each in turn.
   */
  FIFO
}
