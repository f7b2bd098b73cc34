package dev.kvbm.replay.trace;

import java.util.Locale;

/** The line forms {@link TraceReader} understands. Every form is one JSON object a line. */
public enum TraceFormat {
  /**
   * Mooncake: {@code timestamp} in milliseconds, {@code input_length}, {@code output_length},
   * {@code hash_ids}; 512 tokens a block unless the record or the options say otherwise. A record
   * may carry {@code block_size} and the conversation keys of {@link #QWEN_BAILIAN} as well; that
   * is what {@link MooncakeWriter} writes.
   */
  MOONCAKE("mooncake", 512),

  /**
   * Qwen-Bailian: the Mooncake keys with {@code chat_id}, {@code parent_chat_id}, {@code turn} and
   * {@code type}; {@code timestamp} is in <em>seconds</em> and a block has 16 tokens.
   */
  QWEN_BAILIAN("qwen", 16),

  /**
   * {@code dynamo.request.trace.v1}, bare or wrapped as {@code {"timestamp":…,"event":{…}}}. Only
   * {@code request_end} events are requests; others are skipped and counted.
   */
  DYNAMO_REQUEST("dynamo", 0),

  /**
   * Token ids of the prompt under {@code input_tok_ids}, {@code token_ids}, {@code
   * prompt_token_ids} or {@code tokens}. The reader cuts full blocks of 16 tokens (or the chosen
   * size) and hashes them; a partial last block gets no id.
   */
  TOKEN_IDS("tokens", 16);

  private final String label;
  private final int defaultBlockSizeTokens;

  TraceFormat(String label, int defaultBlockSizeTokens) {
    this.label = label;
    this.defaultBlockSizeTokens = defaultBlockSizeTokens;
  }

  /** {@return the short lower-case name used on command lines and in messages} */
  public String label() {
    return label;
  }

  /** {@return tokens a block when neither record nor options say; 0 where every record must say} */
  public int defaultBlockSizeTokens() {
    return defaultBlockSizeTokens;
  }

  /**
   * Finds a form by its {@link #label()} or enum name, ignoring case.
   *
   * @param name with any blanks around it
   * @return the form
   * @throws IllegalArgumentException if there is none; the message lists the labels
   */
  public static TraceFormat parse(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT);
    StringBuilder labels = new StringBuilder();
    for (TraceFormat format : values()) {
      if (format.label.equals(wanted)
          || format.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(wanted)) {
        return format;
      }
      labels.append(labels.isEmpty() ? "" : ", ").append(format.label);
    }
    throw new IllegalArgumentException(
        "trace format \"" + name + "\" is not known; choose one of " + labels);
  }
}
