package dev.kvbm.replay.trace;

import static dev.kvbm.replay.trace.Traces.mooncake;
import static dev.kvbm.replay.trace.Traces.read;
import static dev.kvbm.replay.trace.Traces.reader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.replay.trace.Traces.Read;
import dev.kvbm.tokens.TokenHashing;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TraceFormatsTest {
  private static final TraceOptions OPTIONS = TraceOptions.defaults();

  @Test
  void mooncakeRecordsKeepTimeLengthsAndIds() {
    List<Read> requests = read(mooncake(0, 1000, 5, 7, 8) + "\n" + mooncake(27, 512, 0, 7));

    assertThat(requests).hasSize(2);
    Read first = requests.get(0);
    assertThat(first.ids()).containsExactly("7", "8");
    assertThat(first.inputTokens()).isEqualTo(1000);
    assertThat(first.outputTokens()).isEqualTo(5);
    assertThat(first.blockSizeTokens()).isEqualTo(512);
    assertThat(first.chatId()).isEqualTo(-1);
    assertThat(first.cachedTokens()).isEqualTo(-1);
    assertThat(requests.get(1).arrivalNanos()).isEqualTo(27_000_000);
  }

  @Test
  void fractionsOfMillisecondsAreKeptToTheNanosecond() {
    String line =
        """
        {"timestamp": 1.2345675, "input_length": 0, "output_length": 0, "hash_ids": []}
        {"timestamp": 1.5e3, "input_length": 0, "output_length": 0, "hash_ids": []}
        {"timestamp": 0.0000001e-999999999, "input_length": 0, "output_length": 0, "hash_ids": []}
        """;
    assertThat(read(line))
        .extracting(Read::arrivalNanos)
        .containsExactly(1_234_568L, 1_500_000_000L, 0L);
  }

  @Test
  void otherNamesForTheSameMooncakeKeysAreUnderstood() {
    String line =
        "{\"created_time\": 3, \"input_tokens\": 600, \"output_tokens\": 2, \"hash_ids\": [1, 2],"
            + " \"session_id\": \"s\", \"cached_tokens\": 512}";
    Read request = read(line).getFirst();
    assertThat(request.arrivalNanos()).isEqualTo(3_000_000);
    assertThat(request.inputTokens()).isEqualTo(600);
    assertThat(request.outputTokens()).isEqualTo(2);
    assertThat(request.session()).isEqualTo("s");
    assertThat(request.cachedTokens()).isEqualTo(512);
  }

  @Test
  void idsUseAllSixtyFourBits() {
    String line =
        "{\"timestamp\":0,\"input_length\":1500,\"output_length\":1,\"hash_ids\":"
            + "[18446744073709551615,9223372036854775808,0]}";
    assertThat(read(line).getFirst().ids())
        .containsExactly("18446744073709551615", "9223372036854775808", "0");
  }

  @Test
  void recordsOwnBlockSizeWinsOverTheOption() {
    String own = mooncake(0, 100, 1, 1, 2, 3, 4).replace("{", "{\"block_size\": 32, ");
    String none = mooncake(0, 100, 1, 1, 2);
    List<Read> requests = read(own + "\n" + none, OPTIONS.withBlockSizeTokens(64));
    assertThat(requests).extracting(Read::blockSizeTokens).containsExactly(32, 64);
  }

  @Test
  void partialLastBlockMayBeListedOrNot() {
    assertThat(read(mooncake(0, 513, 1, 1, 2)).getFirst().ids()).hasSize(2);
    assertThat(read(mooncake(0, 513, 1, 1)).getFirst().ids()).hasSize(1);
    assertThat(read(mooncake(0, 511, 1)).getFirst().ids()).isEmpty();
  }

  @Test
  void fullBlocksAreCountedWithoutThePartialOne() {
    try (TraceReader reader = reader(mooncake(0, 513, 1, 1, 2))) {
      TraceRequest request = Objects.requireNonNull(reader.next());
      assertThat(request.blockCount()).isEqualTo(2);
      assertThat(request.fullBlockCount()).isEqualTo(1);
      assertThatThrownBy(() -> request.blockId(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void qwenTimestampsAreSecondsAndBlocksHaveSixteenTokens() {
    String line =
        "{\"chat_id\": 159, \"parent_chat_id\": 55, \"timestamp\": 61.114, \"input_length\": 33,"
            + " \"output_length\": 132, \"type\": \"text\", \"turn\": 2, \"hash_ids\": [9, 10,"
            + " 11]}";
    try (TraceReader reader = reader(line)) {
      Read request = Read.copy(Objects.requireNonNull(reader.next()));
      assertThat(reader.format()).isEqualTo(TraceFormat.QWEN_BAILIAN);
      assertThat(request.arrivalNanos()).isEqualTo(61_114_000_000L);
      assertThat(request.blockSizeTokens()).isEqualTo(16);
      assertThat(request.chatId()).isEqualTo(159);
      assertThat(request.parentChatId()).isEqualTo(55);
      assertThat(request.turn()).isEqualTo(2);
      assertThat(request.type()).isEqualTo("text");
    }
  }

  @Test
  void qwenIdsThatNameContentAloneAreChained() {
    String head = "{\"chat_id\": 1, \"timestamp\": 1, \"output_length\": 1, \"input_length\": ";
    List<Read> requests =
        read(
            head
                + "48, \"hash_ids\": [5, 5, 6]}\n"
                + head
                + "32, \"hash_ids\": [5, 5]}\n"
                + head
                + "32, \"hash_ids\": [6, 5]}\n");
    List<String> first = requests.get(0).ids();
    assertThat(first).doesNotHaveDuplicates();
    assertThat(requests.get(1).ids()).isEqualTo(first.subList(0, 2));
    assertThat(requests.get(2).ids()).doesNotContainAnyElementsOf(first);
    assertThat(requests.get(0).turn()).isEqualTo(1);
  }

  @Test
  void blockSizeInARecordWithChatIdMeansMilliseconds() {
    String line =
        "{\"timestamp\": 61, \"input_length\": 16, \"output_length\": 1, \"block_size\": 16,"
            + " \"chat_id\": 4, \"parent_chat_id\": -1, \"turn\": 1, \"hash_ids\": [3]}";
    Read request = read(line).getFirst();
    assertThat(request.arrivalNanos()).isEqualTo(61_000_000);
    assertThat(request.chatId()).isEqualTo(4);
    assertThat(request.ids()).containsExactly("3");
  }

  private static String dynamoEvent(String more) {
    return "{\"schema\":\"dynamo.request.trace.v1\",\"event_type\":\"request_end\","
        + "\"agent_context\":{\"session_id\":\"s:1\",\"parent_session_id\":\"s\"},"
        + "\"request\":{\"request_id\":\"r\",\"output_tokens\":30,\"cached_tokens\":16,"
        + "\"request_received_ms\":1779163048815,\"worker\":{\"x\":[1,{\"y\":null}]},"
        + "\"replay\":{\"trace_block_size\":16,\"input_length\":20,"
        + "\"input_sequence_hashes\":[1549729496416048079,17]"
        + more
        + "}}}";
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void dynamoEventsAreReadWrappedOrBare(boolean wrapped) {
    String event = dynamoEvent("");
    String tool =
        "{\"schema\":\"dynamo.request.trace.v1\",\"event_type\":\"tool_start\",\"tool\":{}}";
    String text =
        wrapped
            ? "{\"timestamp\":1,\"event\":" + tool + "}\n{\"timestamp\":2,\"event\":" + event + "}"
            : tool + "\n" + event;
    try (TraceReader reader = reader(text)) {
      Read request = Read.copy(Objects.requireNonNull(reader.next()));
      assertThat(reader.next()).isNull();
      assertThat(reader.format()).isEqualTo(TraceFormat.DYNAMO_REQUEST);
      assertThat(reader.otherEvents()).isEqualTo(1);
      assertThat(reader.requests()).isEqualTo(1);
      assertThat(request.arrivalNanos()).isEqualTo(1_779_163_048_815_000_000L);
      assertThat(request.ids()).containsExactly("1549729496416048079", "17");
      assertThat(request.inputTokens()).isEqualTo(20);
      assertThat(request.outputTokens()).isEqualTo(30);
      assertThat(request.blockSizeTokens()).isEqualTo(16);
      assertThat(request.cachedTokens()).isEqualTo(16);
      assertThat(request.session()).isEqualTo("s:1");
      assertThat(request.parentSession()).isEqualTo("s");
    }
  }

  @Test
  void dynamoTrajectoryTakesTheSessionsPlace() {
    String line =
        dynamoEvent("")
            .replace(
                "\"session_id\":\"s:1\"",
                "\"session_id\":\"run\",\"trajectory_id\":\"run:7\",\"parent_trajectory_id\":null");
    Read request = read(line).getFirst();
    assertThat(request.session()).isEqualTo("run:7");
    assertThat(request.parentSession()).isNull();
  }

  @Test
  void dynamoCompletionHashesAreKept() {
    try (TraceReader reader =
        reader(dynamoEvent(",\"completion_sequence_hashes\":[1549729496416048079,18,19,20]"))) {
      TraceRequest request = Objects.requireNonNull(reader.next());
      assertThat(request.completionBlockCount()).isEqualTo(4);
      assertThat(request.completionBlockIds()).startsWith(1549729496416048079L, 18, 19, 20);
      assertThat(request.blockIds()).startsWith(1549729496416048079L, 17);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"input_tok_ids", "token_ids", "prompt_token_ids", "tokens"})
  void tokenIdsAreCutIntoFullBlocksAndHashed(String key) {
    String line =
        "{\"arrival_time_ns\": 46926808, \""
            + key
            + "\": [1, 2, 3, 4, 5, 6, 7, 8, 4294967295], \"output_tok_ids\": [9, 10]}";
    int[] tokens = {1, 2, 3, 4, 5, 6, 7, 8};
    long seed = TokenHashing.saltHash(null, null);
    long first = TokenHashing.blockHash(tokens, 0, 4, seed);
    long second = TokenHashing.nextSequenceHash(first, TokenHashing.blockHash(tokens, 4, 8, seed));

    try (TraceReader reader = reader(line, OPTIONS.withBlockSizeTokens(4))) {
      TraceRequest request = Objects.requireNonNull(reader.next());
      assertThat(reader.format()).isEqualTo(TraceFormat.TOKEN_IDS);
      assertThat(request.arrivalNanos()).isEqualTo(46_926_808);
      assertThat(request.inputTokens()).isEqualTo(9);
      assertThat(request.outputTokens()).isEqualTo(2);
      assertThat(request.blockCount()).isEqualTo(2);
      assertThat(request.blockId(0)).isEqualTo(first);
      assertThat(request.blockId(1)).isEqualTo(second);
      assertThat(request.promptTokenIdCount()).isZero();
    }
  }

  @Test
  void tokenIdsAreHandedOutOnRequest() {
    String line =
        "{\"token_ids\": [4, 5, 4294967295], \"output_token_ids\": [6]}\n{\"token_ids\": [1]}";
    try (TraceReader reader = reader(line, OPTIONS.withKeepTokenIds(true))) {
      TraceRequest request = Objects.requireNonNull(reader.next());
      assertThat(request.promptTokenIdCount()).isEqualTo(3);
      assertThat(request.promptTokenIds()).startsWith(4, 5, -1);
      assertThat(request.outputTokenIdCount()).isEqualTo(1);
      assertThat(request.outputTokenIds()).startsWith(6);
      assertThat(Objects.requireNonNull(reader.next()).outputTokenIdCount()).isZero();
    }
  }

  @Test
  void saltAndLoraKeepEqualTokensApart() {
    String tokens = "\"token_ids\": [1, 2, 3, 4]";
    List<Read> requests =
        read(
            "{"
                + tokens
                + "}\n{"
                + tokens
                + ", \"lora_name\": \"x\"}\n"
                + "{"
                + tokens
                + ", \"cache_salt\": \"x\"}\n{"
                + tokens
                + ", \"salt\": null}\n",
            OPTIONS.withBlockSizeTokens(4));
    assertThat(requests.stream().map(r -> r.ids().getFirst()).distinct()).hasSize(3);
    assertThat(requests.get(3).ids()).isEqualTo(requests.get(0).ids());
  }

  @Test
  void tokenTracesWithoutTimesAllArriveAtOnce() {
    assertThat(read("{\"tokens\": [1]}\n{\"tokens\": [2]}"))
        .extracting(Read::arrivalNanos)
        .containsExactly(0L, 0L);
  }

  @Test
  void chosenFormIsNotGuessed() {
    String line =
        "{\"chat_id\": 1, \"timestamp\": 5, \"input_length\": 1, \"output_length\": 1,"
            + " \"hash_ids\": [3]}";
    Read request = read(line, OPTIONS.withFormat(TraceFormat.MOONCAKE)).getFirst();
    assertThat(request.arrivalNanos()).isEqualTo(5_000_000);
    assertThat(request.blockSizeTokens()).isEqualTo(512);
  }

  @Test
  void contentIdsAreAlsoAvailableForMooncake() {
    List<Read> requests = read(mooncake(0, 1024, 1, 5, 5), OPTIONS.withBlockIds(BlockIds.CONTENT));
    assertThat(requests.getFirst().ids()).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void formatsAreFoundByLabelOrName() {
    for (TraceFormat format : TraceFormat.values()) {
      assertThat(TraceFormat.parse(format.label())).isEqualTo(format);
      assertThat(TraceFormat.parse(" " + format.name().replace('_', '-'))).isEqualTo(format);
    }
    assertThatThrownBy(() -> TraceFormat.parse("csv"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"csv\"")
        .hasMessageContaining("mooncake, qwen, dynamo, tokens");
  }

  @Test
  void blockSizesOutsideTheRangeAreRefused() {
    assertThatThrownBy(() -> OPTIONS.withBlockSizeTokens(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> OPTIONS.withBlockSizeTokens((1 << 20) + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
