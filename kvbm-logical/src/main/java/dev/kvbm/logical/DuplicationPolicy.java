package dev.kvbm.logical;

/** What a manager does when a block is registered under a hash that it holds already. */
public enum DuplicationPolicy {
  /**
   * Both blocks stay: the new one as a duplicate, which pins the first while it lives and is freed
   * when its last guard is closed. Saves waiting for a copy; meant for device memory.
   */
  ALLOW,
  /** The guard of the existing block is returned and the new block goes back to the free list. */
  REJECT
}
