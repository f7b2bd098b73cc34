package dev.kvbm.replay;

import dev.kvbm.replay.analysis.BlockTrace;
import dev.kvbm.replay.trace.CompactTrace;

/** A {@link CompactTrace} as the analyses read it. */
public final class CompactBlockTrace implements BlockTrace {
  private final CompactTrace trace;
  private final String name;

  /**
   * A view of a trace under a name for reports.
   *
   * @param trace the trace; immutable, so it may be shared
   * @param name the name
   */
  public CompactBlockTrace(CompactTrace trace, String name) {
    this.trace = trace;
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int requestCount() {
    return trace.requestCount();
  }

  @Override
  public long accessCount() {
    return trace.accessCount();
  }

  @Override
  public int uniqueBlocks() {
    return trace.uniqueBlocks();
  }

  @Override
  public Cursor cursor() {
    CompactTrace.Cursor cursor = trace.cursor();
    return new Cursor() {
      @Override
      public boolean next() {
        return cursor.next();
      }

      @Override
      public int[] ids() {
        return cursor.ids();
      }

      @Override
      public int from() {
        return cursor.from();
      }

      @Override
      public int count() {
        return cursor.count();
      }

      @Override
      public long inputTokens() {
        return cursor.inputTokens();
      }

      @Override
      public long outputTokens() {
        return cursor.outputTokens();
      }

      @Override
      public int blockSizeTokens() {
        return cursor.blockSizeTokens();
      }

      @Override
      public double arrivalMillis() {
        return cursor.arrivalMillis();
      }

      @Override
      public int conversation() {
        return cursor.conversation();
      }
    };
  }
}
