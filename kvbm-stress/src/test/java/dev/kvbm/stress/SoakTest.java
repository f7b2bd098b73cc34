package dev.kvbm.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A few seconds of what {@code kvbm-stress/run soak} does for as long as it is told. */
class SoakTest {

  @Test
  void aShortSoakLosesNothing() throws InterruptedException {
    Soak soak = new Soak();
    long seed = System.nanoTime();
    System.out.println("soak seed " + seed);

    soak.run(Duration.ofSeconds(3), seed);

    assertThat(soak.operations()).isPositive();
    assertThat(soak.evictions()).isPositive();
  }
}
