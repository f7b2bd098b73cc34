package dev.kvbm.logical.scheduling;

/** The order in which the registered blocks of a request become idle when it gives them up. */
public enum ReleaseOrder {
  /**
   * From the last to the first: policies that evict what became idle first take the end of a
   * prompt, which fewer requests share, before its beginning, without which the end cannot be
   * matched.
   */
  TAIL_FIRST,

  /** From the first to the last, as the reference does. */
  HEAD_FIRST
}
