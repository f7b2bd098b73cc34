package dev.kvbm.cli;

import dev.kvbm.replay.KvShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options that say how large the caches are, in blocks, tokens or bytes. */
final class SizeOptions {
  private @Nullable String blocks;

  private @Nullable String tokens;

  private @Nullable String memory;

  private @Nullable String bytesPerToken;

  private @Nullable Integer layers;

  private @Nullable Integer kvHeads;

  private @Nullable Integer headSize;

  private @Nullable Integer latentWidth;

  private @Nullable Double elementBytes;

  SizeOptions(Declared options) {
    options.value(
        "--blocks",
        "LIST",
        String.class,
        v -> blocks = v,
        "Cache sizes in blocks, for example 1000,10k,100k.");
    options.value(
        "--tokens",
        "LIST",
        String.class,
        v -> tokens = v,
        "Cache sizes in tokens, for example 16M,64M.");
    options.value(
        "--memory",
        "LIST",
        String.class,
        v -> memory = v,
        "Cache sizes in bytes, for example 64GiB,512GiB. Needs --bytes-per-token or the model's"
            + " shape.");
    options.value(
        "--bytes-per-token",
        "BYTES",
        String.class,
        v -> bytesPerToken = v,
        "Keys and values of one token over all layers, for example 128KiB.");
    options.value("--layers", "N", Integer.class, v -> layers = v, "The model's layers.");
    options.value("--kv-heads", "N", Integer.class, v -> kvHeads = v, "Key/value heads a layer.");
    options.value("--head-size", "N", Integer.class, v -> headSize = v, "Elements a head.");
    options.value(
        "--latent-width",
        "N",
        Integer.class,
        v -> latentWidth = v,
        "Elements a token and layer with latent attention (MLA), instead of heads; 576 for"
            + " DeepSeek-V2 and V3.");
    options.value(
        "--element-bytes",
        "N",
        Double.class,
        v -> elementBytes = v,
        "Bytes an element: 2 for FP16 and BF16 (default), 1 for FP8.");
  }

  /** Bytes a token, or 0 if nothing says it. */
  long bytesPerToken() {
    boolean shape = layers != null || kvHeads != null || headSize != null || latentWidth != null;
    if (bytesPerToken != null) {
      if (shape || elementBytes != null) {
        throw new IllegalArgumentException(
            "--bytes-per-token and the model's shape say the same thing; give one of them");
      }
      return Quantity.parse("--bytes-per-token", bytesPerToken);
    }
    if (!shape) {
      if (elementBytes != null) {
        throw new IllegalArgumentException(
            "--element-bytes needs the model's shape (--layers ...)");
      }
      return 0;
    }
    double element = elementBytes == null ? 2 : elementBytes;
    if (latentWidth != null) {
      if (kvHeads != null || headSize != null || layers == null) {
        throw new IllegalArgumentException(
            "with --latent-width give --layers and neither --kv-heads nor --head-size");
      }
      return KvShape.latentBytesPerToken(layers, latentWidth, element);
    }
    if (layers == null || kvHeads == null || headSize == null) {
      throw new IllegalArgumentException(
          "the model's shape needs --layers, --kv-heads and --head-size, or --layers and"
              + " --latent-width");
    }
    return KvShape.attentionBytesPerToken(layers, kvHeads, headSize, element);
  }

  /** Whether sizes were given at all. */
  boolean given() {
    return blocks != null || tokens != null || memory != null;
  }

  /**
   * The sizes in blocks, in the order given.
   *
   * @param blockSizeTokens tokens a block of the trace; 0 if its requests differ
   * @throws IllegalArgumentException if sizes are given in two ways, are malformed, are less than
   *     one block, or lack the bytes of a token
   */
  int[] blocks(int blockSizeTokens) {
    int ways = (blocks != null ? 1 : 0) + (tokens != null ? 1 : 0) + (memory != null ? 1 : 0);
    if (ways > 1) {
      throw new IllegalArgumentException(
          "give sizes by one of --blocks, --tokens and --memory, not by several");
    }
    long perToken = bytesPerToken();
    if (blocks != null) {
      return toBlocks("--blocks", blocks, 1, 1);
    }
    if (blockSizeTokens == 0 && (tokens != null || memory != null)) {
      throw new IllegalArgumentException(
          "the trace has blocks of various sizes; give the cache's size with --blocks");
    }
    if (tokens != null) {
      return toBlocks("--tokens", tokens, 1, blockSizeTokens);
    }
    if (memory == null) {
      return new int[0];
    }
    if (perToken == 0) {
      throw new IllegalArgumentException(
          "--memory needs --bytes-per-token, or --layers, --kv-heads and --head-size");
    }
    return toBlocks("--memory", memory, perToken, blockSizeTokens);
  }

  private static int[] toBlocks(String option, String text, long bytes, long blockSizeTokens) {
    List<Long> values = Quantity.parseList(option, text);
    int[] sizes = new int[values.size()];
    for (int i = 0; i < sizes.length; i++) {
      long size = values.get(i) / bytes / blockSizeTokens;
      if (size < 1) {
        throw new IllegalArgumentException(
            option
                + " "
                + text.split(",", -1)[i].strip()
                + " is less than one block of "
                + blockSizeTokens
                + " tokens");
      }
      if (size > 500_000_000) {
        throw new IllegalArgumentException(
            option + " " + text.split(",", -1)[i].strip() + " is more than 500,000,000 blocks");
      }
      sizes[i] = (int) size;
    }
    return sizes;
  }
}
