package dev.kvbm.replay.trace;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Small traces as text, and what was read from them. */
final class Traces {
  static final String NAME = "some.jsonl";

  private Traces() {}

  /** A copy of what a reader returned. */
  record Read(
      long arrivalNanos,
      int inputTokens,
      int outputTokens,
      int blockSizeTokens,
      List<String> ids,
      @Nullable String session,
      @Nullable String parentSession,
      long chatId,
      long parentChatId,
      int turn,
      @Nullable String type,
      int cachedTokens) {

    static Read copy(TraceRequest request) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < request.blockCount(); i++) {
        ids.add(Long.toUnsignedString(request.blockId(i)));
      }
      return new Read(
          request.arrivalNanos(),
          request.inputTokens(),
          request.outputTokens(),
          request.blockSizeTokens(),
          ids,
          request.session(),
          request.parentSession(),
          request.chatId(),
          request.parentChatId(),
          request.turn(),
          request.type(),
          request.cachedTokens());
    }
  }

  static TraceReader reader(String text) {
    return reader(text, TraceOptions.defaults());
  }

  static TraceReader reader(String text, TraceOptions options) {
    return reader(text.getBytes(StandardCharsets.UTF_8), options);
  }

  static TraceReader reader(byte[] bytes, TraceOptions options) {
    return TraceReader.of(NAME, new ByteArrayInputStream(bytes), options);
  }

  static List<Read> read(String text) {
    return readAll(reader(text));
  }

  static List<Read> read(String text, TraceOptions options) {
    return readAll(reader(text, options));
  }

  static List<Read> readAll(TraceSource source) {
    List<Read> all = new ArrayList<>();
    try (source) {
      for (TraceRequest request = source.next(); request != null; request = source.next()) {
        all.add(Read.copy(request));
      }
    }
    return all;
  }

  static String mooncake(long timestamp, int input, int output, long... ids) {
    return "{\"timestamp\": "
        + timestamp
        + ", \"input_length\": "
        + input
        + ", \"output_length\": "
        + output
        + ", \"hash_ids\": "
        + Arrays.toString(ids)
        + "}";
  }

  static byte[] gzip(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }
}
