package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.tokens.Vectors.Node;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PositionalLineageHashTest {
  private static final Node VECTORS = Vectors.read("positional_lineage_hash");

  @Test
  void everyRecordedHashIsMadeAndTakenApart() {
    for (Node c : VECTORS.items("cases")) {
      long current = c.hash("current_sequence_hash");
      long parent = c.hashOrZero("parent_sequence_hash");
      long position = c.number("position");
      PositionalLineageHash hash = PositionalLineageHash.of(current, parent, position);

      assertThat(hash.toHex()).as(c.path()).isEqualTo(c.text("u128"));
      assertThat(hash).isEqualTo(c.lineage("u128"));
      assertThat(hash.mode()).as(c.path()).isEqualTo(c.integer("mode"));
      assertThat(hash.position()).isEqualTo((int) position);
      assertThat(hash.currentSequenceHash()).isEqualTo(current);
      assertThat(hash.parentHashFragment()).as(c.path()).isEqualTo(c.hash("parent_hash_fragment"));
      assertThat(hash.parentFragmentForChildPosition(position + 1))
          .isEqualTo(c.hash("fragment_for_child_at_position_plus_1"));
      Node fragments = c.get("fragment_for_child_position");
      for (String q : fragments.names()) {
        assertThat(hash.parentFragmentForChildPosition(Long.parseLong(q)))
            .as("%s for a child at %s", c.path(), q)
            .isEqualTo(fragments.hash(q));
      }
      assertThat(hash).hasToString(c.text("display"));
    }
    assertThat(new PositionalLineageHash(0, 0).toHex()).isEqualTo(VECTORS.text("default_u128"));
    assertThat(new PositionalLineageHash(0, 0)).hasToString(VECTORS.text("default_display"));
  }

  @Test
  void positionsThatDoNotFitAreRefusedWithTheirValue() {
    for (Node c : VECTORS.items("new_panics")) {
      long position = c.number("position");
      assertThatThrownBy(() -> PositionalLineageHash.of(1, 2, position))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(c.text("panic"));
      assertThatThrownBy(() -> PositionalLineageHash.packHi(1, 2, position))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(c.text("panic"));
      assertThatThrownBy(() -> PositionalLineageHash.packLo(1, 2, position))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(c.text("panic"));
    }
  }

  @Test
  void modeThreeIsCarriedButNotDecoded() {
    Node c = VECTORS.get("invalid_mode_3");
    PositionalLineageHash hash = c.lineage("bytes");
    String expected =
        c.text("position_panic").replace("internal error: entered unreachable code: ", "");

    assertThat(hash.mode()).isEqualTo(c.integer("mode"));
    assertThat(hash.toHex()).isEqualTo(c.text("bytes"));
    assertThat(hash).isEqualTo(new PositionalLineageHash(0xffL << 56, 0));
    assertThat(PositionalLineageHash.fromBytes(hash.toBytes())).isEqualTo(hash);
    List<Runnable> decoding =
        List.of(
            hash::position,
            hash::currentSequenceHash,
            hash::parentHashFragment,
            () -> hash.parentFragmentForChildPosition(1),
            () -> hash.extend(1),
            () -> hash.compareTo(new PositionalLineageHash(0, 0)),
            () -> new PositionalLineageHash(0, 0).compareTo(hash));
    for (Runnable call : decoding) {
      assertThatThrownBy(call::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith(expected)
          .hasMessageContaining(c.text("bytes"));
    }
    assertThatThrownBy(() -> PositionalLineageHash.fragmentBits(hash.hi()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(expected);
  }

  @Test
  void modeThreeStillHasATextForMessages() {
    assertThat(VECTORS.get("invalid_mode_3").lineage("bytes"))
        .hasToString("invalid:ff000000000000000000000000000000");
  }

  @Test
  void sortingFollowsPositionThenSequenceHashThenAllBits() {
    Node ordering = VECTORS.get("ordering");
    List<String> sorted =
        ordering.items("unsorted").stream()
            .map(Node::lineage)
            .sorted()
            .map(PositionalLineageHash::toHex)
            .toList();
    assertThat(sorted).isEqualTo(ordering.items("sorted").stream().map(Node::text).toList());
  }

  @Test
  void extendingGivesTheRecordedChains() {
    for (Node chain : VECTORS.items("extend_chains")) {
      List<Node> blocks = chain.items("block_hashes");
      if (chain.has("start_plh")) {
        PositionalLineageHash hash = chain.lineage("start_plh");
        assertThat(hash.position()).isEqualTo(chain.integer("start_position"));
        for (int i = 0; i < blocks.size(); i++) {
          hash = hash.extend(blocks.get(i).hash());
          Node expected = chain.items("extended").get(i);
          assertThat(hash.toHex()).as(expected.path()).isEqualTo(expected.text("plh"));
          assertThat(hash).hasToString(expected.text("display"));
        }
      } else {
        PositionalLineageHash hash = PositionalLineageHash.root(blocks.getFirst().hash());
        for (int i = 0; i < blocks.size(); i++) {
          hash = i == 0 ? hash : hash.extend(blocks.get(i).hash());
          assertThat(hash.toHex())
              .as("%s step %s", chain.path(), i)
              .isEqualTo(chain.items("plhs").get(i).text());
        }
      }
    }
  }

  @Test
  void extendingPastTheLastPositionIsRefused() {
    PositionalLineageHash last = PositionalLineageHash.of(1, 2, PositionalLineageHash.MAX_POSITION);
    assertThatThrownBy(() -> last.extend(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Position 16777216 exceeds maximum supported value (2^24 - 1 = 16,777,215)");
  }

  @Test
  void chainOfOneTokenBlocksReachesTheLastPosition() {
    Node chain = Vectors.read("long_sequences").get("plh_extend_iota_bs1_salt1337");
    List<Node> points = chain.items("points");
    int[] token = {0};
    long hi = 0;
    long lo = 0;
    long current = 0;
    int next = 0;
    for (int position = 0; position <= PositionalLineageHash.MAX_POSITION; position++) {
      token[0] = position;
      long blockHash = TokenHashing.blockHash(token, 1337);
      long parent = current;
      current = position == 0 ? blockHash : TokenHashing.nextSequenceHash(parent, blockHash);
      hi = PositionalLineageHash.packHi(current, parent, position);
      lo = PositionalLineageHash.packLo(current, parent, position);
      if (next < points.size() && position == points.get(next).number("position")) {
        Node point = points.get(next++);
        assertThat(blockHash).as(point.path()).isEqualTo(point.hash("block_hash"));
        assertThat(current).as(point.path()).isEqualTo(point.hash("sequence_hash"));
        PositionalLineageHash hash = new PositionalLineageHash(hi, lo);
        assertThat(hash.toHex()).as(point.path()).isEqualTo(point.text("plh"));
        assertThat(hash).hasToString(point.text("plh_display"));
      }
    }
    assertThat(next).isEqualTo(points.size());
    PositionalLineageHash last = new PositionalLineageHash(hi, lo);
    assertThatThrownBy(() -> last.extend(1)).hasMessage(chain.text("extend_past_limit_panic"));
  }

  @Test
  void textReadsBackAllBits() {
    Random random = new Random(6);
    int[] edges = {0, 1, 255, 256, 65_535, 65_536, PositionalLineageHash.MAX_POSITION};
    for (int i = 0; i < 20_000; i++) {
      int position =
          i < 700 ? edges[i % edges.length] : random.nextInt(1 << (1 + random.nextInt(24)));
      long current = random.nextLong() >>> random.nextInt(64);
      long parent = position == 0 ? 0 : random.nextLong() >>> random.nextInt(64);
      PositionalLineageHash hash = PositionalLineageHash.of(current, parent, position);
      assertThat(PositionalLineageHash.parse(hash.toString())).isEqualTo(hash);
      assertThat(PositionalLineageHash.fromHex(hash.toHex())).isEqualTo(hash);
      assertThat(PositionalLineageHash.fromBytes(hash.toBytes())).isEqualTo(hash);
    }
  }

  @Test
  void textThatNoHashPrintsIsRefusedWithTheText() {
    List<String> refused =
        List.of(
            "",
            "0",
            ":43c9JGph3DZ",
            "0:",
            "0:43c9JGph3DZ:11111111",
            "5:VjieuTM37VA",
            "5:VjieuTM37VA:",
            "5:VjieuTM37VA:12z33k5p6QF:1",
            "05:VjieuTM37VA:12z33k5p6QF",
            "+5:VjieuTM37VA:12z33k5p6QF",
            "-1:VjieuTM37VA:12z33k5p6QF",
            "5 :VjieuTM37VA:12z33k5p6QF",
            "5:VjieuTM37V0:12z33k5p6QF",
            "5:VjieuTM37VA:12z33k5p6Ql",
            "5:1VjieuTM37VA:12z33k5p6QF",
            "5:VjieuTM37VA:2z33k5p6QF",
            "5:VjieuTM37VA:VjieuTM37VA",
            "5:zzzzzzzzzzz:12z33k5p6QF",
            "5:jpXCZedGfVR:12z33k5p6QF",
            "5:VjieuTM37VA:111111111",
            "99999999999:VjieuTM37VA:12z33k5p6QF",
            "invalid:ff000000000000000000000000000000");
    for (String text : refused) {
      assertThatThrownBy(() -> PositionalLineageHash.parse(text))
          .as("\"%s\"", text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + text + "\"");
    }
    assertThatThrownBy(() -> PositionalLineageHash.parse("16777216:VjieuTM37VA:11111111"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16777216");
  }

  @Test
  void formsOfAnotherLengthAreRefused() {
    assertThatThrownBy(() -> PositionalLineageHash.fromBytes(new byte[15]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("invalid length 15, expected 16 bytes");
    assertThatThrownBy(() -> PositionalLineageHash.fromHex("00"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"00\"");
    assertThatThrownBy(() -> PositionalLineageHash.fromHex("g".repeat(32)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aChildFindsItsParentByPositionAndFragmentAcrossModes() {
    Random random = new Random(7);
    for (int position : new int[] {0, 1, 254, 255, 256, 65_534, 65_535, 65_536, 16_777_214}) {
      PositionalLineageHash parent =
          PositionalLineageHash.of(random.nextLong(), random.nextLong(), position);
      PositionalLineageHash child = parent.extend(random.nextLong());
      assertThat(child.position()).isEqualTo(position + 1);
      assertThat(child.parentHashFragment())
          .isEqualTo(parent.parentFragmentForChildPosition(child.position()));
      assertThat(PositionalLineageHash.fragmentBits(child.hi()))
          .isEqualTo(PositionalLineageHash.fragmentBitsAt(child.position()));
    }
  }
}
