package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.registry.AttachmentException;
import dev.kvbm.logical.registry.RegistrationHandle;
import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Operations on the registry: presence, handles, attachments, frequency. */
final class RegistryOperations {

  private RegistryOperations() {}

  /** A value that scripts attach. The types are what matters: each is a kind of attachment. */
  private sealed interface Attached {
    int value();
  }

  private record AttachedA(int value) implements Attached {}

  private record AttachedB(int value) implements Attached {}

  static void addTo(OperationTable table) {
    table.add("pres", RegistryOperations::presence);
    table.add("presany", RegistryOperations::presenceAny);
    table.add("isreg", RegistryOperations::isRegistered);
    table.add("rcount", RegistryOperations::registeredCount);
    table.add("rmatch", RegistryOperations::match);
    table.add("rreg", RegistryOperations::register);
    table.add("rhnd", RegistryOperations::handleOf);
    table.add("hhas", RegistryOperations::hasBlock);
    table.add("attu", RegistryOperations::attachUnique);
    table.add("att", RegistryOperations::attach);
    table.add("gatt", RegistryOperations::attached);
    table.add("ontouch", RegistryOperations::onTouch);
    table.add("htouch", RegistryOperations::touchHandle);
    table.add("lfut", RegistryOperations::touch);
    table.add("lfuc", RegistryOperations::count);
  }

  private static <T> Json presence(Pool<T> pool, Arguments arguments) {
    LineageHashes hashes = pool.world.nodes.hashes(arguments.integers(0));
    return bits(pool.world.registry.checkPresence(pool.manager.tier(), hashes));
  }

  private static <T> Json presenceAny(Pool<T> pool, Arguments arguments) {
    LineageHashes hashes = pool.world.nodes.hashes(arguments.integers(0));
    Tier<?>[] tiers = arguments.texts(1).stream().map(ScriptConfig::tier).toArray(Tier<?>[]::new);
    return bits(pool.world.registry.checkPresenceAny(hashes, tiers));
  }

  private static Json bits(boolean[] values) {
    List<Json> result = new ArrayList<>(values.length);
    for (boolean value : values) {
      result.add(Json.bit(value));
    }
    return Json.array(result);
  }

  private static <T> Json isRegistered(Pool<T> pool, Arguments arguments) {
    return forEach(pool, arguments, hash -> pool.world.registry.isRegistered(hash) ? 1 : 0);
  }

  private static <T> Json count(Pool<T> pool, Arguments arguments) {
    return forEach(pool, arguments, pool.world.registry::count);
  }

  private static Json forEach(
      Pool<?> pool, Arguments arguments, ToLongFunction<PositionalLineageHash> question) {
    List<Json> result = new ArrayList<>();
    for (int node : arguments.integers(0)) {
      result.add(Json.of(question.applyAsLong(pool.world.nodes.hash(node))));
    }
    return Json.array(result);
  }

  private static <T> Json touch(Pool<T> pool, Arguments arguments) {
    for (int node : arguments.integers(0)) {
      pool.world.registry.touch(pool.world.nodes.hash(node));
    }
    return Json.NULL;
  }

  private static <T> Json registeredCount(Pool<T> pool, Arguments arguments) {
    return Json.of(pool.world.registry.registeredCount());
  }

  private static <T> Json match(Pool<T> pool, Arguments arguments) {
    PositionalLineageHash hash = pool.world.nodes.hash(arguments.integer(1));
    Optional<RegistrationHandle> found = pool.world.registry.match(hash, arguments.flag(2));
    found.ifPresent(handle -> pool.hold(arguments.integer(0), handle));
    return Json.bit(found.isPresent());
  }

  private static <T> Json register(Pool<T> pool, Arguments arguments) {
    PositionalLineageHash hash = pool.world.nodes.hash(arguments.integer(1));
    pool.hold(arguments.integer(0), pool.world.registry.register(hash));
    return Json.NULL;
  }

  private static <T> Json handleOf(Pool<T> pool, Arguments arguments) {
    RegistrationHandle handle = pool.immutable(arguments.integer(1)).registrationHandle();
    pool.hold(arguments.integer(0), handle);
    return pool.world.nodes.reference(handle.hash());
  }

  private static <T> Json hasBlock(Pool<T> pool, Arguments arguments) {
    return Json.bit(pool.registration(arguments.integer(0)).isPresent(pool.manager.tier()));
  }

  private static <T> Json attachUnique(Pool<T> pool, Arguments arguments) {
    RegistrationHandle handle = pool.registration(arguments.integer(0));
    int value = arguments.integer(2);
    try {
      if (isTypeA(arguments)) {
        handle.attachUnique(AttachedA.class, new AttachedA(value));
      } else {
        handle.attachUnique(AttachedB.class, new AttachedB(value));
      }
      return Json.OK;
    } catch (AttachmentException e) {
      return attachmentError(e);
    }
  }

  private static <T> Json attach(Pool<T> pool, Arguments arguments) {
    RegistrationHandle handle = pool.registration(arguments.integer(0));
    int value = arguments.integer(2);
    try {
      if (isTypeA(arguments)) {
        handle.attach(AttachedA.class, new AttachedA(value));
      } else {
        handle.attach(AttachedB.class, new AttachedB(value));
      }
      return Json.OK;
    } catch (AttachmentException e) {
      return attachmentError(e);
    }
  }

  private static Json attachmentError(AttachmentException e) {
    return Json.error(
        e.registeredAsUnique()
            ? "TypeAlreadyRegisteredAsUnique"
            : "TypeAlreadyRegisteredAsMultiple");
  }

  private static <T> Json attached(Pool<T> pool, Arguments arguments) {
    RegistrationHandle handle = pool.registration(arguments.integer(0));
    return isTypeA(arguments)
        ? attached(handle, AttachedA.class)
        : attached(handle, AttachedB.class);
  }

  private static <V extends Attached> Json attached(RegistrationHandle handle, Class<V> type) {
    List<Json> multiple = new ArrayList<>();
    for (V attached : handle.multiple(type)) {
      multiple.add(Json.of(attached.value()));
    }
    return Json.array(
        handle.unique(type).map(unique -> Json.of(unique.value())).orElse(Json.NULL),
        Json.array(multiple));
  }

  private static boolean isTypeA(Arguments arguments) {
    return switch (arguments.text(1)) {
      case "A" -> true;
      case "B" -> false;
      default ->
          throw new MalformedScriptException(
              "unknown type of attachment " + arguments.text(1) + "; known are A, B");
    };
  }

  private static <T> Json onTouch(Pool<T> pool, Arguments arguments) {
    pool.registration(arguments.integer(0)).onTouch(_ -> {});
    return Json.NULL;
  }

  private static <T> Json touchHandle(Pool<T> pool, Arguments arguments) {
    return Json.of(pool.registration(arguments.integer(0)).touch());
  }
}
