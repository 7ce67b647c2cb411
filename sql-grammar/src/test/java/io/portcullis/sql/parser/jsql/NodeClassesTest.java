package io.portcullis.sql.parser.jsql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import net.sf.jsqlparser.statement.Statement;
import org.junit.jupiter.api.Test;

/**
 * Every class of JSqlParser's tree was looked at by a person: it is walked, or it is on the list of
 * those that are refused. A new version of the parser with new nodes fails here.
 */
final class NodeClassesTest {
  private static final String ROOT = "net.sf.jsqlparser.";

  @Test
  void everyNodeClassIsVisitedOrDeliberatelyRefused() throws Exception {
    Set<String> refused = refused();
    Set<String> found = new TreeSet<>();
    URI jar = Statement.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    try (JarFile file = new JarFile(new File(jar))) {
      for (String entry : file.stream().map(JarEntry::getName).toList()) {
        String name = entry.replace('/', '.').replaceAll("\\.class$", "");
        boolean node =
            entry.endsWith(".class")
                && (name.startsWith(ROOT + "expression.")
                    || name.startsWith(ROOT + "schema.")
                    || name.startsWith(ROOT + "statement."));
        if (node && isConcrete(Class.forName(name, false, Statement.class.getClassLoader()))) {
          found.add(name.substring(ROOT.length()));
        }
      }
    }
    assertThat(found).hasSizeGreaterThan(300).containsAll(NodeClasses.VISITED);
    Set<String> unknown = new TreeSet<>(found);
    unknown.removeAll(NodeClasses.VISITED);
    unknown.removeAll(refused);
    assertThat(unknown).as("neither visited nor refused").isEmpty();
    assertThat(refused).as("both").doesNotContainAnyElementsOf(NodeClasses.VISITED);
  }

  private static boolean isConcrete(Class<?> type) {
    return !type.isInterface()
        && !type.isEnum()
        && !type.isAnonymousClass()
        && !Modifier.isAbstract(type.getModifiers());
  }

  private static Set<String> refused() throws IOException {
    try (InputStream in = NodeClassesTest.class.getResourceAsStream("refused-node-classes.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .collect(Collectors.toSet());
    }
  }
}
