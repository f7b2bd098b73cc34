package dev.kvbm.replay.engine;

import dev.kvbm.replay.trace.TraceRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
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
    static final Entry NOTHING = new Entry(NONE, NONE, 0);

    final int[] prompt;
    final int[] output;
    final long saltHash;

    Entry(int[] prompt, int[] output, long saltHash) {
      this.prompt = prompt;
      this.output = output;
      this.saltHash = saltHash;
    }
  }

  /** Collects requests in the order of their source. Costs 8 bytes a request without ids. */
  static final class Builder {
    private final List<Entry> entries = new ArrayList<>();
    private long[] arrivalNanos = new long[64];
    private int requests;

    void add(TraceRequest request) {
      if (requests == arrivalNanos.length) {
        arrivalNanos = Arrays.copyOf(arrivalNanos, 2 * requests);
      }
      arrivalNanos[requests] = request.arrivalNanos();
      int prompt = request.promptTokenIdCount();
      int output = request.outputTokenIdCount();
      if (prompt + output > 0 || !entries.isEmpty()) {
        while (entries.size() < requests) {
          entries.add(Entry.NOTHING);
        }
        entries.add(
            new Entry(
                prompt == 0 ? NONE : Arrays.copyOf(request.promptTokenIds(), prompt),
                output == 0 ? NONE : Arrays.copyOf(request.outputTokenIds(), output),
                request.saltHash()));
      }
      requests++;
    }

    /** The ids in order of arrival, equal arrivals in the order of the source; null without any. */
    @Nullable RecordedTokens build() {
      if (entries.isEmpty()) {
        return null;
      }
      return new RecordedTokens(
          IntStream.range(0, requests)
              .boxed()
              .sorted(Comparator.comparingLong(request -> arrivalNanos[request]))
              .map(entries::get)
              .toList());
    }
  }
}
