package dev.kvbm.testkit.model;

/**
 * One operation.
 *
 * @param serial the place of the step in the script it was drawn for; what it creates is named
 *     after it, so that later steps mean the same thing when others have been removed
 * @param kind what to do
 * @param target what it is done to: the number of a manager, or the name of something that is held;
 *     a name that does not exist (any more) makes the step do nothing
 * @param other the name of a second thing, or a number to choose a hash with
 * @param variant a number to choose between ways of doing it
 */
record Step(int serial, Kind kind, int target, int other, int variant) {
  enum Kind {
    ALLOCATE(14),
    REGISTER(14),
    STAGE(6),
    REGISTER_STAGED(6),
    REGISTER_FIRST(6),
    RESET_STAGED(2),
    MATCH(14),
    MATCH_SCATTERED(6),
    SCAN(6),
    CLOSE(16),
    CLOSE_ALL(1),
    SHARE(4),
    SHARE_ONE(4),
    PIN(3),
    SPLIT(3),
    TAKE_FIRST(3),
    ADD_ALL(3),
    FILL_GAPS(3),
    GATHER(2),
    FLAG(5),
    DOWNGRADE(4),
    UPGRADE(5),
    RESET_POOL(1),
    TOUCH(3),
    OPEN_HANDLE(3),
    CLOSE_HANDLE(3),
    ATTACH(2),
    EXPLAIN(2),
    MISUSE(4);

    /** How often it is drawn, compared to the others. */
    final int weight;

    Kind(int weight) {
      this.weight = weight;
    }
  }

  @Override
  public String toString() {
    return serial + " " + kind + " " + target + " " + other + " " + variant;
  }

  /** The step that {@link #toString} printed. */
  static Step parse(String line) {
    String[] parts = line.strip().split(" ", -1);
    return new Step(
        Integer.parseInt(parts[0]),
        Kind.valueOf(parts[1]),
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[3]),
        Integer.parseInt(parts[4]));
  }
}
