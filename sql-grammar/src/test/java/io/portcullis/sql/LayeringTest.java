package io.portcullis.sql;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the packages of this module may know of each other and of the world (LAYOUT 3.2, 3.4). */
final class LayeringTest {

  private static JavaClasses module;

  @BeforeAll
  static void read() {
    module =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.portcullis.sql");
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.portcullis.(**)").should().beFreeOfCycles().check(module);
  }

  @Test
  void packagesUseOnlyThoseBelowThem() {
    above("text", "access", "statement", "lexer", "parser", "analysis");
    above("access", "statement", "lexer", "parser", "analysis");
    above("statement", "lexer", "parser", "analysis");
    above("lexer", "access", "statement", "parser", "analysis");
    above("parser", "analysis");
  }

  private static void above(String lower, String... uppers) {
    String[] packages = new String[uppers.length];
    for (int i = 0; i < uppers.length; i++) {
      packages[i] = "io.portcullis.sql." + uppers[i] + "..";
    }
    noClasses()
        .that()
        .resideInAPackage("io.portcullis.sql." + lower + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages)
        .allowEmptyShould(true)
        .check(module);
  }

  @Test
  void onePackageKnowsTheParserLibrary() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.portcullis.sql.parser.jsql")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("net.sf.jsqlparser..")
        .check(module);
  }

  @Test
  void nothingIsReadWrittenOrLogged() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.netty..",
            "java.net..",
            "java.nio.file..",
            "java.sql..",
            "javax.sql..",
            "com.zaxxer..",
            "org.slf4j..",
            "java.util.logging..",
            "io.portcullis.privilege..",
            "io.portcullis.proxy..")
        .check(module);
  }

  @Test
  void everyPackageIsNullMarked() {
    classes()
        .should(
            new ArchCondition<>("be in a package marked @NullMarked") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(
                    new SimpleConditionEvent(
                        type, marked, type.getPackageName() + " is not @NullMarked"));
              }
            })
        .check(module);
  }

  @Test
  void classesAreFinalOrSealed() {
    classes()
        .should(
            new ArchCondition<>("be final, a record, an enum, an interface or sealed") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean closed =
                    type.isInterface()
                        || type.isEnum()
                        || type.isAnonymousClass()
                        || type.getModifiers().contains(JavaModifier.FINAL)
                        || type.reflect().isSealed();
                events.add(new SimpleConditionEvent(type, closed, type.getName() + " is open"));
              }
            })
        .check(module);
  }

  @Test
  void nothingStaticCanChange() {
    fields().that().areStatic().should().beFinal().allowEmptyShould(true).check(module);
  }
}
