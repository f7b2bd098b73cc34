package dev.kvbm.replay.engine;

import dev.kvbm.replay.trace.TraceRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Token ids of prompts and outputs, by the number that a request has in order of arrival. */
final class RecordedTokens {
  private static final int[] NONE = {};

  private final List<Entry> requests;

  private RecordedTokens(List<Entry> requests) {
    this.requests = requests;
  }

  /** The ids of a prompt; empty if the trace has none for it. Not to be changed. */
  int[] prompt(int request) {
    return requests.get(request).prompt;
  }

  /** The ids of an output; shorter than the output if the trace does not have all. */
  int[] output(int request) {
    return requests.get(request).output;
  }

  /** The salt hash of a prompt with ids. */
  long saltHash(int request) {
    return requests.get(request).saltHash;
  }

  private static final class Entry {
    final long arrivalNanos;
    final int[] prompt;
    final int[] output;
    final long saltHash;

    Entry(long arrivalNanos, int[] prompt, int[] output, long saltHash) {
      this.arrivalNanos = arrivalNanos;
      this.prompt = prompt;
      this.output = output;
      this.saltHash = saltHash;
    }
  }

  /** Collects requests in the order of their source. */
  static final class Builder {
    private final List<Entry> requests = new ArrayList<>();
    private boolean any;

    void add(TraceRequest request) {
      int prompt = request.promptTokenIdCount();
      int output = request.outputTokenIdCount();
      any |= prompt + output > 0;
      requests.add(
          new Entry(
              request.arrivalNanos(),
              prompt == 0 ? NONE : Arrays.copyOf(request.promptTokenIds(), prompt),
              output == 0 ? NONE : Arrays.copyOf(request.outputTokenIds(), output),
              request.saltHash()));
    }

    /** The ids in order of arrival, equal arrivals in the order of the source; null without any. */
    @Nullable RecordedTokens build() {
      if (!any) {
        return null;
      }
      requests.sort(Comparator.comparingLong(entry -> entry.arrivalNanos));
      return new RecordedTokens(List.copyOf(requests));
    }
  }
}
