package dev.kvbm.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * The arrows between the modules point down only, and the two lower modules need nothing but the
 * JDK. This module is the only one that sees all the others, so the rules are kept here.
 */
class ModuleRulesTest {

  private static final String ROOT = "dev.kvbm.";

  /** Module to the modules it may use. A module that is missing here may not exist. */
  private static final Map<String, List<String>> ARROWS =
      Map.of(
          "tokens", List.of(),
          "logical", List.of("tokens"),
          "testkit", List.of("tokens", "logical"),
          "events", List.of("tokens", "logical"),
          "metrics", List.of("tokens", "logical"),
          "replay", List.of("tokens", "logical"),
          "cli", List.of("tokens", "logical", "testkit", "events", "metrics", "replay"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.kvbm");

  /** Modules that nobody depends on: deployed nowhere, and not on the class path of this test. */
  private static final Set<String> TOOLS = Set.of("kvbm-bench", "kvbm-stress");

  @Test
  void everyModuleUsesOnlyTheModulesBelowIt() {
    for (String module : ARROWS.keySet()) {
      List<String> forbidden =
          ARROWS.keySet().stream()
              .filter(other -> !other.equals(module) && !ARROWS.get(module).contains(other))
              .map(ModuleRulesTest::within)
              .toList();
      noClasses()
          .that()
          .resideInAPackage(within(module))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(forbidden.toArray(String[]::new))
          .as(module + " may use " + ARROWS.get(module) + " and no other module")
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void theTwoLowerModulesNeedNothingButTheJdk() {
    classes()
        .that()
        .resideInAnyPackage(within("tokens"), within("logical"))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "java..",
                "jdk.jfr..",
                "org.jspecify.annotations..",
                within("tokens"),
                within("logical")))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandWritesToTheStandardStreams() {
    noClasses()
        .that(resideOutsideOfPackages(within("cli")))
        .should(ACCESS_STANDARD_STREAMS)
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandEndsTheProcess() {
    noClasses()
        .that(resideOutsideOfPackages(within("cli")))
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void packagesAreNamedAfterWhatTheyDo() {
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..utils..", "..common..", "..impl..", "..internal..")
        .check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() {
    List<String> unmarked =
        CLASSES.stream()
            .map(JavaClass::getPackage)
            .distinct()
            .filter(javaPackage -> !javaPackage.isAnnotatedWith(NullMarked.class))
            .map(JavaPackage::getName)
            .sorted()
            .toList();
    assertThat(unmarked).isEmpty();
  }

  /** Without this, a module that never reaches the class path would pass every rule above. */
  @Test
  void theRulesSeeAllSourcesOfAllModules() throws IOException {
    Map<String, Boolean> seen = new TreeMap<>();
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      for (Path module : modules.toList()) {
        Path sources = module.resolve("src/main/java/dev/kvbm");
        String directory = module.getFileName().toString();
        if (Files.isDirectory(sources) && !TOOLS.contains(directory)) {
          try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.toList()) {
              String name = sources.relativize(file).toString().replace('\\', '/');
              if (name.endsWith(".java") && !name.endsWith("package-info.java")) {
                String type = name.substring(0, name.length() - 5).replace('/', '.');
                seen.put(directory + ": " + type, CLASSES.contain(ROOT + type));
              }
            }
          }
        }
      }
    }
    assertThat(seen).isNotEmpty().allSatisfy((type, known) -> assertThat(known).as(type).isTrue());
  }

  @Test
  void everyClassBelongsToAKnownModule() {
    TreeSet<String> strangers = new TreeSet<>();
    for (JavaClass javaClass : CLASSES.that(not(resideInAnyPackage(knownPackages())))) {
      strangers.add(javaClass.getName());
    }
    assertThat(strangers).isEmpty();
  }

  private static String[] knownPackages() {
    return ARROWS.keySet().stream().map(ModuleRulesTest::within).toArray(String[]::new);
  }

  private static String within(String module) {
    return ROOT + module + "..";
  }
}
