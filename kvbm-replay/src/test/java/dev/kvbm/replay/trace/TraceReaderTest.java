package dev.kvbm.replay.trace;

import static dev.kvbm.replay.trace.Traces.gzip;
import static dev.kvbm.replay.trace.Traces.mooncake;
import static dev.kvbm.replay.trace.Traces.read;
import static dev.kvbm.replay.trace.Traces.readAll;
import static dev.kvbm.replay.trace.Traces.reader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.replay.trace.Traces.Read;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TraceReaderTest {
  private static final TraceOptions OPTIONS = TraceOptions.defaults();
  private static final TraceOptions SKIP = OPTIONS.withSkipMalformed(true);
  private static final String GOOD = mooncake(1, 600, 2, 1, 2);

  @TempDir Path folder;

  @Test
  void byteOrderMarkBlankLinesCarriageReturnsAndAMissingLastLineFeedAreFine() {
    String text = "\uFEFF" + GOOD + "\r\n\r\n   \t\n" + GOOD + "\n\n" + GOOD;
    assertThat(read(text)).hasSize(3);
  }

  @Test
  void lineNumbersCountBlankLines() {
    try (TraceReader reader = reader("\n\n" + GOOD + "\n")) {
      assertThat(Objects.requireNonNull(reader.next()).line()).isEqualTo(3);
    }
  }

  @Test
  void lineOfSeveralMegabytesIsRead() {
    int blocks = 400_000;
    StringBuilder line = new StringBuilder("{\"timestamp\":0,\"hash_ids\":[");
    for (int i = 0; i < blocks; i++) {
      line.append(i == 0 ? "" : ", ").append(i);
    }
    line.append("],\"input_length\":").append(blocks * 512).append(",\"output_length\":1}");
    List<Read> requests = read(GOOD + "\n" + line + "\n" + GOOD);
    assertThat(requests).hasSize(3);
    assertThat(requests.get(1).ids()).hasSize(blocks).endsWith("399999");
  }

  @Test
  void unknownKeysOfAnyShapeArePassedOver() {
    String line =
        GOOD.replace(
            "{\"timestamp\"",
            "{\"x\": {\"a\": [1, -2.5e+3, {}, [], true, false, null, \"\\\"}\\u00e9\"]}, \"\": 0,"
                + " \"time\\u0073tamp2\": 1, \"timestamp\"");
    assertThat(read(line)).isEqualTo(read(GOOD));
  }

  @Test
  void escapedKeysAreTheKeysTheyStandFor() {
    assertThat(read(GOOD.replace("timestamp", "time\\u0073tamp"))).isEqualTo(read(GOOD));
  }

  @Test
  void stringsAreDecoded() {
    String line =
        GOOD.replace("}", ", \"type\": \"a\\u00e9\\n\\\"\\\\\\/\\b\\f\\r\\tü\\ud83d\\ude00\"}");
    assertThat(read(line).getFirst().type()).isEqualTo("aé\n\"\\/\b\f\r\tü😀");
  }

  @Test
  void gzipIsToldByItsBytesAndMayHaveManyMembers() throws IOException {
    byte[] one = gzip(GOOD + "\n" + GOOD.substring(0, 20));
    byte[] two = gzip(GOOD.substring(20) + "\n");
    byte[] none = gzip("");
    byte[] all = concatenate(one, none, two, none);
    Path file = folder.resolve("no-ending");
    Files.write(file, all);
    try (TraceReader reader = TraceReader.open(file)) {
      assertThat(readAll(reader)).hasSize(2);
      assertThat(reader.gzip()).isTrue();
      assertThat(reader.bytesRead()).isEqualTo(all.length);
    }
  }

  @Test
  void plainFileIsReadWhateverItsName() throws IOException {
    Path file = folder.resolve("plain.gz");
    Files.writeString(file, GOOD);
    try (TraceReader reader = TraceReader.open(file)) {
      assertThat(readAll(reader)).hasSize(1);
      assertThat(reader.gzip()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sameRequestsComeFromAStreamThatTrickles(boolean compressed) {
    StringBuilder text = new StringBuilder("\uFEFF");
    for (int i = 0; i < 300; i++) {
      text.append(mooncake(i, 512 * 3, i, i, i + 1_000, i + 2_000))
          .append(i % 3 == 0 ? "\r\n" : "\n");
    }
    byte[] bytes =
        compressed ? gzip(text.toString()) : text.toString().getBytes(StandardCharsets.UTF_8);
    List<Read> whole = readAll(reader(bytes, OPTIONS));
    assertThat(whole).hasSize(300);
    for (long seed = 0; seed < 20; seed++) {
      TraceReader trickling = TraceReader.of("t", new Trickle(bytes, seed), OPTIONS);
      assertThat(readAll(trickling)).as("seed %d", seed).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      value = {
        "{\"timestamp\": 1|expected ',' or '}', found the end of the line (byte 16",
        "{\"timestamp\": 1]|expected ',' or '}', found ] (byte 16",
        "\"text\"|expected a JSON object, found \"text\" (byte 1",
        "{timestamp: 1}|expected a quoted key, found timestamp (byte 2",
        "{\"timestamp\" 1}|expected ':' after key \"timestamp\", found 1",
        "{\"hash_ids\": [1}|expected ',' or ']' after hash_ids[0], found }",
        "{\"hash_ids\": [1 2]}|expected ',' or ']' after hash_ids[0], found 2",
        "{\"hash_ids\": [1,]}|expected an unsigned 64-bit integer for hash_ids[1], found ]",
        "{\"hash_ids\": [1, 2.5]}|expected an unsigned 64-bit integer for hash_ids[1], found 2.5",
        "{\"hash_ids\": [1e3]}|expected an unsigned 64-bit integer for hash_ids[0], found 1e3",
        "{\"hash_ids\": [-1]}|expected an unsigned 64-bit integer for hash_ids[0], found -1",
        "{\"hash_ids\": [007]}|expected an unsigned 64-bit integer for hash_ids[0], found 007",
        "{\"hash_ids\": [18446744073709551616]}|expected an unsigned 64-bit integer for"
            + " hash_ids[0], found 18446744073709551616",
        "{\"hash_ids\": [\"a\"]}|expected an unsigned 64-bit integer for hash_ids[0], found \"a\"",
        "{\"hash_ids\": [null]}|expected an unsigned 64-bit integer for hash_ids[0], found null",
        "{\"hash_ids\": 5}|expected an array for \"hash_ids\", found 5",
        "{\"input_length\": -5}|expected a whole number from 0 to 2147483647 for \"input_length\","
            + " found -5",
        "{\"input_length\": 1.5}|for \"input_length\", found 1.5",
        "{\"input_length\": \"7\"}|for \"input_length\", found \"7\"",
        "{\"input_length\": 3000000000}|for \"input_length\", found 3000000000",
        "{\"output_length\": true}|for \"output_length\", found true",
        "{\"timestamp\": -1}|expected a non-negative number of milliseconds for \"timestamp\","
            + " found -1",
        "{\"timestamp\": \"now\"}|for \"timestamp\", found \"now\"",
        "{\"timestamp\": 1e99}|expected a number of milliseconds below 2^63 nanoseconds for"
            + " \"timestamp\", found 1e99",
        "{\"timestamp\": 1.}|expected a JSON value, found 1.",
        "{\"timestamp\": 99999999999999999999}|below 2^63 nanoseconds",
        "{\"block_size\": 0}|expected block_size from 1 to 1048576 tokens, found 0",
        "{\"type\": 5}|expected a string for \"type\", found 5",
        "{\"type\": \"abc|expected the end of a string, found the end of the line",
        "{\"type\": \"a\\x\"}|expected a JSON escape",
        "{\"type\": \"a\\u12\"}|expected four hex digits after \\u",
        "{\"chat_id\": \"x\"}|expected a whole number for \"chat_id\", found \"x\"",
        "{\"turn\": tru}|for \"turn\", found tru",
        "{\"x\": nul}|expected a JSON value, found nul",
        "{\"x\": +1}|expected a JSON value, found +1",
        "{\"x\": [1 2]}|expected ',' or ']', found 2",
        "{\"timestamp\": 1, \"timestamp\": 2}|expected each value once, found \"timestamp\"",
        "{\"timestamp\": 1, \"created_time\": 2}|expected each value once, found \"created_time\"",
        "{}|missing: timestamp, input_length, output_length, hash_ids",
        "{\"timestamp\": null, \"input_length\": 1, \"output_length\": 1, \"hash_ids\":"
            + " [1]}|missing: timestamp",
        "{} {}|expected nothing after the JSON object, found {",
        "{\"timestamp\":0,\"input_length\":1200,\"output_length\":1,\"hash_ids\":[1]}|expected 3"
            + " (or 2, without the partial last block) ids in hash_ids for 1200 tokens in blocks of"
            + " 512, found 1",
        "{\"timestamp\":0,\"input_length\":1024,\"output_length\":1,\"hash_ids\":[1,2,3]}|expected"
            + " 2 ids in hash_ids for 1024 tokens in blocks of 512, found 3",
        "{\"timestamp\":0,\"input_length\":40,\"output_length\":1,\"hash_ids\":[1,2,3]}|found 3; a"
            + " block size of 16 would fit",
        "{\"timestamp\":0,\"input_length\":1500,\"output_length\":1,\"hash_ids\":[7,9,7]}|found 7"
            + " at 0 and at 2",
        "{\"timestamp\":0,\"input_length\":1500,\"output_length\":1,\"hash_ids\":[0,9,0]}|found 0"
            + " at 0 and at 2",
      })
  void malformedLineIsRefusedWithFileLineAndWhatWasExpected(String line, String expected) {
    assertThatExceptionOfType(TraceException.class)
        .isThrownBy(() -> read(GOOD + "\n\n" + line + "\n" + GOOD))
        .withMessageStartingWith("some.jsonl:3: ")
        .withMessageContaining(expected)
        .satisfies(e -> assertThat(e.line()).isEqualTo(3))
        .satisfies(e -> assertThat(e.source()).isEqualTo("some.jsonl"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      value = {
        "{\"schema\":\"dynamo.request.trace.v2\",\"event_type\":\"request_end\"}|expected schema"
            + " \"dynamo.request.trace.v1\", found dynamo.request.trace.v2",
        "{\"event\":5}|expected a JSON object for \"event\", found 5",
        "{\"event\":{}}|expected schema \"dynamo.request.trace.v1\", found none",
        "{\"schema\":\"dynamo.request.trace.v1\"}|expected an event_type, found none",
        "{\"schema\":\"dynamo.request.trace.v1\",\"event_type\":\"request_end\",\"request\":{}}|expected"
            + " request.request_received_ms, found none",
        "{\"schema\":\"dynamo.request.trace.v1\",\"event_type\":\"request_end\",\"request\":{\"request_received_ms\":1}}|expected"
            + " request.output_tokens, found none",
        "{\"schema\":\"dynamo.request.trace.v1\",\"event_type\":\"request_end\",\"request\":{\"request_received_ms\":1,\"output_tokens\":1}}|was"
            + " the trace recorded without replay hashes?",
        "{\"schema\":\"dynamo.request.trace.v1\",\"event_type\":\"request_end\",\"request\":{\"request_received_ms\":1,\"output_tokens\":1,\"replay\":{\"input_length\":1,\"input_sequence_hashes\":[1]}}}|expected"
            + " request.replay.trace_block_size, found none",
        "{\"schema\":\"dynamo.request.trace.v1\",\"event_type\":\"request_end\",\"request\":{\"request_received_ms\":1,\"output_tokens\":1,\"replay\":{\"input_length\":1,\"trace_block_size\":16,\"input_sequence_hashes\":[1,2]}}}|expected"
            + " 1 (or 0, without the partial last block) ids in input_sequence_hashes",
        "{\"token_ids\": [1, -2]}|expected a token id from 0 to 4294967295 for token_ids[1], found"
            + " -2",
        "{\"token_ids\": [4294967296]}|expected a token id from 0 to 4294967295 for token_ids[0]",
        "{\"input_toks\": 3, \"input_tok_ids\": [1, 2]}|expected 3 prompt token ids, as the"
            + " record's length says, found 2",
        "{\"output_toks\": 3, \"input_tok_ids\": [1, 2], \"output_tok_ids\": []}|expected 3 output"
            + " token ids, as the record's length says, found 0",
        "{\"a\": 1, \"b\": 2}|found only the keys a, b",
        "{}|found no keys",
      })
  void malformedFirstLineOfOtherFormsIsRefusedAsPrecisely(String line, String expected) {
    assertThatExceptionOfType(TraceException.class)
        .isThrownBy(() -> read(line))
        .withMessageStartingWith("some.jsonl:1: ")
        .withMessageContaining(expected);
  }

  @Test
  void hundredsOfLevelsOfNestingAreRefused() {
    String deep = "{\"x\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThatThrownBy(() -> read(GOOD + "\n" + deep))
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("nested deeper than 128");
  }

  @Test
  void malformedLinesCanBeSkippedAndAreCounted() {
    String text = "oops\n" + GOOD + "\n{\"timestamp\": 1}\n" + GOOD + "\n\n[\n";
    try (TraceReader reader = reader(text, SKIP)) {
      assertThat(readAll(reader)).hasSize(2);
      assertThat(reader.malformed()).isEqualTo(3);
      assertThat(reader.malformedExamples()).hasSize(3);
      assertThat(reader.malformedExamples().get(0))
          .startsWith("some.jsonl:1: expected a JSON object");
      assertThat(reader.malformedExamples().get(1)).contains(":3: ", "missing");
      assertThat(reader.malformedExamples().get(2)).startsWith("some.jsonl:6: ");
      assertThat(reader.lines()).isEqualTo(6);
    }
  }

  @Test
  void traceOfNothingButMalformedLinesIsRefusedEvenWhenTheyAreSkipped() {
    assertThatThrownBy(() -> read("oops\nagain\n", SKIP))
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("found none in 2 malformed lines")
        .hasMessageContaining("some.jsonl:1: expected a JSON object, found oops");
  }

  @Test
  void truncatedGzipIsNamedAsSuchAfterTheRequestsBeforeTheCut() {
    StringBuilder text = new StringBuilder();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 5_000; i++) {
      text.append(mooncake(i, 512, 1, random.nextLong(1L << 60))).append('\n');
    }
    byte[] whole = gzip(text.toString());
    byte[] cut = Arrays.copyOf(whole, whole.length / 2);

    assertThatThrownBy(() -> readAll(reader(cut, OPTIONS)))
        .isInstanceOf(TraceException.class)
        .hasMessageMatching("(?s)some.jsonl:\\d+: the gzip data ends in the middle.*");

    try (TraceReader reader = reader(cut, SKIP)) {
      assertThat(readAll(reader)).hasSizeBetween(1_000, 4_000);
      assertThat(reader.malformed()).isEqualTo(1);
      assertThat(reader.malformedExamples().getFirst()).contains("truncated");
    }
  }

  @Test
  void gzipThatContradictsItsChecksumIsRefused() {
    byte[] bytes = gzip(GOOD);
    bytes[bytes.length - 6] ^= 1;
    assertThatThrownBy(() -> readAll(reader(bytes, OPTIONS)))
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("the gzip data is damaged");
  }

  @Test
  void gzipHeaderWithoutAnythingBehindItIsRefused() {
    byte[] header = {0x1f, (byte) 0x8b, 8};
    assertThatThrownBy(() -> readAll(reader(header, OPTIONS)))
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("the gzip data ends in the middle");
    byte[] unknown = gzip(GOOD);
    unknown[2] = 9;
    assertThatThrownBy(() -> readAll(reader(unknown, OPTIONS)))
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("the gzip data is damaged");
    assertThatThrownBy(() -> readAll(reader(header, SKIP)))
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("found none in 1 malformed line;");
  }

  @Test
  void emptyAndBlankSourcesAreRefused() {
    assertThatThrownBy(() -> read(""))
        .isInstanceOf(TraceException.class)
        .hasMessage("some.jsonl: expected one JSON object a line, found nothing: it is empty");
    assertThatThrownBy(() -> read("\n \n"))
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("found blank lines only");
    assertThatThrownBy(() -> readAll(reader(gzip(""), OPTIONS)))
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("it is empty");
  }

  @Test
  void dynamoTraceWithoutRequestsIsRefused() {
    String tool = "{\"schema\":\"dynamo.request.trace.v1\",\"event_type\":\"tool_end\"}";
    assertThatThrownBy(() -> read(tool + "\n" + tool))
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("expected request_end events, found none among 2 other events");
  }

  @ParameterizedTest
  @CsvSource({
    "28b52ffd00, zstd-compressed data",
    "504b030400, a zip archive",
    "fd377a585a, xz-compressed data",
    "425a683931, bzip2-compressed data",
    "5041523100, a Parquet file",
    "fffe7b0000, UTF-16 text",
    "feff007b00, UTF-16 text",
    "5b7b7d5d0a, a JSON array",
    "76657273696f6e, Git LFS pointer",
  })
  void otherFilesAreRecognisedAndRefused(String hex, String what) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> readAll(reader(bytes, OPTIONS)))
        .isInstanceOf(TraceException.class)
        .hasMessageStartingWith("some.jsonl: ")
        .hasMessageContaining(what);
  }

  @Test
  void unreadableFilesAreRefused() {
    Path missing = folder.resolve("missing.jsonl");
    assertThatThrownBy(() -> TraceReader.open(missing))
        .isInstanceOf(TraceException.class)
        .hasMessage(missing + ": expected a trace file, found nothing there");
    assertThatThrownBy(() -> TraceReader.open(folder))
        .isInstanceOf(TraceException.class)
        .hasMessage(folder + ": expected a trace file, found a directory");
  }

  @Test
  void failingStreamIsReportedWithTheLineReached() {
    InputStream failing =
        new InputStream() {
          private int given;

          @Override
          public int read() throws IOException {
            throw new IOException("not called");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            byte[] text = (GOOD + "\n").getBytes(StandardCharsets.UTF_8);
            if (given == 1) {
              throw new IOException("the pipe broke");
            }
            given++;
            System.arraycopy(text, 0, into, offset, text.length);
            return text.length;
          }
        };
    TraceReader reader = TraceReader.of("pipe", failing, OPTIONS);
    assertThat(reader.next()).isNotNull();
    assertThatThrownBy(reader::next)
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("pipe: reading failed after line 1")
        .hasMessageContaining("the pipe broke");
  }

  @Test
  void damagedInputNeverDoesWorseThanATraceException() {
    String[] lines = {
      GOOD,
      "{\"chat_id\": 1, \"timestamp\": 1.5, \"input_length\": 16, \"output_length\": 1,"
          + " \"type\": \"t\\u0041\", \"hash_ids\": [5]}",
      "{\"event\":{\"schema\":\"dynamo.request.trace.v1\",\"event_type\":\"request_end\",\"request\":"
          + "{\"request_received_ms\":1,\"output_tokens\":1,\"replay\":{\"trace_block_size\":16,"
          + "\"input_length\":1,\"input_sequence_hashes\":[1]}}}}",
      "{\"input_tok_ids\": [1, 2, 3], \"output_tok_ids\": [4], \"arrival_time_ns\": 7}",
    };
    byte[] alphabet =
        "{}[]\",:\\ \t\n\r0123456789.eE+-untfalsr\u00ff".getBytes(StandardCharsets.UTF_8);
    int refused = 0;
    for (long seed = 0; seed < 3_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = lines[(int) (seed % lines.length)].getBytes(StandardCharsets.UTF_8);
      for (int i = random.nextInt(1, 5); i > 0; i--) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(3)) {
          case 0 -> bytes[at] = alphabet[random.nextInt(alphabet.length)];
          case 1 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
          default -> bytes[at] = (byte) random.nextInt(256);
        }
      }
      try {
        readAll(reader(bytes, OPTIONS));
      } catch (TraceException expected) {
        refused++;
      } catch (RuntimeException wrong) {
        throw new AssertionError(
            "seed " + seed + ": " + new String(bytes, StandardCharsets.UTF_8), wrong);
      }
    }
    assertThat(refused).isGreaterThan(1_500);
  }

  @Test
  void hundredMegabytesAreReadInAHeapOfSixteen() throws Exception {
    Process reader =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx16m",
                "-XX:+UseSerialGC",
                "-Xlog:disable",
                "-cp",
                System.getProperty("java.class.path"),
                LargeTrace.class.getName(),
                "100000000")
            .redirectErrorStream(true)
            .start();
    String output = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(reader.waitFor(50, TimeUnit.SECONDS)).isTrue();
    assertThat(reader.exitValue()).as(output).isZero();
    assertThat(output).contains("requests");
  }

  private static byte[] concatenate(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /** Gives a few bytes at a time and never says that more are there. */
  private static final class Trickle extends InputStream {
    private final ByteArrayInputStream bytes;
    private final SplittableRandom random;

    Trickle(byte[] bytes, long seed) {
      this.bytes = new ByteArrayInputStream(bytes);
      this.random = new SplittableRandom(seed);
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      return bytes.read(into, offset, Math.min(length, random.nextInt(1, 40)));
    }

    @Override
    public int available() {
      return 0;
    }
  }
}
