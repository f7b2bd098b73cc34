package dev.kvbm.replay.trace;

import org.jspecify.annotations.Nullable;

/**
 * Requests in the order of a trace, one at a time. A source is used by one thread and is read once.
 */
public interface TraceSource extends AutoCloseable {

  /** {@return where the requests come from: a file name, or the description of a generator} */
  String name();

  /**
   * {@return the next request, or null at the end} The object belongs to the source, which fills it
   * again on the next call: copy what must outlive it.
   *
   * @throws TraceException if the source cannot be read on
   */
  @Nullable TraceRequest next();

  /** Releases files. Calling it again has no effect. */
  @Override
  void close();
}
