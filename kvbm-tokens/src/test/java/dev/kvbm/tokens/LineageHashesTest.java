package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineageHashesTest {

  private static List<PositionalLineageHash> chain(int length) {
    List<PositionalLineageHash> chain = new ArrayList<>();
    Random random = new Random(length);
    for (int i = 0; i < length; i++) {
      chain.add(
          i == 0
              ? PositionalLineageHash.root(random.nextLong())
              : chain.get(i - 1).extend(random.nextLong()));
    }
    return chain;
  }

  @Test
  void aListGivesBackTheHashesItWasMadeOf() {
    List<PositionalLineageHash> chain = chain(7);
    LineageHashes hashes = LineageHashes.copyOf(chain);
    assertThat(hashes).containsExactlyElementsOf(chain);
    assertThat(hashes.toArray()).containsExactlyElementsOf(chain);
    assertThat(hashes.size()).isEqualTo(7);
    assertThat(hashes.hi(3)).isEqualTo(chain.get(3).hi());
    assertThat(hashes.lo(3)).isEqualTo(chain.get(3).lo());
    assertThat(LineageHashes.of(chain.get(0), chain.get(1))).isEqualTo(hashes.slice(0, 2));
    assertThat(hashes).hasToString(chain.toString());
  }

  @Test
  void viewsShowTheirPartOnly() {
    List<PositionalLineageHash> chain = chain(10);
    LineageHashes hashes = LineageHashes.copyOf(chain);
    LineageHashes view = hashes.from(2).slice(1, 5);
    assertThat(view).containsExactlyElementsOf(chain.subList(3, 7));
    assertThat(view.from(4).isEmpty()).isTrue();
    assertThatThrownBy(() -> view.get(4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> view.hi(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> view.lo(4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> view.slice(3, 5)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void theCommonPrefixWithHalvesEndsAtTheFirstDifferenceOrEitherEnd() {
    LineageHashBuffer buffer = new LineageHashBuffer();
    for (int i = 0; i < 6; i++) {
      buffer.add(i, 10L * i);
    }
    LineageHashes view = buffer.slice(1, 5); // hashes 1 to 4
    long[] halves = new long[12];
    buffer.copyTo(0, halves, 0, 6);

    assertThat(view.commonPrefix(0, halves, 2)).as("the list ends").isEqualTo(4);
    assertThat(view.commonPrefix(3, halves, 8)).isEqualTo(1);
    assertThat(view.commonPrefix(4, halves, 10)).as("nothing left").isZero();
    assertThat(view.commonPrefix(0, halves, 4)).as("shifted by one").isZero();
    long[] first = Arrays.copyOf(halves, 7); // three hashes and half of the fourth
    assertThat(view.commonPrefix(0, first, 2)).as("the halves end").isEqualTo(2);
    assertThat(view.commonPrefix(0, first, 7)).isZero();
    halves[7] = -1; // low half of hash 3
    assertThat(view.commonPrefix(0, halves, 2)).isEqualTo(2);
    halves[4] = -1; // high half of hash 2
    assertThat(view.commonPrefix(0, halves, 2)).isEqualTo(1);

    assertThatThrownBy(() -> view.commonPrefix(5, halves, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> view.commonPrefix(-1, halves, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> view.commonPrefix(0, halves, 13))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void halvesAreCopiedOnlyIfBothRangesFit() {
    LineageHashes hashes = LineageHashes.copyOf(chain(5)).from(1);
    long[] halves = new long[7];
    hashes.copyTo(1, halves, 1, 3);
    assertThat(halves)
        .containsExactly(
            0, hashes.hi(1), hashes.lo(1), hashes.hi(2), hashes.lo(2), hashes.hi(3), hashes.lo(3));
    long[] before = halves.clone();
    assertThatThrownBy(() -> hashes.copyTo(2, halves, 0, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> hashes.copyTo(0, halves, 0, 4))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(halves).isEqualTo(before);
  }

  @Test
  void equalityIsByContentAcrossListsViewsAndBuffers() {
    List<PositionalLineageHash> chain = chain(6);
    LineageHashBuffer buffer = new LineageHashBuffer();
    chain.forEach(buffer::add);
    LineageHashes list = LineageHashes.copyOf(chain);
    LineageHashes view = buffer.slice(0, 6);
    assertThat(list).isEqualTo(buffer).isEqualTo(view).hasSameHashCodeAs(buffer);
    assertThat(buffer).isEqualTo(list).hasSameHashCodeAs(view);
    assertThat(list.from(1)).isEqualTo(view.from(1)).isNotEqualTo(list);
    assertThat(LineageHashes.empty()).isEqualTo(new LineageHashBuffer());
    assertThat(list).isNotEqualTo(chain);
    buffer.set(5, 1, 2);
    assertThat(list).isNotEqualTo(buffer);
  }

  @Test
  void aBufferGrowsAndIsUsedAgain() {
    LineageHashBuffer buffer = new LineageHashBuffer(0);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 1000; i++) {
        buffer.add(i, -i);
      }
      assertThat(buffer.size()).isEqualTo(1000);
      for (int i = 0; i < 1000; i++) {
        assertThat(buffer.hi(i)).isEqualTo(i);
        assertThat(buffer.lo(i)).isEqualTo(-i);
      }
      buffer.truncate(10);
      assertThat(buffer.size()).isEqualTo(10);
      assertThatThrownBy(() -> buffer.get(10)).isInstanceOf(IndexOutOfBoundsException.class);
      buffer.clear();
      assertThat(buffer.isEmpty()).isTrue();
    }
  }

  @Test
  void addingToABufferDoesNotDisturbItsViews() {
    LineageHashBuffer buffer = new LineageHashBuffer(2);
    List<PositionalLineageHash> chain = chain(50);
    buffer.add(chain.get(0));
    buffer.add(chain.get(1));
    LineageHashes view = buffer.from(0);
    chain.subList(2, 50).forEach(buffer::add);
    assertThat(view).containsExactlyElementsOf(chain.subList(0, 2));
    assertThat(buffer).containsExactlyElementsOf(chain);
  }

  @Test
  void aBufferCanBeAddedToItself() {
    List<PositionalLineageHash> chain = chain(3);
    LineageHashBuffer buffer = new LineageHashBuffer(3);
    chain.forEach(buffer::add);
    buffer.addAll(buffer);
    buffer.addAll(buffer.slice(1, 2));
    assertThat(buffer)
        .containsExactly(
            chain.get(0),
            chain.get(1),
            chain.get(2),
            chain.get(0),
            chain.get(1),
            chain.get(2),
            chain.get(1));
  }

  @Test
  void badSizesAreRefusedWithTheirValue() {
    LineageHashBuffer buffer = new LineageHashBuffer();
    assertThatThrownBy(() -> buffer.truncate(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 hashes");
    assertThatThrownBy(() -> buffer.truncate(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new LineageHashBuffer(-5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-5");
    assertThatThrownBy(() -> buffer.ensureCapacity(1L << 31))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2147483648");
    assertThatThrownBy(() -> buffer.set(0, 1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void anExhaustedIteratorSaysSo() {
    Iterator<PositionalLineageHash> iterator = LineageHashes.copyOf(chain(1)).iterator();
    iterator.next();
    assertThat(iterator.hasNext()).isFalse();
    assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void undecodableHashesStillPrint() {
    assertThat(LineageHashes.of(new PositionalLineageHash(-1, 0)))
        .hasToString("[invalid:ffffffffffffffff0000000000000000]");
  }
}
