package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.tokens.Vectors.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HashingRequestTest {
  private static final Node VECTORS = Vectors.read("requests");

  private static HashingRequest.Builder builder(Node input) {
    return HashingRequest.builder()
        .tokens(input.tokens("tokens"))
        .loraName(textOrNull(input.get("lora_name")))
        .salt(textOrNull(input.get("salt")))
        .mmInfo(SequenceAssert.runs(input.get("mm_info")));
  }

  private static @Nullable String textOrNull(Node node) {
    return node.isNull() ? null : node.text();
  }

  @Test
  void recordedRequestsHaveTheRecordedBlocks() {
    for (Node c : VECTORS.items("cases")) {
      Node input = c.get("input");
      Node output = c.get("output");
      if (output.has("build_error")) {
        assertThatThrownBy(() -> builder(input).build())
            .as(c.path())
            .hasMessage(output.text("build_error"))
            .isInstanceOfSatisfying(
                MmInfoException.class,
                e ->
                    assertThat(ErrorTextsTest.debug(e))
                        .isEqualTo(output.text("build_error_debug")));
        continue;
      }
      HashingRequest request = builder(input).build();
      int blockSize = input.integer("block_size");
      assertThat(request.saltHash()).as(c.path()).isEqualTo(output.hash("salt_hash"));
      assertThat(request.mmInfo())
          .as(c.path())
          .isEqualTo(SequenceAssert.runs(output.get("sorted_mm_info")));
      assertThat(request.tokens().toArray()).isEqualTo(input.tokens("tokens"));
      assertThat(request.loraName()).isEqualTo(textOrNull(input.get("lora_name")));
      assertThat(request.salt()).isEqualTo(textOrNull(input.get("salt")));

      List<Node> expected = output.items("blocks");
      List<UniversalBlock> blocks = request.blocks(blockSize);
      assertThat(blocks).as(c.path()).hasSameSizeAs(expected);
      for (int i = 0; i < blocks.size(); i++) {
        UniversalBlock block = blocks.get(i);
        Node e = expected.get(i);
        assertThat(block.blockHash()).as(e.path()).isEqualTo(e.hash("block_hash"));
        assertThat(block.lineageHash().toHex()).as(e.path()).isEqualTo(e.text("plh"));
        assertThat(block.lineageHash()).as(e.path()).hasToString(e.text("plh_display"));
        assertThat(block.position()).as(e.path()).isEqualTo(e.integer("position"));
        assertThat(block.sequenceHash()).as(e.path()).isEqualTo(e.hash("sequence_hash"));
        assertThat(request.blockHashes(blockSize)[i]).isEqualTo(block.blockHash());
        assertThat(request.sequenceHashes(blockSize)[i]).isEqualTo(block.sequenceHash());
        assertThat(request.lineageHashes(blockSize).get(i)).isEqualTo(block.lineageHash());
        assertThat(UniversalBlock.of(request.toSequence(blockSize).block(i))).isEqualTo(block);
      }
      assertThat(request.lineageHashes(blockSize).size()).isEqualTo(expected.size());
    }
  }

  @Test
  void aRequestNeedsTokens() {
    assertThatThrownBy(() -> HashingRequest.builder().salt("s").build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(VECTORS.get("missing_tokens").text("display"));
  }

  @Test
  void aBlockSizeOfZeroIsRefused() {
    HashingRequest request = HashingRequest.builder().tokens(1, 2).build();
    assertThatThrownBy(() -> request.blocks(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(VECTORS.text("block_size_zero_panic"));
  }

  @Test
  void theTextKeepsTokensAndSaltToItself() {
    HashingRequest request =
        HashingRequest.builder().tokens(Tokens.of(987, 654)).salt("tenant").build();
    assertThat(request.toString())
        .startsWith("HashingRequest[tokens=2, mmRuns=0, saltHash=")
        .doesNotContain("tenant")
        .doesNotContain("987");
  }
}
