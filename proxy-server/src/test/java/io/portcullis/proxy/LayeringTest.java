package io.portcullis.proxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the packages of this module may know of each other and of the world (LAYOUT 3.2, 3.4). */
final class LayeringTest {
  private static final String ROOT = "io.portcullis.proxy.";

  private static JavaClasses module;

  @BeforeAll
  static void read() {
    module =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.portcullis.proxy");
  }

  /** A package may come later than the rule about it. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(module);
  }

  @Test
  void layersAreUsedFromAboveOnly() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .withOptionalLayers(true)
        .layer("wire")
        .definedBy(ROOT + "wire..")
        .layer("auth")
        .definedBy(ROOT + "auth..")
        .layer("statement")
        .definedBy(ROOT + "statement..", ROOT + "local..")
        .layer("session")
        .definedBy(ROOT + "session..")
        .layer("ends")
        .definedBy(ROOT + "frontend..", ROOT + "backend..")
        .layer("server")
        .definedBy(ROOT + "server..", ROOT + "cli..")
        .whereLayer("server")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("ends")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("session")
        .mayOnlyBeAccessedByLayers("ends", "server")
        .whereLayer("statement")
        .mayOnlyBeAccessedByLayers("session", "server")
        .whereLayer("auth")
        .mayOnlyBeAccessedByLayers("session", "ends", "server")
        .check(module);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.portcullis.(**)").should().beFreeOfCycles().check(module);
  }

  @Test
  void configurationAndTlsKnowNothingOfSessions() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(ROOT + "config..", ROOT + "tls..", ROOT + "wire..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                ROOT + "auth..",
                ROOT + "statement..",
                ROOT + "local..",
                ROOT + "session..",
                ROOT + "frontend..",
                ROOT + "backend..",
                ROOT + "server..",
                ROOT + "cli.."));
  }

  @Test
  void frontAndBackDoNotKnowEachOther() {
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "frontend..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "backend.."));
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "backend..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "frontend.."));
  }

  @Test
  void stepsOfAStatementKnowNoChannel() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(ROOT + "statement..", ROOT + "local..", ROOT + "session..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty.channel.."));
  }

  @Test
  void loginsAndMessagesAreMadeWithoutChannels() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                ROOT + "auth..",
                ROOT + "wire.handshake..",
                ROOT + "wire.command..",
                ROOT + "wire.message..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty.channel.."));
  }

  @Test
  void neitherDatabaseConnectionsNorTheParserAreKnown() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "java.sql..",
                "javax.sql..",
                "com.zaxxer..",
                "com.mysql..",
                "net.sf.jsqlparser..",
                "io.portcullis.sql.parser..",
                "ch.vorburger.."));
  }

  @Test
  void everyPackageIsNullMarked() {
    check(
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
                }));
  }

  @Test
  void classesAreFinalOrSealed() {
    check(
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
                }));
  }

  @Test
  void nothingStaticCanChange() {
    check(fields().that().areStatic().should().beFinal());
  }

  @Test
  void nothingOnAnEventLoopWaits() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + "server..", ROOT + "cli..")
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(CompletableFuture.class, "join")
            .orShould()
            .callMethod(CompletableFuture.class, "get"));
  }

  /** The commands print on purpose; everything else logs. */
  @Test
  void onlyCommandsWriteToTheConsole() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.logging..")
            .orShould()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err"));
  }
}
