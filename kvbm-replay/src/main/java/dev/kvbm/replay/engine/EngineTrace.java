package dev.kvbm.replay.engine;

import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.replay.trace.TraceRequest;
import dev.kvbm.replay.trace.TraceSource;
import org.jspecify.annotations.Nullable;

/**
 * A trace together with the token ids that it has. Immutable; any number of loops may read it.
 *
 * <p>Most traces name blocks and have no tokens. A loop makes tokens of the names then: equal names
 * give equal tokens, and only those.
 */
public final class EngineTrace {
  private final CompactTrace requests;
  private final @Nullable RecordedTokens tokens;

  private EngineTrace(CompactTrace requests, @Nullable RecordedTokens tokens) {
    this.requests = requests;
    this.tokens = tokens;
  }

  /**
   * {@return a trace without token ids}
   *
   * @param requests the trace
   */
  public static EngineTrace of(CompactTrace requests) {
    return new EngineTrace(requests, null);
  }

  /**
   * Reads a source to its end and keeps the token ids of prompts and outputs that its requests
   * carry. The caller closes it.
   *
   * @param source where the requests come from
   * @return the trace
   * @throws dev.kvbm.replay.trace.TraceException as the source does
   */
  public static EngineTrace read(TraceSource source) {
    RecordedTokens.Builder tokens = new RecordedTokens.Builder();
    CompactTrace requests =
        CompactTrace.of(
            new TraceSource() {
              @Override
              public String name() {
                return source.name();
              }

              @Override
              public @Nullable TraceRequest next() {
                TraceRequest request = source.next();
                if (request != null) {
                  tokens.add(request);
                }
                return request;
              }

              @Override
              public void close() {
                source.close();
              }
            });
    return new EngineTrace(requests, tokens.build());
  }

  /** {@return the requests, in order of arrival} */
  public CompactTrace requests() {
    return requests;
  }

  /** {@return whether any request has token ids} */
  public boolean hasTokens() {
    return tokens != null;
  }

  @Nullable RecordedTokens tokens() {
    return tokens;
  }
}
