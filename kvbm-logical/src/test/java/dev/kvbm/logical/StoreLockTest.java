package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The lock of a store. */
class StoreLockTest {
  @Test
  void oneThreadAtATimeHoldsIt() {
    StoreLock lock = new StoreLock();
    int[] count = {0};
    Runnable adder =
        () -> {
          for (int i = 0; i < 20_000; i++) {
            lock.lock();
            try {
              count[0]++;
            } finally {
              lock.unlock();
            }
          }
        };
    try (Race race = new Race(4)) {
      race.run(adder, adder, adder, adder);
    }
    assertThat(count[0]).isEqualTo(80_000);
  }

  @Test
  void aThreadThatTakesItTwiceIsTold() {
    StoreLock lock = new StoreLock();
    lock.lock();
    assertThat(lock.isHeldByCurrentThread()).isTrue();
    assertThatThrownBy(lock::lock)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("called from inside itself");
    lock.unlock();
    assertThat(lock.isHeldByCurrentThread()).isFalse();
    lock.lock();
    lock.unlock();
  }

  @Test
  void anInterruptEndsNoWaitAndStaysVisible() throws Exception {
    StoreLock lock = new StoreLock();
    lock.lock();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread waiting =
        Thread.ofPlatform()
            .start(
                () -> {
                  lock.lock();
                  interrupted.complete(Thread.currentThread().isInterrupted());
                  lock.unlock();
                });
    BlockStoreAccess.awaitParked(waiting);
    waiting.interrupt();
    assertThat(interrupted).isNotDone();
    lock.unlock();
    assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
    waiting.join();
  }

  @Test
  void whoeverWaitsParksAndGetsItInTheEnd() throws InterruptedException {
    StoreLock lock = new StoreLock();
    lock.lock();
    Thread waiting =
        Thread.ofPlatform()
            .start(
                () -> {
                  lock.lock();
                  lock.unlock();
                });
    BlockStoreAccess.awaitParked(waiting);
    assertThat(lock.contended()).isZero();
    lock.unlock();
    waiting.join();
    lock.lock();
    assertThat(lock.contended()).isEqualTo(1);
    lock.unlock();
  }
}
