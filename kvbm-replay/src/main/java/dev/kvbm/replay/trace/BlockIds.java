package dev.kvbm.replay.trace;

/** What equal block ids in a trace mean. */
public enum BlockIds {
  /**
   * Equal id ⇔ equal block <em>and</em> equal prefix. Ids are taken as they are; one that repeats
   * inside a request is an error.
   */
  CHAINED,

  /**
   * An id names the block's content alone, so it may come back at another place. The reader chains
   * each id with those before it. On ids that were chained already this changes only their values,
   * never which of them are equal.
   */
  CONTENT
}
