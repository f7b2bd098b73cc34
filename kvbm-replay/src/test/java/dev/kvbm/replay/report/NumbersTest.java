package dev.kvbm.replay.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NumbersTest {

  @Test
  void largeNumbersGetThreeDigitsAndALetter() {
    assertThat(Numbers.compact(0L)).isEqualTo("0");
    assertThat(Numbers.compact(950L)).isEqualTo("950");
    assertThat(Numbers.compact(1_000L)).isEqualTo("1k");
    assertThat(Numbers.compact(5_120_000L)).isEqualTo("5.12M");
    assertThat(Numbers.compact(999_600L)).isEqualTo("1M");
    assertThat(Numbers.compact(144_793_823L)).isEqualTo("145M");
    assertThat(Numbers.compact(2_500_000_000L)).isEqualTo("2.5bn");
    assertThat(Numbers.compact(0.25)).isEqualTo("0.25");
  }

  @Test
  void durationsHaveTheirTwoLargestUnits() {
    assertThat(Numbers.duration(0.25)).isEqualTo("0.25 s");
    assertThat(Numbers.duration(59.999)).isEqualTo("60 s");
    assertThat(Numbers.duration(114)).isEqualTo("1 min 54 s");
    assertThat(Numbers.duration(3_600)).isEqualTo("1 h");
    assertThat(Numbers.duration(90_000)).isEqualTo("1 d 1 h");
  }

  @Test
  void bytesHaveBinaryUnits() {
    assertThat(Numbers.bytes(512)).isEqualTo("512 B");
    assertThat(Numbers.bytes(671_088_640_000.0)).isEqualTo("625 GiB");
  }

  @Test
  void logarithmicAxesLabelDecadesAndTheirHalvesIfThereIsRoom() {
    assertThat(Scale.logarithmic(100, 50_000, 0, 1).ticks(14))
        .containsExactly(100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4);
    assertThat(Scale.logarithmic(100, 50_000, 0, 1).ticks(5)).containsExactly(100.0, 1e3, 1e4);
    assertThat(Scale.logarithmic(3, 4, 0, 1).ticks(5)).containsExactly(3.0, 4.0);
    assertThat(Scale.linear(0, 0.4, 0, 1).ticks(5)).hasSizeBetween(4, 6).contains(0.0);
  }
}
