package dev.kvbm.replay.trace;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads a trace that is made while it is read, in a JVM of its own with a small heap. */
final class LargeTrace extends InputStream {
  private long left;
  private long id;
  private byte[] line = {};
  private int position;

  private LargeTrace(long bytes) {
    this.left = bytes;
  }

  public static void main(String[] arguments) {
    long requests = 0;
    long blocks = 0;
    LargeTrace made = new LargeTrace(Long.parseLong(arguments[0]));
    try (TraceReader reader = TraceReader.of("made", made, TraceOptions.defaults())) {
      for (TraceRequest request = reader.next(); request != null; request = reader.next()) {
        requests++;
        blocks += request.blockCount();
      }
    }
    if (blocks != made.id) {
      throw new AssertionError(blocks + " blocks read of " + made.id);
    }
    System.out.println(requests + " requests with " + blocks + " blocks");
  }

  @Override
  public int read() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    if (position == line.length) {
      if (left <= 0) {
        return -1;
      }
      StringBuilder next = new StringBuilder("{\"timestamp\": 1, \"input_length\": 512000,");
      next.append(" \"output_length\": 1, \"hash_ids\": [");
      for (int i = 0; i < 1_000; i++) {
        next.append(i == 0 ? "" : ", ").append(id++);
      }
      line = next.append("]}\n").toString().getBytes(StandardCharsets.US_ASCII);
      left -= line.length;
      position = 0;
    }
    int count = Math.min(length, line.length - position);
    System.arraycopy(line, position, into, offset, count);
    position += count;
    return count;
  }
}
