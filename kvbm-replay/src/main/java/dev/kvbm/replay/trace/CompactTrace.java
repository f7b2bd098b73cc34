package dev.kvbm.replay.trace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole trace in memory, small enough that hundreds of megabytes of JSON fit an ordinary heap,
 * and immutable, so that any number of threads may walk it.
 *
 * <p>Block ids are renumbered 0, 1, 2, … in order of first appearance. The blocks that a request
 * shows for the first time are then consecutive, and so is a prefix first seen in one request;
 * requests are stored as runs of consecutive numbers and cost a few bytes each, however many blocks
 * they have. Where each block hangs (its parent block and its position in the prompt) follows from
 * the same runs.
 *
 * <p>Requests are in order of arrival unless {@link Builder#keepSourceOrder} says otherwise; equal
 * arrivals keep the order of the source. Arrival times are relative to the first arrival.
 */
public final class CompactTrace {
  private static final int REQUESTS_A_BASE = 1 << 10;
  private static final int OTHER_TYPE = 255;

  private final List<String> sources;
  private final Data data;

  private CompactTrace(List<String> sources, Data data) {
    this.sources = List.copyOf(sources);
    this.data = data;
  }

  /**
   * Reads a file.
   *
   * @param file JSON Lines, plain or gzip
   * @param options how to read it
   * @return the trace
   * @throws TraceException as {@link TraceReader} does
   */
  public static CompactTrace load(Path file, TraceOptions options) {
    try (TraceReader reader = TraceReader.open(file, options)) {
      return new Builder().addAll(reader).build();
    }
  }

  /**
   * Reads several files as one trace: same ids, same clock. That is right for the segments of one
   * recording; unrelated traces belong into a {@code CompactTrace} each, since their ids would be
   * taken for the same blocks.
   *
   * @param files in the order in which they were recorded
   * @param options how to read each
   * @return the trace
   * @throws TraceException as {@link TraceReader} does
   * @throws IllegalArgumentException if there are no files
   */
  public static CompactTrace load(List<Path> files, TraceOptions options) {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("there is no trace file; name at least one");
    }
    Builder builder = new Builder();
    for (Path file : files) {
      try (TraceReader reader = TraceReader.open(file, options)) {
        builder.addAll(reader);
      }
    }
    return builder.build();
  }

  /**
   * Reads a source to its end. The caller closes it.
   *
   * @param source requests in the order of the source
   * @return the trace
   * @throws TraceException as the source does
   */
  public static CompactTrace of(TraceSource source) {
    return new Builder().addAll(source).build();
  }

  /** {@return what the trace was made from: files with their folders, as given} */
  public List<String> sources() {
    return sources;
  }

  /**
   * {@return the names of the sources, without folders and without {@code .jsonl} and {@code .gz}}
   */
  public String name() {
    StringBuilder name = new StringBuilder();
    for (String source : sources) {
      String last = source.substring(source.lastIndexOf('/') + 1);
      last = last.endsWith(".gz") ? last.substring(0, last.length() - 3) : last;
      last = last.endsWith(".jsonl") ? last.substring(0, last.length() - 6) : last;
      name.append(name.isEmpty() ? "" : " + ").append(last.isEmpty() ? source : last);
    }
    return name.toString();
  }

  /** {@return how many requests there are} */
  public int requestCount() {
    return data.requests;
  }

  /** {@return how many block ids all requests list together} */
  public long accessCount() {
    return data.accesses;
  }

  /** {@return how many different blocks there are; their numbers are below this} */
  public int uniqueBlocks() {
    return data.unique;
  }

  /** {@return prompt tokens of all requests} */
  public long inputTokens() {
    return data.totalInputTokens;
  }

  /** {@return generated tokens of all requests} */
  public long outputTokens() {
    return data.totalOutputTokens;
  }

  /** {@return the most blocks any request lists} */
  public int maxBlockCount() {
    return data.maxBlockCount;
  }

  /** {@return the tokens a block of all requests, or 0 if they differ or there are no requests} */
  public int blockSizeTokens() {
    return data.blockSizes == null ? data.blockSize : 0;
  }

  /** {@return the time from the first arrival to the last} */
  public long spanNanos() {
    return data.requests == 0 ? 0 : data.lastNanos - data.firstNanos;
  }

  /** {@return the first arrival on the source's own clock} */
  public long firstArrivalNanos() {
    return data.requests == 0 ? 0 : data.firstNanos;
  }

  /**
   * {@return accesses whose block hung elsewhere (other parent or position) when it first appeared}
   */
  public long chainViolations() {
    return data.chainViolations;
  }

  /** {@return requests that came earlier than the one before them in the source} */
  public long outOfOrder() {
    return data.outOfOrder;
  }

  /**
   * {@return when a request came, in nanoseconds since the first arrival}
   *
   * @param request its number, from 0 in the order of the trace
   * @throws IndexOutOfBoundsException if there is no such request
   */
  public long arrivalNanos(int request) {
    return data.arrivalNanos.get(check(request)) - data.firstNanos;
  }

  /**
   * {@return prompt tokens of a request}
   *
   * @param request its number, from 0 in the order of the trace
   * @throws IndexOutOfBoundsException if there is no such request
   */
  public int inputTokens(int request) {
    return data.inputTokens.get(check(request));
  }

  /**
   * {@return generated tokens of a request}
   *
   * @param request its number, from 0 in the order of the trace
   * @throws IndexOutOfBoundsException if there is no such request
   */
  public int outputTokens(int request) {
    return data.outputTokens.get(check(request));
  }

  /**
   * {@return tokens a block of a request}
   *
   * @param request its number, from 0 in the order of the trace
   * @throws IndexOutOfBoundsException if there is no such request
   */
  public int blockSizeTokens(int request) {
    check(request);
    IntPages sizes = data.blockSizes;
    return sizes == null ? data.blockSize : sizes.get(request);
  }

  /**
   * {@return how many blocks a request lists; the last may be partial}
   *
   * @param request its number, from 0 in the order of the trace
   * @throws IndexOutOfBoundsException if there is no such request
   */
  public int blockCount(int request) {
    VarintPages.Position position = new VarintPages.Position(data.payload);
    position.moveTo(data.offset(check(request)));
    return position.next();
  }

  /**
   * {@return how many of a request's listed blocks are full}
   *
   * @param request its number, from 0 in the order of the trace
   * @throws IndexOutOfBoundsException if there is no such request
   */
  public int fullBlockCount(int request) {
    return Math.min(blockCount(request), inputTokens(request) / blockSizeTokens(request));
  }

  /** {@return how many conversations the requests belong to, as far as the source tells} */
  public int conversationCount() {
    return data.conversations;
  }

  /**
   * {@return the conversation of a request, from 0 in order of first appearance; -1 if unknown}
   *
   * @param request its number, from 0 in the order of the trace
   * @throws IndexOutOfBoundsException if there is no such request
   */
  public int conversation(int request) {
    return data.at(data.conversation, check(request), -1);
  }

  /**
   * {@return the turn of a request, from 1; 0 if unknown}
   *
   * @param request its number, from 0 in the order of the trace
   * @throws IndexOutOfBoundsException if there is no such request
   */
  public int turn(int request) {
    return data.at(data.turn, check(request), 0);
  }

  /**
   * {@return prompt tokens that the recorded engine found cached, or -1 if unknown}
   *
   * @param request its number, from 0 in the order of the trace
   * @throws IndexOutOfBoundsException if there is no such request
   */
  public int cachedTokens(int request) {
    return data.at(data.cachedTokens, check(request), -1);
  }

  /** {@return whether any request says what the recorded engine found cached} */
  public boolean hasCachedTokens() {
    return data.cachedTokens != null;
  }

  /**
   * {@return the kind of a request, or null if unknown}
   *
   * @param request its number, from 0 in the order of the trace
   * @throws IndexOutOfBoundsException if there is no such request
   */
  public @Nullable String type(int request) {
    int type = data.at(data.type, check(request), 0);
    return type == 0 ? null : data.types.get(type - 1);
  }

  /** {@return the kinds that occur, in order of first appearance} */
  public List<String> types() {
    return List.copyOf(data.types);
  }

  /**
   * {@return the block before this one in a prompt, or -1 for a first block} Where a trace
   * contradicts itself ({@link #chainViolations()}), the first appearance counts. Costs a binary
   * search.
   *
   * @param block its number in this trace
   * @throws IndexOutOfBoundsException if there is no such block
   */
  public int parent(int block) {
    int segment = data.segmentOf(checkBlock(block));
    boolean first = block == data.segmentStart.get(segment);
    return first ? data.segmentParent.get(segment) : block - 1;
  }

  /**
   * {@return how many blocks come before this one in a prompt} Costs a binary search.
   *
   * @param block its number in this trace
   * @throws IndexOutOfBoundsException if there is no such block
   */
  public int position(int block) {
    int segment = data.segmentOf(checkBlock(block));
    return data.segmentPosition.get(segment) + block - data.segmentStart.get(segment);
  }

  /** {@return the parents of all blocks, see {@link #parent}, in a new array} */
  public int[] parents() {
    int[] parents = new int[data.unique];
    for (int i = 0; i < parents.length; i++) {
      parents[i] = i - 1;
    }
    for (int segment = 0; segment < data.segmentStart.size(); segment++) {
      parents[data.segmentStart.get(segment)] = data.segmentParent.get(segment);
    }
    return parents;
  }

  /** {@return the positions of all blocks, see {@link #position}, in a new array} */
  public int[] positions() {
    int[] positions = new int[data.unique];
    IntPages starts = data.segmentStart;
    for (int segment = 0; segment < starts.size(); segment++) {
      int from = starts.get(segment);
      int to = segment + 1 < starts.size() ? starts.get(segment + 1) : data.unique;
      int position = data.segmentPosition.get(segment);
      for (int block = from; block < to; block++) {
        positions[block] = position++;
      }
    }
    return positions;
  }

  /** {@return whether {@link #sourceId} works: source ids are dropped above four million blocks} */
  public boolean hasSourceIds() {
    return data.identity || data.sourceIds != null;
  }

  /**
   * {@return the id that the source gives a block, unsigned}
   *
   * @param block its number in this trace
   * @throws IllegalStateException if {@link #hasSourceIds()} is false
   * @throws IndexOutOfBoundsException if there is no such block
   */
  public long sourceId(int block) {
    checkBlock(block);
    LongPages ids = data.sourceIds;
    if (ids != null) {
      return ids.get(block);
    }
    if (!data.identity) {
      throw new IllegalStateException(
          "the ids of a trace with "
              + data.unique
              + " blocks are not kept; the limit is "
              + BlockNumbering.MAX_SOURCE_IDS);
    }
    return block;
  }

  /** {@return a new position before the first request, for one thread} */
  public Cursor cursor() {
    return new Cursor(data);
  }

  /** {@return about how many bytes the trace holds} */
  public long retainedBytes() {
    return data.bytes();
  }

  @Override
  public String toString() {
    return "CompactTrace["
        + name()
        + ": "
        + data.requests
        + " requests, "
        + data.accesses
        + " block accesses, "
        + data.unique
        + " blocks]";
  }

  private int check(int request) {
    if (request < 0 || request >= data.requests) {
      throw new IndexOutOfBoundsException("request " + request + " of " + data.requests);
    }
    return request;
  }

  private int checkBlock(int block) {
    if (block < 0 || block >= data.unique) {
      throw new IndexOutOfBoundsException("block " + block + " of " + data.unique);
    }
    return block;
  }

  /**
   * Walks the requests of a trace and decodes their blocks. Cheap to make; several may be in use at
   * once, each by one thread.
   */
  public static final class Cursor {
    private final Data data;
    private final VarintPages.Position payload;
    private int[] blocks = new int[64];
    private int count;
    private int request = -1;

    private Cursor(Data data) {
      this.data = data;
      this.payload = new VarintPages.Position(data.payload);
      if (data.requests > 0) {
        payload.moveTo(0);
      }
    }

    /**
     * Moves to the next request.
     *
     * @return whether there was one; after the last the cursor stays where it is
     */
    public boolean next() {
      if (request + 1 >= data.requests) {
        return false;
      }
      request++;
      decode();
      return true;
    }

    /**
     * Moves to this request.
     *
     * @param index the number of the request, from 0
     * @throws IndexOutOfBoundsException if there is none
     */
    public void seek(int index) {
      if (index < 0 || index >= data.requests) {
        throw new IndexOutOfBoundsException("request " + index + " of " + data.requests);
      }
      request = index;
      payload.moveTo(data.offset(index));
      decode();
    }

    /** Moves before the first request. */
    public void rewind() {
      request = -1;
      count = 0;
      if (data.requests > 0) {
        payload.moveTo(0);
      }
    }

    /** {@return the current request's number, or -1 before the first} */
    public int request() {
      return request;
    }

    /**
     * {@return an array with the current request's blocks in prompt order, from {@link #from()} on,
     * {@link #count()} of them; not copied, and valid until the cursor moves}
     */
    public int[] ids() {
      return blocks;
    }

    /** {@return where in {@link #ids()} the first block is} */
    public int from() {
      return 0;
    }

    /** {@return how many blocks the current request lists; the last may be partial} */
    public int count() {
      return count;
    }

    /** {@return prompt tokens of the current request} */
    public long inputTokens() {
      return data.inputTokens.get(request);
    }

    /** {@return generated tokens of the current request} */
    public long outputTokens() {
      return data.outputTokens.get(request);
    }

    /** {@return tokens a block of the current request} */
    public int blockSizeTokens() {
      IntPages sizes = data.blockSizes;
      return sizes == null ? data.blockSize : sizes.get(request);
    }

    /**
     * {@return arrival in milliseconds since the first, or NaN if the trace has no clock, that is,
     * if all of several requests arrive at once}
     */
    public double arrivalMillis() {
      if (data.requests > 1 && data.firstNanos == data.lastNanos) {
        return Double.NaN;
      }
      return (data.arrivalNanos.get(request) - data.firstNanos) / 1e6;
    }

    /** {@return the conversation of the current request, or -1 if unknown} */
    public int conversation() {
      return data.at(data.conversation, request, -1);
    }

    private void decode() {
      int wanted = payload.next();
      if (wanted > blocks.length) {
        blocks = new int[Math.max(wanted, blocks.length * 2)];
      }
      int[] into = blocks;
      int n = 0;
      int block = 0;
      while (n < wanted) {
        int step = payload.next();
        block += (step >>> 1) ^ -(step & 1);
        int to = n + payload.next() + 1;
        while (n < to) {
          into[n++] = block++;
        }
      }
      count = wanted;
    }
  }

  /** Collects requests. Not thread-safe; used once. */
  public static final class Builder {
    private final List<String> sources = new ArrayList<>();
    private final Map<String, Integer> sessions = new HashMap<>();
    private BlockNumbering chats = new BlockNumbering();
    private IntPages chatConversations = new IntPages();
    private BlockNumbering numbering = new BlockNumbering();
    private Encoder encoder = new Encoder(new Data());
    private boolean keepSourceOrder;
    private boolean built;
    private int[] blocks = new int[64];

    /** A builder without requests. */
    public Builder() {}

    /**
     * Leaves requests in the order in which they are added, whatever their times.
     *
     * @return this builder
     */
    public Builder keepSourceOrder() {
      keepSourceOrder = true;
      return this;
    }

    /**
     * Names a source for requests that are added one by one.
     *
     * @param name a file with its folder, or what else the requests came from
     * @return this builder
     */
    public Builder source(String name) {
      sources.add(name);
      return this;
    }

    /**
     * Adds every request of a source and its name. The caller closes it.
     *
     * @param source read to its end
     * @return this builder
     * @throws TraceException as the source does
     */
    public Builder addAll(TraceSource source) {
      source(source.name());
      for (TraceRequest request = source.next(); request != null; request = source.next()) {
        add(request);
      }
      return this;
    }

    /**
     * Adds a request; its contents are copied.
     *
     * @param request may be filled again afterwards
     * @return this builder
     * @throws IllegalStateException if the trace was built already
     */
    public Builder add(TraceRequest request) {
      if (built) {
        throw new IllegalStateException("the trace is built; use a new builder");
      }
      int count = request.blockCount();
      if (count > blocks.length) {
        blocks = new int[Math.max(count, blocks.length * 2)];
      }
      long[] ids = request.blockIds();
      for (int i = 0; i < count; i++) {
        blocks[i] = numbering.numberOf(ids[i]);
      }
      encoder.add(
          blocks,
          count,
          request.arrivalNanos(),
          request.inputTokens(),
          request.outputTokens(),
          request.blockSizeTokens(),
          conversation(request),
          request.turn(),
          encoder.data.typeIndex(request.type()),
          request.cachedTokens());
      return this;
    }

    private int conversation(TraceRequest request) {
      String session = request.session();
      Data data = encoder.data;
      if (session != null) {
        Integer known = sessions.putIfAbsent(session, data.conversations);
        return known != null ? known : data.conversations++;
      }
      if (request.chatId() < 0) {
        return -1;
      }
      // A parent that the trace does not hold (it began earlier) still joins its children.
      int conversation =
          request.parentChatId() < 0 ? -1 : chatConversations.get(chat(request.parentChatId()));
      if (conversation < 0) {
        conversation = data.conversations++;
        if (request.parentChatId() >= 0) {
          chatConversations.set(chat(request.parentChatId()), conversation);
        }
      }
      chatConversations.set(chat(request.chatId()), conversation);
      return conversation;
    }

    private int chat(long chatId) {
      int number = chats.numberOf(chatId);
      if (number == chatConversations.size()) {
        chatConversations.add(-1);
      }
      return number;
    }

    /**
     * {@return the trace} The builder lets go of everything it used and cannot be used again.
     *
     * @throws IllegalStateException if called twice
     */
    public CompactTrace build() {
      if (built) {
        throw new IllegalStateException("the trace is built; use a new builder");
      }
      built = true;
      Data data = encoder.data;
      data.identity = numbering.identity();
      data.sourceIds = numbering.sourceIds();
      numbering = new BlockNumbering();
      encoder = new Encoder(new Data());
      sessions.clear();
      chats = new BlockNumbering();
      chatConversations = new IntPages();
      boolean sort = data.outOfOrder > 0 && !keepSourceOrder;
      return new CompactTrace(sources, (sort ? sorted(data) : data).trim());
    }

    /** The same requests in order of arrival, blocks and conversations numbered anew. */
    private static Data sorted(Data data) {
      int[] order = arrivalOrder(data);
      int[] numbers = new int[data.unique];
      Arrays.fill(numbers, -1);
      int[] conversations = new int[data.conversations];
      Arrays.fill(conversations, -1);
      Encoder encoder = new Encoder(new Data());
      Data result = encoder.data;
      result.types.addAll(data.types);
      LongPages oldIds = data.sourceIds;
      LongPages ids = new LongPages();
      int unique = 0;
      boolean identity = true;
      Cursor cursor = new Cursor(data);
      for (int request : order) {
        cursor.seek(request);
        int[] blocks = cursor.ids();
        int count = cursor.count();
        for (int i = 0; i < count; i++) {
          int block = blocks[i];
          if (numbers[block] < 0) {
            numbers[block] = unique;
            long id = oldIds != null ? oldIds.get(block) : block;
            identity &= id == unique;
            if (unique < BlockNumbering.MAX_SOURCE_IDS) {
              ids.add(id);
            }
            unique++;
          }
          blocks[i] = numbers[block];
        }
        int conversation = data.at(data.conversation, request, -1);
        if (conversation >= 0) {
          if (conversations[conversation] < 0) {
            conversations[conversation] = result.conversations++;
          }
          conversation = conversations[conversation];
        }
        IntPages sizes = data.blockSizes;
        encoder.add(
            blocks,
            count,
            data.arrivalNanos.get(request),
            data.inputTokens.get(request),
            data.outputTokens.get(request),
            sizes == null ? data.blockSize : sizes.get(request),
            conversation,
            data.at(data.turn, request, 0),
            data.at(data.type, request, 0),
            data.at(data.cachedTokens, request, -1));
      }
      result.outOfOrder = data.outOfOrder;
      boolean known = data.identity || oldIds != null;
      result.identity = known && identity;
      result.sourceIds = known && !identity && unique <= BlockNumbering.MAX_SOURCE_IDS ? ids : null;
      return result;
    }

    /** Request numbers by arrival, equal ones in their order: a bottom-up merge sort. */
    private static int[] arrivalOrder(Data data) {
      int n = data.requests;
      int[] from = new int[n];
      for (int i = 0; i < n; i++) {
        from[i] = i;
      }
      int[] to = new int[n];
      for (long width = 1; width < n; width *= 2) {
        for (long left = 0; left < n; left += 2 * width) {
          int a = (int) left;
          int aEnd = (int) Math.min(left + width, n);
          int b = aEnd;
          int bEnd = (int) Math.min(left + 2 * width, n);
          for (int k = a; k < bEnd; k++) {
            boolean takeA =
                a < aEnd
                    && (b == bEnd
                        || data.arrivalNanos.get(from[a]) <= data.arrivalNanos.get(from[b]));
            to[k] = takeA ? from[a++] : from[b++];
          }
        }
        int[] swap = from;
        from = to;
        to = swap;
      }
      return from;
    }
  }

  /** The columns of a trace. Filled by an {@link Encoder}, then only read. */
  private static final class Data {
    final VarintPages payload = new VarintPages();
    final LongPages offsetBases = new LongPages();
    final IntPages offsets = new IntPages();
    final LongPages arrivalNanos = new LongPages();
    final IntPages inputTokens = new IntPages();
    final IntPages outputTokens = new IntPages();
    final IntPages segmentStart = new IntPages();
    final IntPages segmentParent = new IntPages();
    final IntPages segmentPosition = new IntPages();
    final List<String> types = new ArrayList<>();
    // Columns that a trace may lack. Shorter than the trace means missing from there on.
    @Nullable IntPages blockSizes;
    @Nullable IntPages conversation;
    @Nullable IntPages turn;
    @Nullable IntPages type;
    @Nullable IntPages cachedTokens;
    @Nullable LongPages sourceIds;
    boolean identity;
    int blockSize;
    int requests;
    int unique;
    int conversations;
    int maxBlockCount;
    long accesses;
    long totalInputTokens;
    long totalOutputTokens;
    long firstNanos = Long.MAX_VALUE;
    long lastNanos = Long.MIN_VALUE;
    long chainViolations;
    long outOfOrder;

    long offset(int request) {
      return offsetBases.get(request / REQUESTS_A_BASE) + offsets.get(request);
    }

    int at(@Nullable IntPages values, int request, int missing) {
      return values == null || request >= values.size() ? missing : values.get(request);
    }

    /** Which run of blocks that appeared together this block is in. */
    int segmentOf(int block) {
      int low = 0;
      int high = segmentStart.size() - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (segmentStart.get(middle) <= block) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      return low;
    }

    /** Gives back what the last pages have too much. */
    Data trim() {
      payload.trim();
      offsetBases.trim();
      arrivalNanos.trim();
      for (IntPages column :
          Arrays.asList(
              offsets,
              inputTokens,
              outputTokens,
              segmentStart,
              segmentParent,
              segmentPosition,
              blockSizes,
              conversation,
              turn,
              type,
              cachedTokens)) {
        if (column != null) {
          column.trim();
        }
      }
      return this;
    }

    /** The number of a kind, plus 1; 0 for none. The 255th kind and all later ones are "other". */
    int typeIndex(@Nullable String name) {
      if (name == null) {
        return 0;
      }
      int index = types.indexOf(name);
      if (index < 0) {
        if (types.size() >= OTHER_TYPE) {
          return OTHER_TYPE;
        }
        types.add(types.size() + 1 == OTHER_TYPE ? "other" : name);
        index = types.size() - 1;
      }
      return index + 1;
    }

    long bytes() {
      long bytes =
          payload.bytes()
              + offsetBases.bytes()
              + offsets.bytes()
              + arrivalNanos.bytes()
              + inputTokens.bytes()
              + outputTokens.bytes()
              + segmentStart.bytes()
              + segmentParent.bytes()
              + segmentPosition.bytes();
      for (IntPages column : Arrays.asList(blockSizes, conversation, turn, type, cachedTokens)) {
        bytes += column == null ? 0 : column.bytes();
      }
      return bytes + (sourceIds == null ? 0 : sourceIds.bytes());
    }
  }

  /** Turns requests with numbered blocks into columns. */
  private static final class Encoder {
    final Data data;
    private long previousNanos = Long.MIN_VALUE;

    Encoder(Data data) {
      this.data = data;
    }

    void add(
        int[] blocks,
        int count,
        long nanos,
        int inputTokens,
        int outputTokens,
        int blockSize,
        int conversation,
        int turn,
        int type,
        int cachedTokens) {
      Data d = data;
      int request = d.requests;
      if (request == Integer.MAX_VALUE - 1) {
        throw new IllegalStateException(
            "the trace has more than " + request + " requests; replay it in parts");
      }
      long offset = d.payload.size();
      if (request % REQUESTS_A_BASE == 0) {
        d.offsetBases.add(offset);
      }
      d.offsets.add((int) (offset - d.offsetBases.get(request / REQUESTS_A_BASE)));
      encodeBlocks(blocks, count);
      d.arrivalNanos.add(nanos);
      d.inputTokens.add(inputTokens);
      d.outputTokens.add(outputTokens);
      d.totalInputTokens += inputTokens;
      d.totalOutputTokens += outputTokens;
      d.accesses += count;
      d.maxBlockCount = Math.max(d.maxBlockCount, count);
      d.firstNanos = Math.min(d.firstNanos, nanos);
      d.lastNanos = Math.max(d.lastNanos, nanos);
      if (nanos < previousNanos) {
        d.outOfOrder++;
      }
      previousNanos = nanos;
      if (request == 0) {
        d.blockSize = blockSize;
      }
      d.blockSizes = with(d.blockSizes, request, blockSize, d.blockSize);
      d.conversation = with(d.conversation, request, conversation, -1);
      d.turn = with(d.turn, request, turn, 0);
      d.type = with(d.type, request, type, 0);
      d.cachedTokens = with(d.cachedTokens, request, cachedTokens, -1);
      d.requests++;
    }

    /** Adds to a column that exists only once a value differs from the one assumed without it. */
    private static @Nullable IntPages with(
        @Nullable IntPages column, int request, int value, int missing) {
      if (column == null) {
        if (value == missing) {
          return null;
        }
        column = new IntPages();
        for (int i = 0; i < request; i++) {
          column.add(missing);
        }
      }
      column.add(value);
      return column;
    }

    private void encodeBlocks(int[] blocks, int count) {
      Data d = data;
      d.payload.add(count);
      int expected = 0;
      int i = 0;
      while (i < count) {
        int start = blocks[i];
        int from = i++;
        while (i < count && blocks[i] == blocks[i - 1] + 1) {
          i++;
        }
        int step = start - expected;
        d.payload.add((step << 1) ^ (step >> 31));
        d.payload.add(i - from - 1);
        expected = start + i - from;
        link(blocks, from, i);
      }
    }

    /** Notes or checks where the blocks of one run hang: once for each segment it touches. */
    private void link(int[] blocks, int from, int to) {
      Data d = data;
      IntPages starts = d.segmentStart;
      int i = from;
      int segment = -1;
      while (i < to) {
        int block = blocks[i];
        int parent = i == 0 ? -1 : blocks[i - 1];
        if (block == d.unique) {
          // All that follow in this run are new as well, and hang on each other.
          starts.add(block);
          d.segmentParent.add(parent);
          d.segmentPosition.add(i);
          d.unique += to - i;
          return;
        }
        segment = segment < 0 ? d.segmentOf(block) : segment + 1;
        int start = starts.get(segment);
        int end = segment + 1 < starts.size() ? starts.get(segment + 1) : d.unique;
        int count = Math.min(to - i, end - block);
        if (d.segmentPosition.get(segment) + block - start != i) {
          d.chainViolations += count;
        } else if (parent != (block == start ? d.segmentParent.get(segment) : block - 1)) {
          // Those behind it hang on their neighbours, here as in the segment.
          d.chainViolations++;
        }
        i += count;
      }
    }
  }
}
