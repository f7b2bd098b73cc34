package dev.kvbm.logical;

import java.io.Serializable;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The number of a block manager, unique in this process and never reused.
 *
 * <p>Together with a block id it names a block after the tier type is erased.
 *
 * @param value 1 and up for managers; 0 is {@link #NULL}
 */
public record ManagerId(long value) implements Serializable {
  /** Stands for no manager; no manager ever has it. */
  public static final ManagerId NULL = new ManagerId(0);

  private static final AtomicLong NEXT = new AtomicLong(1);

  static ManagerId next() {
    return new ManagerId(NEXT.getAndIncrement());
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(value);
  }
}
