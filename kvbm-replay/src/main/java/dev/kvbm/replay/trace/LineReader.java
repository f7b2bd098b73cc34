package dev.kvbm.replay.trace;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Cuts a byte stream into lines without copying them out of its buffer.
 *
 * <p>Gzip is told by its first two bytes, not by a name, and may consist of many members. A UTF-8
 * byte order mark is dropped. The buffer grows to the longest line and no further.
 */
final class LineReader implements AutoCloseable {
  /** A line this long is no trace record; reading it whole would only exhaust the heap. */
  static final int MAX_LINE_BYTES = 1 << 28;

  private static final int BUFFER_BYTES = 1 << 18;
  private static final int GZIP_BUFFER_BYTES = 1 << 16;

  private final String source;
  private final InputStream raw;
  private final Counting counting;
  private InputStream in;
  private boolean gzip;

  private byte[] buffer = new byte[BUFFER_BYTES];
  private int lineFrom;
  private int lineTo;
  private int next;
  private int filled;
  private boolean ended;
  private long lineNumber;

  LineReader(String source, InputStream raw) {
    this.source = source;
    this.raw = raw;
    this.counting = new Counting(raw);
    this.in = counting;
  }

  /** Reads the first bytes and settles how the rest is decoded. */
  void open() throws IOException {
    while (filled < 4 && fill()) {
      // Until there is enough to tell the format by, or nothing more.
    }
    if (filled >= 2 && at(0) == 0x1f && at(1) == 0x8b) {
      gzip = true;
      try {
        in = new GZIPInputStream(new Rest(buffer, filled, counting), GZIP_BUFFER_BYTES);
      } catch (EOFException | ZipException damaged) {
        throw damaged(damaged);
      }
      buffer = new byte[BUFFER_BYTES];
      filled = 0;
      ended = false;
      while (filled < 4 && fill()) {
        // As above, now with the decompressed bytes.
      }
    }
    refuseForeignFormats();
    if (filled >= 3 && at(0) == 0xef && at(1) == 0xbb && at(2) == 0xbf) {
      next = 3;
    }
  }

  private void refuseForeignFormats() {
    String found = null;
    if (startsWith(0x28, 0xb5, 0x2f, 0xfd)) {
      found = "zstd-compressed data";
    } else if (startsWith('P', 'K', 3, 4)) {
      found = "a zip archive";
    } else if (startsWith(0xfd, '7', 'z', 'X')) {
      found = "xz-compressed data";
    } else if (startsWith('B', 'Z', 'h')) {
      found = "bzip2-compressed data";
    } else if (startsWith('P', 'A', 'R', '1')) {
      found = "a Parquet file";
    } else if (startsWith(0xff, 0xfe) || startsWith(0xfe, 0xff)) {
      found = "UTF-16 text";
    } else if (startsWith(0x1f, 0x8b)) {
      found = "data compressed with gzip twice";
    } else if (startsWith('[')) {
      found = "a JSON array";
    } else if (startsWith('v', 'e', 'r', 's')) {
      found = "what looks like a Git LFS pointer";
    }
    if (found != null) {
      throw new TraceException(
          source,
          0,
          "expected one JSON object a line, in UTF-8, plain or compressed with gzip; found "
              + found,
          null);
    }
  }

  private boolean startsWith(int... bytes) {
    if (filled < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (at(i) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  private int at(int index) {
    return buffer[index] & 0xff;
  }

  /**
   * Moves to the next line; false at the end. A byte order mark or a carriage return is no part of
   * what callers need to care about, a blank line is a line.
   */
  boolean advance() throws IOException {
    int from = next;
    int p = from;
    while (true) {
      byte[] b = buffer;
      int limit = filled;
      while (p < limit && b[p] != '\n') {
        p++;
      }
      if (p < limit) {
        break;
      }
      if (ended) {
        if (p == from) {
          return false;
        }
        if (p == buffer.length) {
          buffer = Arrays.copyOf(buffer, p + 1);
        }
        buffer[p] = '\n';
        filled = p + 1;
        break;
      }
      if (from > 0) {
        System.arraycopy(b, from, b, 0, limit - from);
        p -= from;
        filled -= from;
        from = 0;
      } else if (limit == b.length) {
        if (limit >= MAX_LINE_BYTES) {
          throw new TraceException(
              source,
              lineNumber + 1,
              "expected a line feed within "
                  + (MAX_LINE_BYTES >> 20)
                  + " MiB, found none; is this one JSON object a line?",
              null);
        }
        buffer = Arrays.copyOf(b, limit * 2);
      }
      lineFrom = from;
      next = from;
      fill();
    }
    lineFrom = from;
    lineTo = p;
    next = p + 1;
    lineNumber++;
    return true;
  }

  /** Reads once into the free part of the buffer; false at the end of the stream. */
  private boolean fill() throws IOException {
    int read;
    try {
      read = in.read(buffer, filled, buffer.length - filled);
    } catch (EOFException | ZipException damaged) {
      throw damaged(damaged);
    }
    if (read < 0) {
      ended = true;
      return false;
    }
    filled += read;
    return true;
  }

  private static DamagedGzip damaged(IOException cause) {
    return new DamagedGzip(
        cause instanceof EOFException
            ? "the gzip data ends in the middle: the file is truncated"
            : "the gzip data is damaged (" + cause.getMessage() + ")",
        cause);
  }

  /** Gives up on the rest of a damaged stream: nothing more will be read. */
  void abandon() {
    ended = true;
    next = 0;
    filled = 0;
  }

  byte[] bytes() {
    return buffer;
  }

  int lineFrom() {
    return lineFrom;
  }

  /** The end of the line; the byte there is a line feed. */
  int lineTo() {
    return lineTo;
  }

  boolean blank() {
    for (int i = lineFrom; i < lineTo; i++) {
      byte b = buffer[i];
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  /** The current line, counted from 1. */
  long lineNumber() {
    return lineNumber;
  }

  boolean gzip() {
    return gzip;
  }

  /** Bytes taken from the file or pipe so far, before decompression. */
  long bytesRead() {
    return counting.count;
  }

  @Override
  public void close() throws IOException {
    if (gzip) {
      in.close();
    }
    raw.close();
  }

  /** The compressed stream broke off or contradicts its checksum. */
  static final class DamagedGzip extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedGzip(String problem, IOException cause) {
      super(problem, cause);
    }
  }

  private static final class Counting extends FilterInputStream {
    long count;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = in.read(into, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }

  /** The bytes already taken while telling the format, then the stream they came from. */
  private static final class Rest extends FilterInputStream {
    private final byte[] head;
    private final int headLength;
    private int headPosition;

    Rest(byte[] head, int headLength, InputStream tail) {
      super(tail);
      this.head = head;
      this.headLength = headLength;
    }

    @Override
    public int read() throws IOException {
      return headPosition < headLength ? head[headPosition++] & 0xff : in.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (headPosition == headLength) {
        return in.read(into, offset, length);
      }
      int copied = Math.min(length, headLength - headPosition);
      System.arraycopy(head, headPosition, into, offset, copied);
      headPosition += copied;
      return copied;
    }

    @Override
    public int available() throws IOException {
      return headLength - headPosition + in.available();
    }
  }
}
