package dev.kvbm.logical;

/**
 * How a guard or group stopped holding its blocks, in the words of the message that explains it.
 */
enum Ending {
  NEVER_FILLED("holds nothing yet; fill it with an operation of its manager"),
  HELD("is in use"),
  MOVING("is being moved into a group"),
  CLOSED("was closed; its blocks may belong to somebody else by now"),
  STAGED("was consumed by stage() or complete(); use the guard that call returned"),
  REGISTERED("was consumed by register(); use the guard that call returned"),
  RESET("was consumed by reset(); use the guard that call returned"),
  SPLIT("was consumed by split(); use the guards that call returned"),
  MOVED("was moved into another group; use that group");

  final String text;

  Ending(String text) {
    this.text = text;
  }
}
