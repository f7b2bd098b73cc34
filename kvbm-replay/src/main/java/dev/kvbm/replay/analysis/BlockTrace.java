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

  /** A name for people, for instance the file's name without its ending. */
  String name();

  /** How many requests a cursor yields. */
  int requestCount();

  /** How many block numbers all requests list together. */
  long accessCount();

  /** One more than the largest block number. */
  int uniqueBlocks();

  /**
   * A new cursor that stands before the first request. The caller owns it; it is not thread-safe.
   */
  Cursor cursor();

  /** Walks the requests once. The accessors describe the request reached by {@link #next()}. */
  interface Cursor {

    /** Steps to the next request; {@code false} when there is none. */
    boolean next();

    /** An array that holds the block numbers; owned by the cursor, valid until the next step. */
    int[] ids();

    /** Where in {@link #ids()} the request's first block number is. */
    int from();

    /** How many block numbers the request lists, in prefix order. */
    int count();

    /** Prompt length. */
    long inputTokens();

    /** Generated length; 0 if the trace does not say. */
    long outputTokens();

    /** How many tokens a full block of this request holds; at least 1. */
    int blockSizeTokens();

    /** Arrival in milliseconds on the trace's own clock, or NaN if the trace has no clock. */
    double arrivalMillis();

    /** A number shared by the requests of one conversation, or -1 if the trace does not say. */
    int conversation();
  }
}
