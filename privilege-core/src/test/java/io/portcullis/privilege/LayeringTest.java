package io.portcullis.privilege;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
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
            .importPackages("io.portcullis.privilege");
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.portcullis.(**)").should().beFreeOfCycles().check(module);
  }

  @Test
  void databaseConnectionsAreInTheJdbcStoreOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.portcullis.privilege.store.jdbc..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "javax.sql..", "com.zaxxer..", "com.mysql..")
        .check(module);
  }

  @Test
  void neitherNetworkNorParserIsKnown() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.netty..", "net.sf.jsqlparser..", "io.portcullis.proxy..")
        .check(module);
  }

  @Test
  void ofStatementsOnlyTheVocabularyIsKnown() {
    noClasses()
        .should()
        .dependOnClassesThat(
            new DescribedPredicate<>("are of sql.* but not its vocabulary") {
              @Override
              public boolean test(JavaClass type) {
                String name = type.getPackageName();
                return name.startsWith("io.portcullis.sql.")
                    && !name.equals("io.portcullis.sql.text")
                    && !name.equals("io.portcullis.sql.statement")
                    && !name.equals("io.portcullis.sql.access");
              }
            })
        .check(module);
  }

  @Test
  void packagesUseOnlyThoseBelowThem() {
    String root = "io.portcullis.privilege.";
    above(root + "model", "catalog", "snapshot", "authz", "dcl", "credential", "store");
    above(root + "catalog", "snapshot", "authz", "dcl", "credential", "store");
    above(root + "snapshot", "authz", "dcl", "credential", "store");
    above(root + "authz", "dcl", "credential", "store");
    above(root + "credential", "catalog", "snapshot", "authz", "dcl", "store");
  }

  private static void above(String lower, String... uppers) {
    String[] packages = new String[uppers.length];
    for (int i = 0; i < uppers.length; i++) {
      packages[i] = "io.portcullis.privilege." + uppers[i] + "..";
    }
    noClasses()
        .that()
        .resideInAPackage(lower)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages)
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

  @Test
  void nothingWritesToTheConsole() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .orShould()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(module);
  }
}
