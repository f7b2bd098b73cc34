package dev.kvbm.replay.analysis;

/**
 * A trace of requests as lists of block numbers, in arrival order.
 *
 * <p>Block numbers are dense: {@code 0..uniqueBlocks()-1}. Two equal numbers mean equal content and
 * an equal prefix, so a number names a whole prefix and occurs at most once in a request.
 *
 * <p>Implementations must give the same requests on every {@link #cursor()}. They need not be
 * thread-safe: a trace is read by one thread, once, into a {@link PreparedTrace}.
 */
public interface BlockTrace {

  /** {@return a name for people, for instance the file's name without its ending} */
  String name();

  /** {@return how many requests a cursor yields} */
  int requestCount();

  /** {@return how many block numbers all requests list together} */
  long accessCount();

  /** {@return one more than the largest block number} */
  int uniqueBlocks();

  /**
   * {@return a new cursor that stands before the first request} The caller owns it; it is not
   * thread-safe.
   */
  Cursor cursor();

  /** Walks the requests once. The accessors describe the request reached by {@link #next()}. */
  interface Cursor {

    /**
     * Steps to the next request.
     *
     * @return whether there was one
     */
    boolean next();

    /**
     * {@return an array that holds the block numbers; owned by the cursor, valid until the next
     * step}
     */
    int[] ids();

    /** {@return where in {@link #ids()} the request's first block number is} */
    int from();

    /** {@return how many block numbers the request lists, in prefix order} */
    int count();

    /** {@return prompt length} */
    long inputTokens();

    /** {@return generated length; 0 if the trace does not say} */
    long outputTokens();

    /** {@return how many tokens a full block of this request holds; at least 1} */
    int blockSizeTokens();

    /**
     * {@return arrival in milliseconds on the trace's own clock, or NaN if the trace has no clock}
     */
    double arrivalMillis();

    /**
     * {@return a number shared by the requests of one conversation, or -1 if the trace does not
     * say}
     */
    int conversation();
  }
}
