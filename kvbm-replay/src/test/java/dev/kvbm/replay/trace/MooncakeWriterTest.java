package dev.kvbm.replay.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.replay.trace.Traces.Read;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MooncakeWriterTest {
  @TempDir Path folder;

  private static TraceRequest request() {
    return new TraceRequest()
        .arrivalNanos(61_114_000_120L)
        .inputTokens(20)
        .outputTokens(7)
        .blockSizeTokens(16)
        .copyBlockIds(new long[] {-1, 5}, 2);
  }

  private static String written(boolean renumber, TraceRequest... requests) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MooncakeWriter writer = MooncakeWriter.of(bytes, renumber)) {
      for (TraceRequest request : requests) {
        writer.write(request);
      }
      assertThat(writer.requests()).isEqualTo(requests.length);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void recordHasTheMooncakeKeysAndItsBlockSize() {
    assertThat(written(false, request()))
        .isEqualTo(
            "{\"timestamp\": 61114.00012, \"input_length\": 20, \"output_length\": 7,"
                + " \"block_size\": 16, \"hash_ids\": [18446744073709551615, 5]}\n");
  }

  @Test
  void idsCanBeRenumberedInOrderOfFirstAppearance() {
    TraceRequest other = request().copyBlockIds(new long[] {5, 9}, 2);
    assertThat(written(true, request(), other)).contains("[0, 1]}\n").endsWith("[1, 2]}\n");
  }

  @Test
  void everythingTheFormatHasAPlaceForComesBack() {
    List<Read> before = new ArrayList<>();
    List<TraceRequest> requests = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 2_000; i++) {
      int blocks = random.nextInt(30);
      TraceRequest request =
          new TraceRequest()
              .arrivalNanos(random.nextLong(1L << random.nextInt(1, 60)))
              .inputTokens(blocks * 16)
              .outputTokens(random.nextInt())
              .blockSizeTokens(16);
      request.outputTokens(Math.abs(request.outputTokens() % 10_000));
      for (int b = 0; b < blocks; b++) {
        request.addBlockId(random.nextLong());
      }
      if (random.nextBoolean()) {
        request.chatId(i, random.nextBoolean() ? random.nextInt(i + 1) : -1).turn(1 + i % 7);
      }
      if (random.nextBoolean()) {
        request
            .type("tool \"x\"\\\n\u0001é😀")
            .session("s" + i % 9, i % 2 == 0 ? null : "p")
            .cachedTokens(i);
      }
      requests.add(request);
      before.add(Read.copy(request));
    }
    String text = written(false, requests.toArray(new TraceRequest[0]));
    assertThat(Traces.read(text)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"out.jsonl", "out.jsonl.gz"})
  void filesAreCompressedByTheirName(String name) throws IOException {
    Path file = folder.resolve(name);
    try (MooncakeWriter writer = MooncakeWriter.create(file, false)) {
      writer.write(request());
    }
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes[0]).isEqualTo(name.endsWith(".gz") ? (byte) 0x1f : (byte) '{');
    try (TraceReader reader = TraceReader.open(file)) {
      assertThat(Traces.readAll(reader)).containsExactly(Read.copy(request()));
    }
  }

  @Test
  void requestThatTheFormatCannotHoldIsRefusedAndNothingIsWritten() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MooncakeWriter writer = MooncakeWriter.of(bytes, true)) {
      assertThatThrownBy(() -> writer.write(request().blockSizeTokens(0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("block size");
      assertThatThrownBy(() -> writer.write(request().arrivalNanos(-1)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(bytes.size()).isZero();
  }

  @Test
  void fileThatCannotBeMadeIsNamed() {
    Path file = folder.resolve("no").resolve("such").resolve("folder");
    assertThatThrownBy(() -> MooncakeWriter.create(file, false))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void failureToWriteIsReportedOnClose() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space left");
          }
        };
    MooncakeWriter writer = MooncakeWriter.of(full, false);
    writer.write(request());
    assertThatThrownBy(writer::close)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("no space left");
  }
}
