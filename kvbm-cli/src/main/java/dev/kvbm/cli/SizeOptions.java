package dev.kvbm.cli;

import dev.kvbm.replay.KvShape;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how large the caches are, in blocks, tokens or bytes. */
final class SizeOptions {
  @Option(
      names = "--blocks",
      paramLabel = "LIST",
      description = "Cache sizes in blocks, for example 1000,10k,100k.")
  private @Nullable String blocks;

  @Option(
      names = "--tokens",
      paramLabel = "LIST",
      description = "Cache sizes in tokens, for example 16M,64M.")
  private @Nullable String tokens;

  @Option(
      names = "--memory",
      paramLabel = "LIST",
      description =
          "Cache sizes in bytes, for example 64GiB,512GiB. Needs --bytes-per-token or the model's"
              + " shape.")
  private @Nullable String memory;

  @Option(
      names = "--bytes-per-token",
      paramLabel = "BYTES",
      description = "Keys and values of one token over all layers, for example 128KiB.")
  private @Nullable String bytesPerToken;

  @Option(names = "--layers", paramLabel = "N", description = "The model's layers.")
  private @Nullable Integer layers;

  @Option(names = "--kv-heads", paramLabel = "N", description = "Key/value heads a layer.")
  private @Nullable Integer kvHeads;

  @Option(names = "--head-size", paramLabel = "N", description = "Elements a head.")
  private @Nullable Integer headSize;

  @Option(
      names = "--latent-width",
      paramLabel = "N",
      description =
          "Elements a token and layer with latent attention (MLA), instead of heads; 576 for"
              + " DeepSeek-V2 and V3.")
  private @Nullable Integer latentWidth;

  @Option(
      names = "--element-bytes",
      paramLabel = "N",
      description = "Bytes an element: 2 for FP16 and BF16 (default), 1 for FP8.")
  private @Nullable Double elementBytes;

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
