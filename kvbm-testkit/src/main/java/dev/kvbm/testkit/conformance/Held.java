package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.CompleteBlock;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.LifecyclePin;
import dev.kvbm.logical.MutableBlock;
import dev.kvbm.logical.WeakBlock;
import dev.kvbm.logical.registry.RegistrationHandle;

/**
 * What a script's handle stands for.
 *
 * @param <T> the tier marker of the manager that it belongs to
 */
sealed interface Held<T> {

  /** How messages name it. */
  String what();

  /** A block to be written. */
  record Mutable<T>(MutableBlock<T> block) implements Held<T> {
    @Override
    public String what() {
      return "a mutable block";
    }
  }

  /** A staged block. */
  record Staged<T>(CompleteBlock<T> block) implements Held<T> {
    @Override
    public String what() {
      return "a staged block";
    }
  }

  /** A registered block. */
  record Immutable<T>(ImmutableBlock<T> block) implements Held<T> {
    @Override
    public String what() {
      return "an immutable block";
    }
  }

  /** A weak block and, since the reference's keeps its hash registered, a handle of that hash. */
  record Weak<T>(WeakBlock<T> block, RegistrationHandle registration) implements Held<T> {
    @Override
    public String what() {
      return "a weak block";
    }
  }

  /** A pin. */
  record Pinned<T>(LifecyclePin pin) implements Held<T> {
    @Override
    public String what() {
      return "a pin";
    }
  }

  /** A request. */
  record Requested<T>(RequestScript<T> script) implements Held<T> {
    @Override
    public String what() {
      return "a request";
    }
  }

  /** A request that was refused because its block size is not the manager's (row ★19). */
  record Refused<T>() implements Held<T> {
    @Override
    public String what() {
      return "a refused request";
    }
  }

  /** Blocks of a request. */
  record Assigned<T>(AssignmentOperations.Script<T> script) implements Held<T> {
    @Override
    public String what() {
      return "block assignments";
    }
  }

  /** Block ids of a request. */
  record External<T>(ExternalOperations.Script script) implements Held<T> {
    @Override
    public String what() {
      return "external block assignments";
    }
  }

  /** A registration handle. */
  record Registered<T>(RegistrationHandle registration) implements Held<T> {
    @Override
    public String what() {
      return "a registration handle";
    }
  }
}
