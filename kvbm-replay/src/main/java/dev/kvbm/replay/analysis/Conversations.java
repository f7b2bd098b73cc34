package dev.kvbm.replay.analysis;

import java.util.Arrays;

/**
 * Which requests belong together, and how much of each prompt its own conversation had sent before.
 *
 * <p>If the trace names conversations, its names are used; a request without a name is a
 * conversation of its own. Otherwise they are inferred from the prompts: a request continues the
 * conversation of an earlier one if its prompt contains all full blocks of that earlier prompt and
 * that conversation was the first to send the last of them. Of several such conversations it
 * continues the one with the longest common part. A request that continues none opens a new one. So
 * a prompt that grows from turn to turn, and a prompt that is sent again, stay in one conversation,
 * and a system prompt or document shared by many conversations does not tie them together. The
 * inference cannot see turns shorter than a block or prompts that were rewritten.
 *
 * <p>A hit is <em>within</em> a conversation if the conversation had sent the block before, no
 * matter who else did in between; otherwise it is <em>across</em> conversations: somebody else's
 * prompt brought the block. Blocks a conversation had sent before are always a prefix of its next
 * prompt, so one number a request suffices to split the hits of any policy.
 *
 * <p>Immutable and thread-safe.
 */
public final class Conversations {

  private final PreparedTrace trace;
  private final boolean inferred;
  private final int count;
  private final int[] conversationOf;
  private final int[] ownPrefix;

  private Conversations(PreparedTrace trace) {
    this.trace = trace;
    inferred = !trace.conversationsKnown();
    conversationOf = new int[trace.requests()];
    count = inferred ? infer() : name();
    ownPrefix = ownPrefixes();
  }

  /**
   * Takes or infers the conversations of a trace; linear in the accesses.
   *
   * @param trace the trace
   * @return its conversations
   */
  public static Conversations of(PreparedTrace trace) {
    return new Conversations(trace);
  }

  private int name() {
    int greatest = -1;
    for (int named : trace.conversation) {
      greatest = Math.max(greatest, named);
    }
    int[] dense = new int[greatest + 1];
    Arrays.fill(dense, -1);
    int opened = 0;
    for (int r = 0; r < conversationOf.length; r++) {
      int named = trace.conversation[r];
      if (named < 0) {
        conversationOf[r] = opened++;
      } else {
        if (dense[named] < 0) {
          dense[named] = opened++;
        }
        conversationOf[r] = dense[named];
      }
    }
    return opened;
  }

  private int infer() {
    int[] firstSender = new int[trace.uniqueBlocks()];
    int[] endOf = new int[trace.uniqueBlocks()];
    Arrays.fill(firstSender, -1);
    Arrays.fill(endOf, -1);
    int opened = 0;
    for (int r = 0; r < conversationOf.length; r++) {
      int from = trace.start[r];
      int blocks = trace.blocksOf(r);
      int full = (int) Math.min(blocks, trace.inputTokens[r] / trace.blockSizeTokens[r]);
      int conversation = -1;
      for (int i = full - 1; i >= 0 && conversation < 0; i--) {
        conversation = endOf[trace.ids[from + i]];
      }
      if (conversation < 0) {
        conversation = opened++;
      }
      conversationOf[r] = conversation;
      for (int i = 0; i < blocks; i++) {
        int id = trace.ids[from + i];
        if (firstSender[id] < 0) {
          firstSender[id] = conversation;
        }
      }
      if (full > 0) {
        int last = trace.ids[from + full - 1];
        if (firstSender[last] == conversation) {
          endOf[last] = conversation;
        }
      }
    }
    return opened;
  }

  private int[] ownPrefixes() {
    int[] firstSender = new int[trace.uniqueBlocks()];
    Arrays.fill(firstSender, -1);
    LongSet laterSenders = new LongSet();
    int[] own = new int[conversationOf.length];
    for (int r = 0; r < own.length; r++) {
      int from = trace.start[r];
      int to = trace.start[r + 1];
      int conversation = conversationOf[r];
      int at = from;
      while (at < to
          && (firstSender[trace.ids[at]] == conversation
              || laterSenders.contains(key(trace.ids[at], conversation)))) {
        at++;
      }
      own[r] = at - from;
      for (; at < to; at++) {
        int id = trace.ids[at];
        if (firstSender[id] < 0) {
          firstSender[id] = conversation;
        } else if (firstSender[id] != conversation) {
          laterSenders.add(key(id, conversation));
        }
      }
    }
    return own;
  }

  private static long key(int block, int conversation) {
    return (long) block << 32 | conversation;
  }

  /** {@return whether the trace does not name conversations and they were inferred} */
  public boolean inferred() {
    return inferred;
  }

  /** {@return how many conversations there are} */
  public int count() {
    return count;
  }

  /**
   * {@return the conversation of a request, numbered from 0 in order of first appearance}
   *
   * @param request its number, from 0
   */
  public int conversationOf(int request) {
    return conversationOf[request];
  }

  /**
   * {@return how many blocks from the front the request's own conversation had sent before}
   *
   * @param request its number, from 0
   */
  public int ownPrefix(int request) {
    return ownPrefix[request];
  }

  /** The trace these conversations are of. */
  PreparedTrace trace() {
    return trace;
  }

  /** Open addressing over longs that are not negative. */
  private static final class LongSet {
    private long[] table = filled(1024);
    private int size;

    boolean contains(long key) {
      return table[place(table, key)] == key;
    }

    void add(long key) {
      int at = place(table, key);
      if (table[at] == key) {
        return;
      }
      table[at] = key;
      if (++size > table.length / 2) {
        long[] grown = filled(table.length * 2);
        for (long old : table) {
          if (old >= 0) {
            grown[place(grown, old)] = old;
          }
        }
        table = grown;
      }
    }

    private static int place(long[] table, long key) {
      long mixed = key * 0x9E3779B97F4A7C15L;
      int at = (int) (mixed >>> 32) & (table.length - 1);
      while (table[at] >= 0 && table[at] != key) {
        at = (at + 1) & (table.length - 1);
      }
      return at;
    }

    private static long[] filled(int length) {
      long[] empty = new long[length];
      Arrays.fill(empty, -1);
      return empty;
    }
  }
}
