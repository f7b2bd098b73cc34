package dev.kvbm.replay.trace;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;

/** The forms whose record is one flat object: Mooncake, Qwen-Bailian and token ids. */
final class FlatRecordParser extends RecordParser {
  private static final long MILLI_NANOS = 1_000_000;
  private static final long SECOND_NANOS = 1_000_000_000;

  private static final int TIMESTAMP = 0;
  private static final int INPUT_LENGTH = 1;
  private static final int OUTPUT_LENGTH = 2;
  private static final int HASH_IDS = 3;
  private static final int BLOCK_SIZE = 4;
  private static final int CHAT_ID = 5;
  private static final int PARENT_CHAT_ID = 6;
  private static final int TURN = 7;
  private static final int TYPE = 8;
  private static final int SESSION_ID = 9;
  private static final int ARRIVAL_NANOS = 10;
  private static final int PROMPT_TOKENS = 11;
  private static final int OUTPUT_TOKENS = 12;
  private static final int CACHED_TOKENS = 13;
  private static final int LORA_NAME = 14;
  private static final int SALT = 15;
  private static final int PARENT_SESSION_ID = 16;

  /** Key names, the most frequent first. */
  private static final byte[][] NAMES =
      keys(
          "timestamp",
          "input_length",
          "output_length",
          "hash_ids",
          "block_size",
          "chat_id",
          "parent_chat_id",
          "turn",
          "type",
          "session_id",
          "parent_session_id",
          "arrival_time_ns",
          "input_tok_ids",
          "output_tok_ids",
          "input_toks",
          "output_toks",
          "created_time",
          "input_tokens",
          "output_tokens",
          "token_ids",
          "prompt_token_ids",
          "tokens",
          "output_token_ids",
          "cached_tokens",
          "lora_name",
          "cache_salt",
          "salt");

  /** What each name means, by its index in {@link #NAMES}. */
  private static final int[] MEANINGS = {
    TIMESTAMP,
    INPUT_LENGTH,
    OUTPUT_LENGTH,
    HASH_IDS,
    BLOCK_SIZE,
    CHAT_ID,
    PARENT_CHAT_ID,
    TURN,
    TYPE,
    SESSION_ID,
    PARENT_SESSION_ID,
    ARRIVAL_NANOS,
    PROMPT_TOKENS,
    OUTPUT_TOKENS,
    INPUT_LENGTH,
    OUTPUT_LENGTH,
    TIMESTAMP,
    INPUT_LENGTH,
    OUTPUT_LENGTH,
    PROMPT_TOKENS,
    PROMPT_TOKENS,
    PROMPT_TOKENS,
    OUTPUT_TOKENS,
    CACHED_TOKENS,
    LORA_NAME,
    SALT,
    SALT,
  };

  private static final int MOONCAKE_KEYS =
      1 << TIMESTAMP | 1 << INPUT_LENGTH | 1 << OUTPUT_LENGTH | 1 << HASH_IDS;
  private static final int QWEN_KEYS = MOONCAKE_KEYS | 1 << CHAT_ID;

  private final TraceFormat format;
  private final TraceOptions options;
  private final long timestampNanos;
  private final String timestampUnit;
  private @Nullable String lastType;
  private long lastArrivalNanos;

  FlatRecordParser(TraceFormat format, TraceOptions options) {
    BlockIds chosen = options.blockIds();
    BlockIds own = format == TraceFormat.QWEN_BAILIAN ? BlockIds.CONTENT : BlockIds.CHAINED;
    super(chosen == null ? own : chosen);
    this.format = format;
    this.options = options;
    boolean seconds = format == TraceFormat.QWEN_BAILIAN;
    this.timestampNanos = seconds ? SECOND_NANOS : MILLI_NANOS;
    this.timestampUnit = seconds ? "seconds" : "milliseconds";
  }

  @Override
  boolean parse(JsonLine json, TraceRequest request) throws Malformed {
    int given = 0;
    int ids = 0;
    int promptTokens = 0;
    int blockSize = 0;
    long chatId = -1;
    long parentChatId = -1;
    String lora = null;
    String salt = null;
    boolean tokens = format == TraceFormat.TOKEN_IDS;

    json.enterObject();
    while (json.nextKey()) {
      int name = json.keyIndex(NAMES);
      if (name < 0) {
        json.skipValue();
        continue;
      }
      int meaning = MEANINGS[name];
      if ((given & (1 << meaning)) != 0) {
        throw new Malformed(
            "expected each value once, found \"" + json.key() + "\" after one for the same");
      }
      if (json.skipNull()) {
        continue;
      }
      given |= 1 << meaning;
      switch (meaning) {
        case TIMESTAMP -> request.arrivalNanos(json.readNanos(timestampUnit, timestampNanos));
        case INPUT_LENGTH -> request.inputTokens(json.readLength());
        case OUTPUT_LENGTH -> request.outputTokens(json.readLength());
        case HASH_IDS -> {
          if (tokens) {
            json.skipValue();
          } else {
            ids = json.readUnsignedLongs();
          }
        }
        case BLOCK_SIZE -> blockSize = checkedBlockSize("block_size", json.readLength());
        case CHAT_ID -> chatId = json.readLong();
        case PARENT_CHAT_ID -> parentChatId = json.readLong();
        case TURN -> request.turn(json.readLength());
        case TYPE -> request.type(shared(json.readString()));
        case SESSION_ID -> request.session(json.readString(), request.parentSession());
        case PARENT_SESSION_ID -> request.session(request.session(), json.readString());
        case ARRIVAL_NANOS -> request.arrivalNanos(json.readNanos("nanoseconds", 1));
        case PROMPT_TOKENS -> {
          if (tokens) {
            promptTokens = json.readTokens();
            // The scanner's array goes to the request, the request's old one to the scanner.
            request.promptTokenIds(json.exchangeInts(request.promptTokenIds()), promptTokens);
          } else {
            json.skipValue();
          }
        }
        case OUTPUT_TOKENS -> {
          if (tokens || options.keepTokenIds()) {
            int count = json.readTokens();
            request.outputTokenIds(json.exchangeInts(request.outputTokenIds()), count);
          } else {
            json.skipValue();
          }
        }
        case CACHED_TOKENS -> request.cachedTokens(json.readLength());
        case LORA_NAME -> lora = json.readString();
        case SALT -> salt = json.readString();
        default -> throw new AssertionError(meaning);
      }
    }
    json.finish();

    boolean sizeIsOurs = blockSize == 0;
    if (sizeIsOurs) {
      blockSize =
          options.blockSizeTokens() > 0
              ? options.blockSizeTokens()
              : format.defaultBlockSizeTokens();
    }
    request.blockSizeTokens(blockSize);
    if (tokens) {
      requireKeys(given, 1 << PROMPT_TOKENS);
      finishTokens(request, given, promptTokens, blockSize, lora, salt);
    } else {
      requireKeys(given, format == TraceFormat.QWEN_BAILIAN ? QWEN_KEYS : MOONCAKE_KEYS);
      checkCount("hash_ids", ids, request.inputTokens(), blockSize, sizeIsOurs);
      chain("hash_ids", json.longs(), ids);
      request.blockIds(json.longs(), ids);
    }
    if ((given & (1 << CHAT_ID)) != 0) {
      request.chatId(chatId, parentChatId);
      if ((given & (1 << TURN)) == 0 && parentChatId < 0) {
        request.turn(1);
      }
    }
    return true;
  }

  private void finishTokens(
      TraceRequest request,
      int given,
      int promptTokens,
      int blockSize,
      @Nullable String lora,
      @Nullable String salt)
      throws Malformed {
    if ((given & (1 << INPUT_LENGTH)) != 0 && request.inputTokens() != promptTokens) {
      throw new Malformed(
          "expected "
              + request.inputTokens()
              + " prompt token ids, as the record's length says, found "
              + promptTokens);
    }
    int outputIds = request.outputTokenIdCount();
    if ((given & (1 << OUTPUT_LENGTH)) == 0) {
      request.outputTokens(outputIds);
    } else if ((given & (1 << OUTPUT_TOKENS)) != 0 && request.outputTokens() != outputIds) {
      throw new Malformed(
          "expected "
              + request.outputTokens()
              + " output token ids, as the record's length says, found "
              + outputIds);
    }
    if ((given & (1 << ARRIVAL_NANOS | 1 << TIMESTAMP)) == 0) {
      request.arrivalNanos(lastArrivalNanos);
    }
    lastArrivalNanos = request.arrivalNanos();
    request.inputTokens(promptTokens);
    request.saltHash(TokenBlocks.seed(salt, lora));
    TokenBlocks.cut(request, blockSize, request.saltHash());
    if (!options.keepTokenIds()) {
      request.promptTokenIds(request.promptTokenIds(), 0);
      request.outputTokenIds(request.outputTokenIds(), 0);
    }
  }

  private static void requireKeys(int given, int required) throws Malformed {
    int missing = required & ~given;
    if (missing == 0) {
      return;
    }
    throw new Malformed("expected " + list(required) + "; missing: " + list(missing));
  }

  private static String list(int meanings) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < NAMES.length; i++) {
      int bit = 1 << MEANINGS[i];
      if ((meanings & bit) != 0) {
        meanings &= ~bit;
        names.append(names.isEmpty() ? "" : ", ").append(new String(NAMES[i], US_ASCII));
      }
    }
    return names.toString();
  }

  /** Most traces name a handful of kinds over and over: one string for equal neighbours. */
  private String shared(String type) {
    String last = lastType;
    if (last != null && last.equals(type)) {
      return last;
    }
    lastType = type;
    return type;
  }
}
