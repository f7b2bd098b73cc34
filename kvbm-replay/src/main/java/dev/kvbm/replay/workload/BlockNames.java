package dev.kvbm.replay.workload;

/**
 * Gives out block ids 0, 1, 2, …: fresh ones, and the same one for the same hash. An
 * open-addressing table that is never more than half full.
 */
final class BlockNames {
  private long[] hashes = new long[1 << 12];

  /** Ids plus 1; 0 is an empty cell. */
  private long[] idsPlusOne = new long[1 << 12];

  private int used;
  private long given;

  /** An id that was not given out before. */
  long fresh() {
    return given++;
  }

  /** The id of this hash. */
  long of(long hash) {
    int cell = cell(hash);
    if (idsPlusOne[cell] == 0) {
      if (used * 2 >= hashes.length) {
        grow();
        cell = cell(hash);
      }
      used++;
      hashes[cell] = hash;
      idsPlusOne[cell] = ++given;
    }
    return idsPlusOne[cell] - 1;
  }

  private int cell(long hash) {
    int mask = hashes.length - 1;
    int cell = (int) hash & mask;
    while (idsPlusOne[cell] != 0 && hashes[cell] != hash) {
      cell = (cell + 1) & mask;
    }
    return cell;
  }

  private void grow() {
    long[] oldHashes = hashes;
    long[] oldIds = idsPlusOne;
    hashes = new long[oldHashes.length * 2];
    idsPlusOne = new long[oldHashes.length * 2];
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldIds[i] != 0) {
        int cell = cell(oldHashes[i]);
        hashes[cell] = oldHashes[i];
        idsPlusOne[cell] = oldIds[i];
      }
    }
  }
}
