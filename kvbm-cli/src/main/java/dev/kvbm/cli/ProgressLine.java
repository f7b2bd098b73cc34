package dev.kvbm.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** A bar that redraws itself on a terminal's last line, and nothing elsewhere. */
final class ProgressLine implements AutoCloseable {
  private static final int WIDTH = 32;
  private static final long REDRAW_MILLIS = 100;

  private static final PrintStream OUT = System.err;

  private final String what;
  private final DoubleSupplier progress;
  private final @Nullable Thread painter;
  private volatile boolean closed;

  ProgressLine(boolean terminal, String what, DoubleSupplier progress) {
    this.what = what;
    this.progress = progress;
    this.painter = terminal ? Thread.ofVirtual().start(this::paint) : null;
  }

  private void paint() {
    long start = System.nanoTime();
    while (!closed) {
      try {
        Thread.sleep(REDRAW_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
      double done = progress.getAsDouble();
      int filled = (int) (done * WIDTH);
      OUT.print(
          String.format(
              Locale.ROOT,
              "\r%s [%s%s] %3.0f %%  %.1f s ",
              what,
              "#".repeat(filled),
              "-".repeat(WIDTH - filled),
              done * 100,
              (System.nanoTime() - start) / 1e9));
      OUT.flush();
    }
  }

  @Override
  public void close() {
    closed = true;
    if (painter != null) {
      painter.interrupt();
      try {
        painter.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      OUT.print("\r" + " ".repeat(what.length() + WIDTH + 24) + "\r");
      OUT.flush();
    }
  }
}
