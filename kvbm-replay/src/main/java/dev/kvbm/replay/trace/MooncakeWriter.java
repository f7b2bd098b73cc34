package dev.kvbm.replay.trace;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes requests as Mooncake JSONL: {@code timestamp} (milliseconds), {@code input_length}, {@code
 * output_length}, {@code block_size}, then what is known of {@code chat_id}, {@code
 * parent_chat_id}, {@code turn}, {@code type}, {@code session_id}, {@code parent_session_id} and
 * {@code cached_tokens}, and {@code hash_ids} last. The block size is in every record, so a reader
 * needs no option; it also tells a reader that a record with {@code chat_id} is not one of
 * Qwen-Bailian's, whose timestamps are seconds. Reading the file back gives the same requests;
 * token ids and completion ids have no place in the format and are dropped.
 *
 * <p>Equal requests give equal bytes. Not thread-safe.
 */
public final class MooncakeWriter implements AutoCloseable {
  private static final int FLUSH_BYTES = 1 << 16;

  private final OutputStream out;
  private final @Nullable BlockNumbering numbering;
  private byte[] buffer = new byte[FLUSH_BYTES + 4096];
  private int size;
  private long requests;
  private boolean closed;

  private MooncakeWriter(OutputStream out, boolean renumber) {
    this.out = out;
    this.numbering = renumber ? new BlockNumbering() : null;
  }

  /**
   * Creates or overwrites a file; one that ends in {@code .gz} is compressed.
   *
   * @param file where to write
   * @param renumber whether ids are written as 0, 1, 2, … in order of first appearance, as in
   *     Mooncake's own traces, instead of as they are
   * @return a writer, which the caller closes
   * @throws UncheckedIOException if the file cannot be made
   */
  public static MooncakeWriter create(Path file, boolean renumber) {
    OutputStream out = null;
    try {
      out = new BufferedOutputStream(Files.newOutputStream(file), FLUSH_BYTES);
      boolean gzip = file.toString().endsWith(".gz");
      return new MooncakeWriter(gzip ? new GZIPOutputStream(out, FLUSH_BYTES) : out, renumber);
    } catch (IOException failed) {
      if (out != null) {
        try {
          out.close();
        } catch (IOException alsoFailed) {
          failed.addSuppressed(alsoFailed);
        }
      }
      throw new UncheckedIOException(file + " cannot be written: " + failed.getMessage(), failed);
    }
  }

  /**
   * Writes to a stream, which the writer closes when it is closed.
   *
   * @param out where to write
   * @param renumber as in {@link #create}
   * @return a writer, which the caller closes
   */
  public static MooncakeWriter of(OutputStream out, boolean renumber) {
    return new MooncakeWriter(out, renumber);
  }

  /**
   * Writes one request.
   *
   * @param request what to write; not kept
   * @throws IllegalArgumentException if it has no block size or a negative number where the format
   *     has none; nothing is written
   * @throws UncheckedIOException if writing fails
   */
  public void write(TraceRequest request) {
    if (request.blockSizeTokens() < 1
        || request.arrivalNanos() < 0
        || request.inputTokens() < 0
        || request.outputTokens() < 0) {
      throw new IllegalArgumentException(
          "a Mooncake record needs a block size and lengths and times from 0 on, got " + request);
    }
    text("{\"timestamp\": ");
    millis(request.arrivalNanos());
    number(", \"input_length\": ", request.inputTokens());
    number(", \"output_length\": ", request.outputTokens());
    number(", \"block_size\": ", request.blockSizeTokens());
    if (request.chatId() >= 0) {
      number(", \"chat_id\": ", request.chatId());
      text(", \"parent_chat_id\": ");
      if (request.parentChatId() < 0) {
        text("-1");
      } else {
        unsigned(request.parentChatId());
      }
    }
    if (request.turn() > 0) {
      number(", \"turn\": ", request.turn());
    }
    string(", \"type\": ", request.type());
    string(", \"session_id\": ", request.session());
    string(", \"parent_session_id\": ", request.parentSession());
    if (request.cachedTokens() >= 0) {
      number(", \"cached_tokens\": ", request.cachedTokens());
    }
    text(", \"hash_ids\": [");
    long[] ids = request.blockIds();
    BlockNumbering numbers = numbering;
    for (int i = 0; i < request.blockCount(); i++) {
      if (i > 0) {
        text(", ");
      }
      unsigned(numbers == null ? ids[i] : numbers.numberOf(ids[i]));
    }
    text("]}\n");
    requests++;
    if (size >= FLUSH_BYTES) {
      drain();
    }
  }

  /**
   * Writes all requests of a source, which the caller closes.
   *
   * @param source read to its end
   * @return this writer
   * @throws TraceException as the source does
   * @throws UncheckedIOException if writing fails
   */
  public MooncakeWriter writeAll(TraceSource source) {
    for (TraceRequest request = source.next(); request != null; request = source.next()) {
      write(request);
    }
    return this;
  }

  /** {@return requests written so far} */
  public long requests() {
    return requests;
  }

  /**
   * Writes what is buffered and closes the stream. Calling it again has no effect.
   *
   * @throws UncheckedIOException if that fails
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      out.write(buffer, 0, size);
      size = 0;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void drain() {
    try {
      out.write(buffer, 0, size);
      size = 0;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void number(String label, long value) {
    text(label);
    unsigned(value);
  }

  private void millis(long nanos) {
    unsigned(nanos / 1_000_000);
    int fraction = (int) (nanos % 1_000_000);
    if (fraction != 0) {
      String digits = Integer.toString(1_000_000 + fraction);
      int end = digits.length();
      while (digits.charAt(end - 1) == '0') {
        end--;
      }
      text(".");
      text(digits.substring(1, end));
    }
  }

  private void unsigned(long value) {
    if (value < 0) {
      text(Long.toUnsignedString(value));
      return;
    }
    room(20);
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int i = size + digits - 1; i >= size; i--) {
      buffer[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += digits;
  }

  private void string(String label, @Nullable String value) {
    if (value == null) {
      return;
    }
    text(label);
    StringBuilder quoted = new StringBuilder(value.length() + 2).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    byte[] bytes = quoted.append('"').toString().getBytes(StandardCharsets.UTF_8);
    room(bytes.length);
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  /** ASCII text. */
  private void text(String ascii) {
    int length = ascii.length();
    room(length);
    for (int i = 0; i < length; i++) {
      buffer[size + i] = (byte) ascii.charAt(i);
    }
    size += length;
  }

  private void room(int bytes) {
    if (size + bytes <= buffer.length) {
      return;
    }
    drain();
    if (bytes > buffer.length) {
      buffer = new byte[bytes];
    }
  }
}
