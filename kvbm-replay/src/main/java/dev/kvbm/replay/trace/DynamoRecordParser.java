package dev.kvbm.replay.trace;

import org.jspecify.annotations.Nullable;

/** {@code dynamo.request.trace.v1}, bare or inside a recorder's {@code event}. */
final class DynamoRecordParser extends RecordParser {
  private static final String SCHEMA = "dynamo.request.trace.v1";
  private static final String REQUEST_END = "request_end";
  private static final long MILLI_NANOS = 1_000_000;

  private static final byte[][] RECORD =
      keys("event", "schema", "event_type", "agent_context", "request");
  private static final byte[][] CONTEXT =
      keys("session_id", "parent_session_id", "trajectory_id", "parent_trajectory_id");
  private static final byte[][] REQUEST =
      keys("request_received_ms", "output_tokens", "cached_tokens", "replay");
  private static final byte[][] REPLAY =
      keys(
          "trace_block_size",
          "input_length",
          "input_sequence_hashes",
          "completion_sequence_hashes");

  private final TraceOptions options;

  // What the current line has said so far; -1 or null where it has not.
  private @Nullable String schema;
  private @Nullable String eventType;
  private @Nullable String session;
  private @Nullable String parentSession;
  private @Nullable String trajectory;
  private @Nullable String parentTrajectory;
  private long receivedNanos;
  private int outputTokens;
  private int cachedTokens;
  private boolean replay;
  private int blockSize;
  private int inputLength;
  private int ids;
  private int completionIds;

  DynamoRecordParser(TraceOptions options) {
    BlockIds chosen = options.blockIds();
    super(chosen == null ? BlockIds.CHAINED : chosen);
    this.options = options;
  }

  @Override
  boolean parse(JsonLine json, TraceRequest request) throws Malformed {
    schema = null;
    eventType = null;
    session = null;
    parentSession = null;
    trajectory = null;
    parentTrajectory = null;
    receivedNanos = -1;
    outputTokens = -1;
    cachedTokens = -1;
    replay = false;
    blockSize = -1;
    inputLength = -1;
    ids = -1;
    completionIds = -1;

    json.enterObject();
    readRecord(json, request, /* wrapped= */ false);
    json.finish();

    if (!SCHEMA.equals(schema)) {
      throw new Malformed(
          "expected schema \"" + SCHEMA + "\", found " + (schema == null ? "none" : schema));
    }
    if (eventType == null) {
      throw new Malformed("expected an event_type, found none");
    }
    if (!REQUEST_END.equals(eventType)) {
      request.clear();
      return false;
    }
    require(receivedNanos >= 0, "request.request_received_ms");
    require(outputTokens >= 0, "request.output_tokens");
    if (!replay) {
      throw new Malformed(
          "expected request.replay with the hashes of the prompt's blocks, found none; was the"
              + " trace recorded without replay hashes?");
    }
    require(inputLength >= 0, "request.replay.input_length");
    require(ids >= 0, "request.replay.input_sequence_hashes");
    boolean sizeIsOurs = blockSize < 0;
    if (sizeIsOurs) {
      require(options.blockSizeTokens() > 0, "request.replay.trace_block_size");
      blockSize = options.blockSizeTokens();
    }
    checkCount("input_sequence_hashes", ids, inputLength, blockSize, sizeIsOurs);
    chain("input_sequence_hashes", request.blockIds(), ids);
    if (completionIds >= 0) {
      checkCount(
          "completion_sequence_hashes",
          completionIds,
          Math.addExact(inputLength, Math.min(outputTokens, Integer.MAX_VALUE - inputLength)),
          blockSize,
          sizeIsOurs);
      chain("completion_sequence_hashes", request.completionBlockIds(), completionIds);
    }
    request
        .arrivalNanos(receivedNanos)
        .inputTokens(inputLength)
        .outputTokens(outputTokens)
        .blockSizeTokens(blockSize)
        .cachedTokens(cachedTokens);
    if (trajectory != null) {
      request.session(trajectory, parentTrajectory);
    } else {
      request.session(session, parentSession);
    }
    return true;
  }

  private void readRecord(JsonLine json, TraceRequest request, boolean wrapped) throws Malformed {
    while (json.nextKey()) {
      int key = json.keyIndex(RECORD);
      if (key < 0 || json.skipNull()) {
        if (key < 0) {
          json.skipValue();
        }
        continue;
      }
      switch (key) {
        case 0 -> {
          if (wrapped) {
            json.skipValue();
          } else {
            json.enterObject();
            readRecord(json, request, /* wrapped= */ true);
          }
        }
        case 1 -> schema = json.readString();
        case 2 -> eventType = json.readString();
        case 3 -> readContext(json);
        case 4 -> readRequest(json, request);
        default -> throw new AssertionError(key);
      }
    }
  }

  private void readContext(JsonLine json) throws Malformed {
    json.enterObject();
    while (json.nextKey()) {
      int key = json.keyIndex(CONTEXT);
      if (key < 0) {
        json.skipValue();
      } else if (!json.skipNull()) {
        String value = json.readString();
        switch (key) {
          case 0 -> session = value;
          case 1 -> parentSession = value;
          case 2 -> trajectory = value;
          case 3 -> parentTrajectory = value;
          default -> throw new AssertionError(key);
        }
      }
    }
  }

  private void readRequest(JsonLine json, TraceRequest request) throws Malformed {
    json.enterObject();
    while (json.nextKey()) {
      int key = json.keyIndex(REQUEST);
      if (key < 0) {
        json.skipValue();
      } else if (!json.skipNull()) {
        switch (key) {
          case 0 -> receivedNanos = json.readNanos("milliseconds", MILLI_NANOS);
          case 1 -> outputTokens = json.readLength();
          case 2 -> cachedTokens = json.readLength();

          case 3 -> readReplay(json, request);
          default -> throw new AssertionError(key);
        }
      }
    }
  }

  private void readReplay(JsonLine json, TraceRequest request) throws Malformed {
    replay = true;
    json.enterObject();
    while (json.nextKey()) {
      int key = json.keyIndex(REPLAY);
      if (key < 0) {
        json.skipValue();
      } else if (!json.skipNull()) {
        switch (key) {
          case 0 -> blockSize = checkedBlockSize("trace_block_size", json.readLength());
          case 1 -> inputLength = json.readLength();
          case 2 -> {
            ids = json.readUnsignedLongs();
            request.blockIds(json.exchangeLongs(request.blockIds()), ids);
          }
          case 3 -> {
            completionIds = json.readUnsignedLongs();
            request.completionBlockIds(
                json.exchangeLongs(request.completionBlockIds()), completionIds);
          }
          default -> throw new AssertionError(key);
        }
      }
    }
  }

  private static void require(boolean given, String key) throws Malformed {
    if (!given) {
      throw new Malformed("expected " + key + ", found none");
    }
  }
}
