package dev.kvbm.logical;

import dev.kvbm.logical.eviction.SlotView;
import dev.kvbm.logical.frequency.FrequencyTracker;
import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a store and the table that finds slots by hash. Not thread-safe: guarded by the
 * store's lock, except that whoever holds a reference to a slot may read its hash without the lock.
 *
 * <h2>Columns</h2>
 *
 * Three longs a slot in two arrays: the two halves of the hash, laid out as in {@link
 * LineageHashes} so that the hashes of a request and those of neighbouring slots compare as arrays
 * do; and one word of facts.
 *
 * <pre>
 *   63            32 31           8 7  6 5      4     3       2    0
 *  +----------------+--------------+----+----+----+---------+-------+
 *  | references     | generation   | -  |mark|twin| reset   | state |
 *  +----------------+--------------+----+----+----+---------+-------+
 * </pre>
 *
 * <ul>
 *   <li>state: bit 2 says that the slot is resident, that is PRIMARY or INACTIVE, and then bit 0
 *       that it is idle; so becoming idle and being revived change one bit
 *   <li>references: guards, pins, and for a primary one per live duplicate
 *   <li>generation: grows by one (modulo 2^24) whenever the slot is freed or handed out to be
 *       written, so that two contents never share one
 *   <li>mark: used inside one operation only, to see a slot twice
 *   <li>twin: another resident block had the same position and hash fragment, see {@link
 *       #findOrInsert}
 *   <li>reset: the content is dropped, not kept idle, when the last reference goes
 * </ul>
 *
 * <h2>Table</h2>
 *
 * Open addressing with linear probing over one {@code long} a cell: the upper half is a 32-bit tag,
 * the lower half the slot number plus one; 0 is an empty cell. It holds exactly the slots in state
 * PRIMARY or INACTIVE. The tag is a mix of the position and the low 38 bits of the block's own
 * sequence hash, its upper bits are the home index. So a probe touches one cache line of the table,
 * equality is decided by the hash of the slot, a deletion can shift cells back without reading
 * hashes, and, since every child knows at least 38 bits of its parent's sequence hash (54, 46 or 38
 * by the child's position), the same table answers "which resident block is the parent of this
 * one".
 */
final class Slots implements SlotView {
  static final int RESET = 0;
  static final int MUTABLE = 1;
  static final int STAGED = 2;
  static final int DUPLICATE = 3;
  static final int PRIMARY = 4;
  static final int INACTIVE = 5;

  static final long STATE_MASK = 7;

  /** Set in the states PRIMARY and INACTIVE only. */
  private static final long RESIDENT = 4;

  /** With {@link #RESIDENT}, the difference between PRIMARY and INACTIVE. */
  private static final long IDLE = 1;

  static final long RESET_ON_RELEASE = 1L << 3;
  static final long TWIN = 1L << 4;
  static final long MARK = 1L << 5;
  static final long ONE_REFERENCE = 1L << 32;
  static final int REFERENCE_SHIFT = 32;

  /** What decides whether a slot becomes idle: references, state, and whether it is to be reset. */
  private static final long IDLE_MASK = -ONE_REFERENCE | STATE_MASK | RESET_ON_RELEASE;

  private static final int GENERATION_SHIFT = 8;
  private static final long GENERATION_MASK = 0xFF_FFFFL << GENERATION_SHIFT;
  private static final long LOW_38 = (1L << 38) - 1;

  /**
   * Consecutive slots are treated as a row from this number on: in several loops of which each does
   * one thing, so that it is compiled to do several slots at a time. For fewer slots one loop is
   * faster.
   */
  private static final int ROW = 16;

  /** Largest number of blocks: the table has 2^30 cells then, and a hash for each fits an array. */
  static final int MAX_BLOCKS = (Integer.MAX_VALUE - 8) / 3;

  /** Pools of at most so many blocks have four times as many cells as they need: a mebibyte. */
  private static final int SMALL_POOL = 1 << 14;

  /** Pools of at most so many blocks have twice as many cells as they need: eight mebibytes. */
  private static final int MEDIUM_POOL = 1 << 18;

  /** Tables of more cells than this do not fit the cache of a core: half a mebibyte. */
  private static final int CACHED_CELLS = 1 << 16;

  private final int blocks;
  private final @Nullable FrequencyTracker tracker;
  private final long[] hashes;
  private final long[] metas;
  private final long[] cells;
  private final int mask;
  private final int homeShift;

  /** Takes what was read only to have it in the cache. */
  @SuppressWarnings("UnusedVariable")
  private long fetched;

  /** Idle slots that an operation gathers for one call of the policy, in order. */
  private int[] gathered = new int[64];

  private int gatheredCount;

  /** Whether the slots that {@link #acquirePrefix} found last are a row. */
  private boolean rowAcquired;

  Slots(int blocks, @Nullable FrequencyTracker tracker) {
    this.blocks = blocks;
    this.tracker = tracker;
    this.hashes = new long[2 * blocks];
    this.metas = new long[blocks];
    int bits = tableBits(blocks);
    this.cells = new long[1 << bits];
    this.mask = cells.length - 1;
    this.homeShift = 32 - bits;
  }

  /**
   * The binary logarithm of the number of cells. At most three quarters of them are in use; in
   * smaller pools at most three eighths or sixteenths. How many cells a probe or a removal looks at
   * cannot be predicted, and where cells are cached, wrong predictions are most of what it costs.
   */
  private static int tableBits(int blocks) {
    int bits = Math.max(2, Integer.SIZE - Integer.numberOfLeadingZeros(blocks + blocks / 3));
    return blocks <= SMALL_POOL ? bits + 2 : blocks <= MEDIUM_POOL ? bits + 1 : bits;
  }

  // --------------- columns ---------------

  long hi(int slot) {
    return hashes[2 * slot];
  }

  long lo(int slot) {
    return hashes[2 * slot + 1];
  }

  void setHash(int slot, long hi, long lo) {
    hashes[2 * slot] = hi;
    hashes[2 * slot + 1] = lo;
  }

  /** The hashes of all slots, two words each, to be read only: for whoever holds the slots. */
  long[] hashWords() {
    return hashes;
  }

  LineageHashBuffer hashesOf(int[] held, int from, int n) {
    LineageHashBuffer copy = new LineageHashBuffer(n);
    for (int i = from; i < from + n; i++) {
      copy.add(hi(held[i]), lo(held[i]));
    }
    return copy;
  }

  long meta(int slot) {
    return metas[slot];
  }

  void setMeta(int slot, long meta) {
    metas[slot] = meta;
  }

  int state(int slot) {
    return (int) (meta(slot) & STATE_MASK);
  }

  /** Whether the slot is PRIMARY or INACTIVE, which is to say that the table has it. */
  boolean isResident(int slot) {
    return (metas[slot] & RESIDENT) != 0;
  }

  int references(int slot) {
    return (int) (meta(slot) >>> REFERENCE_SHIFT);
  }

  int generation(int slot) {
    return (int) ((meta(slot) & GENERATION_MASK) >>> GENERATION_SHIFT);
  }

  /** {@code meta} with the state replaced. */
  static long withState(long meta, int state) {
    return (meta & ~STATE_MASK) | state;
  }

  /**
   * A word for a slot that starts over: next generation, no references, no flags but the given one.
   */
  static long freshMeta(long meta, int state, boolean resetOnRelease) {
    long generation = (meta + (1L << GENERATION_SHIFT)) & GENERATION_MASK;
    return generation | state | (resetOnRelease ? RESET_ON_RELEASE : 0);
  }

  // --------------- references ---------------

  int[] gathered() {
    return gathered;
  }

  /** How many slots are gathered; from now on none are. */
  int takeGathered() {
    int n = gatheredCount;
    gatheredCount = 0;
    return n;
  }

  void gather(int slot) {
    reserve(1);
    gathered[gatheredCount++] = slot;
  }

  /** Makes room for {@code n} more, so that gathering them does not fail half-way. */
  private void reserve(int n) {
    if (n > gathered.length - gatheredCount) {
      gathered = Arrays.copyOf(gathered, Math.max(gatheredCount + n, 2 * gathered.length));
    }
  }

  private void gatherAll(int[] slots, int from, int to) {
    for (int i = from; i < to; i++) {
      gather(slots[i]);
    }
  }

  /**
   * Takes one reference to each of {@code found[0..n)}, resident slots or -1, and gathers those
   * that are idle.
   *
   * @return how many are not -1
   */
  int acquireEach(int[] found, int n) {
    reserve(Math.min(n, blocks));
    int hits = 0;
    for (int i = 0; i < n; i++) {
      int slot = found[i];
      if (slot >= 0) {
        if (acquire(slot)) {
          gather(slot);
        }
        hits++;
      }
    }
    return hits;
  }

  /** Takes one reference to a resident slot; true if it was idle. */
  boolean acquire(int slot) {
    long meta = metas[slot];
    metas[slot] = (meta & ~IDLE) + ONE_REFERENCE;
    return (meta & IDLE) != 0;
  }

  /**
   * Whether {@code held[from..to)} are a row: many slots, consecutive, as those of most requests.
   *
   * @return 1 if they are in ascending order, -1 if in descending, 0 if they are no row
   */
  static int direction(int[] held, int from, int to) {
    if (to - from < ROW || held[from] < 0) {
      return 0;
    }
    int direction = held[from + 1] - held[from];
    if (direction != 1 && direction != -1) {
      return 0;
    }
    int differences = 0;
    for (int i = from + 1; i < to; i++) {
      differences |= (held[i] - held[i - 1]) ^ direction;
    }
    return differences == 0 && held[to - 1] >= 0 ? direction : 0;
  }

  /** What became of slots that lost a reference, see {@link #releaseRow}. */
  enum Released {
    ALL_IDLE,
    NONE_IDLE,
    /** Some would and some would not become idle, or one is not a primary: nothing was done. */
    UNDECIDED
  }

  /** Gives up one reference to each of {@code n} slots from {@code slot} on. */
  Released releaseRow(int slot, int n) {
    long[] metas = this.metas;
    long differences = 0;
    long signs = 0;
    for (int k = 0; k < n; k++) {
      differences |= metas[slot + k] ^ (ONE_REFERENCE | PRIMARY);
      signs |= metas[slot + k] - 2 * ONE_REFERENCE;
    }
    if ((differences & IDLE_MASK) == 0) {
      changeAll(slot, n, IDLE - ONE_REFERENCE);
      return Released.ALL_IDLE;
    }
    if (signs >= 0) {
      changeAll(slot, n, -ONE_REFERENCE);
      return Released.NONE_IDLE;
    }
    return Released.UNDECIDED;
  }

  /**
   * Gives up one reference to each of {@code held[0..n)}, slots or -1, if each is the last one and
   * leaves an idle block. If not, those that became idle before the first other are gathered.
   *
   * @return the index of the first one left; {@link #releaseMixed} goes on from there
   */
  int release(int[] held, int n) {
    reserve(Math.min(n, blocks));
    long[] metas = this.metas;
    for (int i = 0; i < n; i++) {
      int slot = held[i];
      if (slot < 0) {
        gatherAll(held, 0, i);
        return i;
      }
      long meta = metas[slot] - ONE_REFERENCE;
      if (!staysIdle(meta)) {
        gatherAll(held, 0, i);
        return i;
      }
      metas[slot] = meta | IDLE;
    }
    return n;
  }

  /**
   * Gives up one reference to each of {@code held[from..n)}, slots or -1, and gathers those that
   * become idle.
   *
   * @return the index of the first one that loses its last reference and cannot become idle, to
   *     which nothing was done, or {@code n}
   */
  int releaseMixed(int[] held, int from, int n) {
    long[] metas = this.metas;
    for (int i = from; i < n; i++) {
      int slot = held[i];
      if (slot < 0) {
        continue;
      }
      long meta = metas[slot] - ONE_REFERENCE;
      if (meta >>> REFERENCE_SHIFT == 0) {
        if (!staysIdle(meta)) {
          return i;
        }
        gather(slot);
        meta |= IDLE;
      }
      metas[slot] = meta;
    }
    return n;
  }

  /** Whether a word says: primary, referenced by nobody, not to be reset. */
  private static boolean staysIdle(long meta) {
    return (meta & IDLE_MASK) == PRIMARY;
  }

  /** Gives {@code taken[from..to)} a word to start over with, see {@link #freshMeta}. */
  void startOver(int[] taken, int from, int to, int state, boolean resetOnRelease) {
    long[] metas = this.metas;
    for (int i = from; i < to; i++) {
      metas[taken[i]] = freshMeta(metas[taken[i]], state, resetOnRelease);
    }
  }

  // --------------- table ---------------

  /**
   * Sequence hashes are well mixed already; one multiplication (by the golden ratio, as in
   * Fibonacci hashing) spreads those that are not, such as small numbers, over the upper bits.
   */
  private static int tagOf(int position, long currentLow38) {
    long key = currentLow38 + position * 0xD6E8FEB86659FD93L;
    return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32);
  }

  /** The number of low bits that hold the parent fragment: 54, 46 or 38 by mode. */
  private static int fragmentBits(long hi) {
    return 54 - (int) (hi >>> 62 << 3);
  }

  private static int positionOf(long hi, int bits) {
    return (int) ((hi & (-1L >>> 2)) >>> bits);
  }

  private static long currentOf(long hi, long lo, int bits) {
    return hi << -bits | lo >>> bits;
  }

  private static int fragmentBitsAt(int position) {
    return position < 256 ? 54 : position < 65_536 ? 46 : 38;
  }

  private static int tagOf(long hi, long lo) {
    int bits = fragmentBits(hi);
    return tagOf(positionOf(hi, bits), currentOf(hi, lo, bits) & LOW_38);
  }

  /**
   * Takes one reference to each slot of the longest prefix of {@code hashes} that is resident.
   *
   * <p>Mostly all of these slots are idle or none is. If all are, {@code found} itself is what the
   * policy is to hear of; else those that are idle are gathered.
   *
   * @param found gets the slots
   * @return the length of the prefix; its complement if all slots were idle
   */
  int acquirePrefix(LineageHashes hashes, int[] found) {
    int n = Math.min(hashes.size(), found.length);
    reserve(Math.min(n, blocks));
    boolean allIdle = true;
    int runs = 0;
    int i = 0;
    int below = -1;
    while (i < n) {
      long hi = hashes.hi(i);
      long lo = hashes.lo(i);
      // Blocks of one request are allocated together, so those of a chain lie side by side, mostly
      // in ascending order, sometimes in descending.
      int slot = below >= 0 && isResidentAt(below, hi, lo) ? below : find(hi, lo);
      if (slot < 0) {
        break;
      }
      boolean idle = (metas[slot] & IDLE) != 0;
      int end =
          idle
              ? acquireRun(hashes, i, slot, found, INACTIVE, ONE_REFERENCE - IDLE)
              : acquireRun(hashes, i, slot, found, PRIMARY, ONE_REFERENCE);
      if (!allIdle) {
        if (idle) {
          gatherAll(found, i, end);
        }
      } else if (!idle) {
        gatherAll(found, 0, i);
        allIdle = false;
      }
      i = end;
      below = found[i - 1] - 1;
      runs++;
    }
    rowAcquired = runs == 1 && i >= ROW;
    return allIdle ? ~i : i;
  }

  /**
   * Takes one reference to {@code slot}, which is in {@code state} and has hash {@code i}, and to
   * the slots behind it as long as they are in that state and have the hashes behind it.
   *
   * @param change what a word changes by
   * @return the index of the first hash that was not met so
   */
  private int acquireRun(
      LineageHashes hashes, int i, int slot, int[] found, int state, long change) {
    int run = Math.min(found.length - i, hashes.commonPrefix(i, this.hashes, 2 * slot));
    if (run >= ROW) {
      run = countInState(slot, run, state);
      changeAll(slot, run, change);
      number(found, i, run, slot);
      return i + run;
    }
    long[] metas = this.metas;
    for (int k = 0; k < run; k++) {
      long meta = metas[slot + k];
      if ((meta & STATE_MASK) != state) {
        return i + k;
      }
      metas[slot + k] = meta + change;
      found[i + k] = slot + k;
    }
    return i + run;
  }

  /** Whether the slots that {@link #acquirePrefix} found last are a row, in that order. */
  boolean rowAcquired() {
    return rowAcquired;
  }

  /** How many of {@code n} slots from {@code slot} on are in that state, up to the first other. */
  private int countInState(int slot, int n, int state) {
    long[] metas = this.metas;
    long differences = 0;
    for (int k = 0; k < n; k++) {
      differences |= metas[slot + k] ^ state;
    }
    if ((differences & STATE_MASK) == 0) {
      return n;
    }
    int count = 0;
    while (state(slot + count) == state) {
      count++;
    }
    return count;
  }

  private void changeAll(int slot, int n, long change) {
    long[] metas = this.metas;
    for (int k = 0; k < n; k++) {
      metas[slot + k] += change;
    }
  }

  /** Writes {@code first} and the numbers behind it to {@code target[at..at+n)}. */
  private static void number(int[] target, int at, int n, int first) {
    for (int k = 0; k < n; k++) {
      target[at + k] = first + k;
    }
  }

  /** {@code found[i]} becomes the slot of the i-th hash, or -1. */
  void findEach(LineageHashes hashes, int[] found) {
    int n = hashes.size();
    int i = 0;
    while (i < n) {
      int slot = find(hashes.hi(i), hashes.lo(i));
      if (slot < 0) {
        found[i++] = slot;
      } else {
        i = followRun(hashes, i, slot, found);
      }
    }
  }

  /** {@code present[i]} becomes true if the i-th hash is found. */
  void markEach(LineageHashes hashes, boolean[] present) {
    int n = hashes.size();
    int i = 0;
    while (i < n) {
      int slot = find(hashes.hi(i), hashes.lo(i));
      if (slot < 0) {
        i++;
      } else {
        int run = run(hashes, i, slot);
        Arrays.fill(present, i, i + run, true);
        i += run;
      }
    }
  }

  /**
   * Finds hash {@code i}, which is in {@code slot}, and those behind it that are beside it, in
   * ascending or descending slots.
   *
   * <p>A block is mostly beside the one before it, and asking there first spares a probe, which is
   * a cache miss in a large pool. At most one slot is resident with a hash, so there is no other
   * answer to be found.
   *
   * @return the index of the first hash that was not found so
   */
  private int followRun(LineageHashes hashes, int i, int slot, int[] found) {
    int run = run(hashes, i, slot);
    number(found, i, run, slot);
    int end = i + run;
    int below = found[end - 1] - 1;
    int n = hashes.size();
    while (end < n && below >= 0 && isResidentAt(below, hashes.hi(end), hashes.lo(end))) {
      found[end++] = below--;
    }
    return end;
  }

  /** How many hashes from {@code i} on are resident in {@code slot} and the slots behind it. */
  private int run(LineageHashes hashes, int i, int slot) {
    int run = hashes.commonPrefix(i, this.hashes, 2 * slot);
    long[] metas = this.metas;
    for (int k = 0; k < run; k++) {
      if ((metas[slot + k] & RESIDENT) == 0) {
        return k;
      }
    }
    return run;
  }

  private boolean isResidentAt(int slot, long hi, long lo) {
    return hi(slot) == hi && lo(slot) == lo && (metas[slot] & RESIDENT) != 0;
  }

  /**
   * Brings the home cells of these slots, which have their hashes, into the cache: in a large table
   * each is a miss, and read one after the other, ahead of their use, the misses overlap.
   */
  void fetchCells(int[] slots, int from, int to) {
    if (cells.length <= CACHED_CELLS) {
      return;
    }
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += hi(slots[i]);
    }
    for (int i = from; i < to; i++) {
      sum += cells[tagOf(hi(slots[i]), lo(slots[i])) >>> homeShift];
    }
    fetched = sum;
  }

  /** The slot that is PRIMARY or INACTIVE with this hash, or -1. */
  int find(long hi, long lo) {
    long[] cells = this.cells;
    long[] hashes = this.hashes;
    int tag = tagOf(hi, lo);
    int i = tag >>> homeShift;
    while (true) {
      long cell = cells[i];
      if ((int) (cell >>> 32) == tag) {
        int slot = (int) cell - 1;
        if (slot >= 0) {
          if (hashes[2 * slot] == hi && hashes[2 * slot + 1] == lo) {
            return slot;
          }
        }
      }
      if (cell == 0) {
        return -1;
      }
      i = (i + 1) & mask;
    }
  }

  /**
   * Finds the hash that {@code slot} holds, or enters the slot under it.
   *
   * <p>Blocks whose lineage key (position, and own hash cut to what children name as parent) is
   * equal share tag and home, so every such twin lies in the probed run; both are flagged.
   *
   * @return the slot that has the hash already, or {@code slot} if it was entered
   */
  int findOrInsert(int slot) {
    long hi = hi(slot);
    long lo = lo(slot);
    int tag = tagOf(hi, lo);
    int i = tag >>> homeShift;
    while (cells[i] != 0) {
      if ((int) (cells[i] >>> 32) == tag) {
        int other = (int) cells[i] - 1;
        if (hi(other) == hi && lo(other) == lo) {
          return other;
        }
        flagIfTwins(slot, other);
      }
      i = (i + 1) & mask;
    }
    cells[i] = ((long) tag << 32) | (slot + 1);
    return slot;
  }

  private void flagIfTwins(int a, int b) {
    int bitsA = fragmentBits(hi(a));
    int bitsB = fragmentBits(hi(b));
    int position = positionOf(hi(a), bitsA);
    if (position != positionOf(hi(b), bitsB)) {
      return;
    }
    long difference = currentOf(hi(a), lo(a), bitsA) ^ currentOf(hi(b), lo(b), bitsB);
    if (difference << -fragmentBitsAt(position + 1) == 0) {
      setMeta(a, meta(a) | TWIN);
      setMeta(b, meta(b) | TWIN);
    }
  }

  /** Takes a slot out of the table; it must still have the hash. */
  void remove(int slot) {
    int i = tagOf(hi(slot), lo(slot)) >>> homeShift;
    while ((int) cells[i] != slot + 1) {
      if (cells[i] == 0) {
        throw new IllegalStateException(
            "slot " + slot + " is not in the resident table; this is a defect of the library");
      }
      i = (i + 1) & mask;
    }
    int hole = i;
    int j = i;
    while (true) {
      j = (j + 1) & mask;
      long cell = cells[j];
      if (cell == 0) {
        break;
      }
      int home = (int) (cell >>> 32) >>> homeShift;
      if (((j - home) & mask) >= ((j - hole) & mask)) {
        cells[hole] = cell;
        hole = j;
      }
    }
    cells[hole] = 0;
  }

  /** How many cells are in use; for the invariant check. */
  int tableSize() {
    return (int) Arrays.stream(cells).filter(cell -> cell != 0).count();
  }

  // --------------- SlotView ---------------

  @Override
  public int blocks() {
    return blocks;
  }

  @Override
  public long hashHi(int slot) {
    return hi(slot);
  }

  @Override
  public long hashLo(int slot) {
    return lo(slot);
  }

  @Override
  public int position(int slot) {
    long hi = hi(slot);
    return positionOf(hi, fragmentBits(hi));
  }

  @Override
  public int parent(int slot) {
    long hi = hi(slot);
    int bits = fragmentBits(hi);
    int position = positionOf(hi, bits) - 1;
    if (position < 0) {
      return -1;
    }
    long fragment = lo(slot) << -bits;
    int tag = tagOf(position, fragment >>> -bits & LOW_38);
    int i = tag >>> homeShift;
    while (cells[i] != 0) {
      if ((int) (cells[i] >>> 32) == tag) {
        int candidate = (int) cells[i] - 1;
        if (namesAsParent(candidate, position, fragment, bits)) {
          return candidate;
        }
      }
      i = (i + 1) & mask;
    }
    return -1;
  }

  @Override
  public boolean isParent(int candidate, int slot) {
    if (!isResident(candidate)) {
      return false;
    }
    long hi = hi(slot);
    int bits = fragmentBits(hi);
    int position = positionOf(hi, bits) - 1;
    return position >= 0 && namesAsParent(candidate, position, lo(slot) << -bits, bits);
  }

  /**
   * Compares position and the {@code bits} low bits of the hash; {@code shifted} has them on top.
   */
  private boolean namesAsParent(int candidate, int position, long shifted, int bits) {
    long hi = hi(candidate);
    int own = fragmentBits(hi);
    return positionOf(hi, own) == position && currentOf(hi, lo(candidate), own) << -bits == shifted;
  }

  @Override
  public boolean isIdle(int slot) {
    return state(slot) == INACTIVE;
  }

  @Override
  public boolean sharesFragment(int slot) {
    return (meta(slot) & TWIN) != 0;
  }

  @Override
  public int frequency(int slot) {
    return tracker == null ? 0 : tracker.count(hi(slot), lo(slot));
  }
}
