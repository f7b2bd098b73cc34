package dev.kvbm.testkit.conformance;

import java.util.HashMap;
import java.util.Map;

/**
 * The operations of block scripts by their code. A further family of operations is a further class
 * that adds its codes here.
 */
final class OperationTable {
  private final Map<String, Operation> operations = new HashMap<>();

  /** Blocks, pools, registry, requests, assignments. */
  static OperationTable standard() {
    OperationTable table = new OperationTable();
    BlockOperations.addTo(table);
    PoolOperations.addTo(table);
    RegistryOperations.addTo(table);
    RequestOperations.addTo(table);
    SchedulingOperations.addTo(table);
    AssignmentOperations.addTo(table);
    ExternalOperations.addTo(table);
    return table;
  }

  void add(String code, Operation operation) {
    if (operations.putIfAbsent(code, operation) != null) {
      throw new IllegalStateException("operation " + code + " is defined twice");
    }
  }

  Operation get(String code) {
    Operation operation = operations.get(code);
    if (operation == null) {
      throw new MalformedScriptException("unknown operation " + code);
    }
    return operation;
  }
}
