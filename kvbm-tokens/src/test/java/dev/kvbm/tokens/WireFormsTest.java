package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.tokens.Vectors.Node;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class WireFormsTest {
  private static final Node VECTORS = Vectors.read("serde_forms");
  private static final HexFormat HEX = HexFormat.of();

  /** How a type is written and read. */
  private record Codec<T>(
      Function<T, String> json,
      Function<String, T> fromJson,
      Function<T, byte[]> packed,
      Function<T, byte[]> named,
      Function<byte[], T> fromPacked) {

    void roundTrips(T value) {
      assertThat(fromJson.apply(json.apply(value))).isEqualTo(value);
      assertThat(fromPacked.apply(packed.apply(value))).isEqualTo(value);
      assertThat(fromPacked.apply(named.apply(value))).isEqualTo(value);
    }

    /** A value on its own. */
    void matches(Node c, T value) {
      assertThat(json.apply(value)).as(c.path()).isEqualTo(c.text("json"));
      assertThat(HEX.formatHex(packed.apply(value))).as(c.path()).isEqualTo(c.text("msgpack_hex"));
      if (c.has("msgpack_named_hex")) {
        assertThat(HEX.formatHex(named.apply(value)))
            .as(c.path())
            .isEqualTo(c.text("msgpack_named_hex"));
      }
      roundTrips(value);
    }

    /** A list, which adds its brackets around the values. */
    void matches(Node c, List<T> values) {
      assertThat("[" + String.join(",", values.stream().map(json).toList()) + "]")
          .as(c.path())
          .isEqualTo(c.text("json"));
      assertThat(list(values, packed)).as(c.path()).isEqualTo(c.text("msgpack_hex"));
      if (c.has("msgpack_named_hex")) {
        assertThat(list(values, named)).as(c.path()).isEqualTo(c.text("msgpack_named_hex"));
      }
      values.forEach(this::roundTrips);
    }

    private String list(List<T> values, Function<T, byte[]> form) {
      StringBuilder hex = new StringBuilder("9").append(Integer.toHexString(values.size()));
      values.forEach(value -> hex.append(HEX.formatHex(form.apply(value))));
      return hex.toString();
    }
  }

  private static final Codec<PositionalSequenceHash> SEQUENCE_HASH =
      new Codec<>(
          WireForms::toJson,
          WireForms::sequenceHashFromJson,
          WireForms::toMessagePack,
          WireForms::toMessagePack,
          WireForms::sequenceHashFromMessagePack);
  private static final Codec<PositionalLineageHash> LINEAGE_HASH =
      new Codec<>(
          WireForms::toJson,
          WireForms::lineageHashFromJson,
          WireForms::toMessagePack,
          WireForms::toMessagePack,
          WireForms::lineageHashFromMessagePack);
  private static final Codec<UniversalBlock> UNIVERSAL_BLOCK =
      new Codec<>(
          WireForms::toJson,
          WireForms::universalBlockFromJson,
          WireForms::toMessagePack,
          WireForms::toNamedMessagePack,
          WireForms::universalBlockFromMessagePack);
  private static final Codec<TokenBlockMmInfo> MM_INFO =
      new Codec<>(
          WireForms::toJson,
          WireForms::mmInfoFromJson,
          WireForms::toMessagePack,
          WireForms::toNamedMessagePack,
          WireForms::mmInfoFromMessagePack);
  private static final Codec<UniqueBlock> UNIQUE_BLOCK =
      new Codec<>(
          WireForms::toJson,
          WireForms::uniqueBlockFromJson,
          WireForms::toMessagePack,
          WireForms::toMessagePack,
          WireForms::uniqueBlockFromMessagePack);

  @Test
  void valuesAreWrittenAsRecordedAndReadBack() {
    List<TokenBlockMmInfo> runs =
        List.of(
            new TokenBlockMmInfo(170, 0, 3),
            new TokenBlockMmInfo(187, 7, 5),
            new TokenBlockMmInfo(-1, 300, 70_000));
    for (Node c : VECTORS.items("encode")) {
      switch (c.text("type")) {
        case "PositionalSequenceHash" ->
            SEQUENCE_HASH.matches(c, PositionalSequenceHash.fromHex(c.text("u128")));
        case "PositionalLineageHash" -> LINEAGE_HASH.matches(c, c.lineage("u128"));
        case "Vec<PositionalSequenceHash>" -> {
          PositionalSequenceHash one =
              PositionalSequenceHash.fromHex("4c0e456789abcdefdeadbeefcafebabe");
          SEQUENCE_HASH.matches(c, List.of(one, new PositionalSequenceHash(0, 0), one));
        }
        case "Vec<UniversalBlock>" -> {
          List<UniversalBlock> blocks = new ArrayList<>();
          for (Node block : Vectors.parse(c.text("json")).items()) {
            byte[] hash = new byte[PositionalLineageHash.BYTES];
            for (int i = 0; i < hash.length; i++) {
              hash[i] = (byte) block.items("plh").get(i).number();
            }
            blocks.add(
                new UniversalBlock(
                    block.number("block_hash"), PositionalLineageHash.fromBytes(hash)));
          }
          UNIVERSAL_BLOCK.matches(c, blocks);
          assertThat(blocks.getFirst()).hasToString(c.text("debug_first"));
        }
        case "Vec<TokenBlockMmInfo>" -> {
          MM_INFO.matches(c, runs);
          assertThat(runs.getFirst()).hasToString(c.text("debug_first"));
        }
        case "Vec<RequestMmObjectInfo>" -> MM_INFO.matches(c, runs);
        case "UniqueBlock" -> {
          UniqueBlock block =
              switch (c.text("debug")) {
                case "FullBlock(5)" -> new UniqueBlock.FullBlock(5);
                case "FullBlock(14643705804678351452)" ->
                    new UniqueBlock.FullBlock(0xcb38e4d7fb2dca5cL);
                default ->
                    new UniqueBlock.PartialBlock(
                        UUID.fromString("00112233-4455-4677-8899-aabbccddeeff"));
              };
          UNIQUE_BLOCK.matches(c, block);
          assertThat(block).hasToString(c.text("debug"));
        }
        default -> throw new AssertionError("unknown type " + c);
      }
    }
  }

  @Test
  void lineageHashesAreReadOrRefusedAsRecorded() {
    for (Node c : VECTORS.items("decode_plh")) {
      Node result = c.get("result");
      boolean json = c.text("format").equals("json");
      if (result.has("ok")) {
        assertThat(read(c, json).toHex()).as(c.path()).isEqualTo(result.text("ok"));
      } else {
        String recorded = result.text("err").replaceFirst(" at line 1 column \\d+$", "");
        assertThatThrownBy(() -> read(c, json))
            .as(c.path())
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith(recorded);
      }
    }
  }

  private static PositionalLineageHash read(Node c, boolean json) {
    return json
        ? WireForms.lineageHashFromJson(c.text("input"))
        : WireForms.lineageHashFromMessagePack(c.bytes("input_hex"));
  }

  @Test
  void jsonMayHaveWhiteSpaceEscapesAndFieldsInAnyOrder() {
    assertThat(
            WireForms.mmInfoFromJson(
                " { \"length\" : 3 ,\n\"mm_\\u0068ash\":18446744073709551615,\t\"offset\":0 } "))
        .isEqualTo(new TokenBlockMmInfo(-1, 0, 3));
    assertThat(WireForms.lineageHashFromJson("\"\\\"\\\\\\/\\b\\f\\n\\r\\t01234567\"").toHex())
        .isEqualTo("225c2f080c0a0d093031323334353637");
  }

  @Test
  void messagePackMapsMayHaveFieldsInAnyOrder() {
    String fields = "a66c656e67746803" + "a76d6d5f68617368ccaa" + "a66f666673657405";
    assertThat(WireForms.mmInfoFromMessagePack(HEX.parseHex("83" + fields)))
        .isEqualTo(new TokenBlockMmInfo(170, 5, 3));
    String wideNames = "d9066c656e67746803" + "da00076d6d5f68617368ccaa" + "a66f666673657405";
    assertThat(WireForms.mmInfoFromMessagePack(HEX.parseHex("83" + wideNames)))
        .isEqualTo(new TokenBlockMmInfo(170, 5, 3));
  }

  @Test
  void damagedJsonIsRefused() {
    List<String> lineage =
        List.of(
            "",
            " ",
            "[",
            "[1",
            "[1,",
            "[1 2]",
            "[01]",
            "[1.0]",
            "[1e0]",
            "[\"1\"]",
            "{}",
            "true",
            "\"0123456789abcdef",
            "\"0123456789abcde\u0001\"",
            "\"0123456789abcde\\x\"",
            "\"0123456789abcd\\u00g0\"",
            "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15] x");
    for (String json : lineage) {
      assertThatThrownBy(() -> WireForms.lineageHashFromJson(json))
          .as("<%s>", json)
          .isInstanceOf(IllegalArgumentException.class);
    }
    List<String> runs =
        List.of(
            "{}",
            "{\"mm_hash\":1,\"offset\":2}",
            "{\"mm_hash\":1,\"offset\":2,\"length\":3,\"length\":3}",
            "{\"mm_hash\":1,\"offset\":2,\"length\":3,\"more\":4}",
            "{\"mm_hash\":18446744073709551616,\"offset\":2,\"length\":3}",
            "{\"mm_hash\":-1,\"offset\":2,\"length\":3}",
            "{\"mm_hash\":null,\"offset\":2,\"length\":3}",
            "{\"mm_hash\":1,\"offset\":2,\"length\":3",
            "[1,2,3]");
    for (String json : runs) {
      assertThatThrownBy(() -> WireForms.mmInfoFromJson(json))
          .as("<%s>", json)
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String json :
        List.of(
            "{\"HalfBlock\":1}",
            "{\"PartialBlock\":\"0-0-0-0-0\"}",
            "{\"PartialBlock\":\"00112233-4455-4677-8899-aabbccddeefg\"}",
            "{\"FullBlock\":1,\"FullBlock\":1}")) {
      assertThatThrownBy(() -> WireForms.uniqueBlockFromJson(json))
          .as("<%s>", json)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void everyPrefixOfAMessageIsRefused() {
    UniversalBlock block = new UniversalBlock(-1, PositionalLineageHash.of(1, 2, 300));
    for (byte[] whole :
        List.of(WireForms.toMessagePack(block), WireForms.toNamedMessagePack(block))) {
      for (int length = 0; length < whole.length; length++) {
        byte[] prefix = java.util.Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> WireForms.universalBlockFromMessagePack(prefix))
            .as("%s of %s bytes", length, whole.length)
            .isInstanceOf(IllegalArgumentException.class);
      }
      byte[] longer = java.util.Arrays.copyOf(whole, whole.length + 1);
      assertThatThrownBy(() -> WireForms.universalBlockFromMessagePack(longer))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("trailing bytes");
    }
    String json = WireForms.toJson(block);
    for (int length = 0; length < json.length(); length++) {
      String prefix = json.substring(0, length);
      assertThatThrownBy(() -> WireForms.universalBlockFromJson(prefix))
          .as("<%s>", prefix)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void damagedMessagesAreRefused() {
    List<String> messages = new ArrayList<>();
    messages.add("82aa626c6f636b5f6861736801aa626c6f636b5f6861736801"); // one field twice
    messages.add("81a3706c68c41000000000000000000000000000000000"); // one field missing
    messages.add("82a178" + "01" + "a179" + "01"); // other fields
    messages.add("93010203");
    messages.add("9201c0");
    messages.add("92ffc41000000000000000000000000000000000");
    messages.add("c6ffffffff");
    messages.add("ddffffffff");
    for (String hex : messages) {
      assertThatThrownBy(() -> WireForms.universalBlockFromMessagePack(HEX.parseHex(hex)))
          .as(hex)
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String hex :
        List.of(
            "c6ffffffff", "c6fffffff0", "ddffffffff", "dc0010ccff", "dc0010cd0100", "c0", "db")) {
      assertThatThrownBy(() -> WireForms.lineageHashFromMessagePack(HEX.parseHex(hex)))
          .as(hex)
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String hex : List.of("80", "82", "81a14101", "8101")) {
      assertThatThrownBy(() -> WireForms.uniqueBlockFromMessagePack(HEX.parseHex(hex)))
          .as(hex)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void numbersTakeTheSmallestWidth() {
    long[] edges = {0, 127, 128, 255, 256, 65_535, 65_536, 0xffff_ffffL, 1L << 32, -1};
    int[] bytes = {1, 1, 2, 2, 3, 3, 5, 5, 9, 9};
    for (int i = 0; i < edges.length; i++) {
      TokenBlockMmInfo run = new TokenBlockMmInfo(edges[i], 0, 0);
      assertThat(WireForms.toMessagePack(run)).as("%s", edges[i]).hasSize(3 + bytes[i]);
      MM_INFO.roundTrips(run);
    }
  }

  @Test
  void unfinishedBlocksAreAllDifferent() {
    assertThat(UniqueBlock.partial()).isNotEqualTo(UniqueBlock.partial());
    assertThat(new UniqueBlock.FullBlock(3)).isEqualTo(new UniqueBlock.FullBlock(3));
    UNIQUE_BLOCK.roundTrips(UniqueBlock.partial());
  }
}
