package io.portcullis.embedded;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Loads every class of the class path, so that a JVM that runs this with {@code
 * -XX:ArchiveClassesAtExit} writes an archive of them, and starts from it are faster (class data
 * sharing, JEP 350). {@code bin/portcullis} does so once.
 */
public final class ClassArchive {

  private static final String CLASS = ".class";

  private ClassArchive() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws IOException {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (entry.endsWith(".jar")) {
        load(entry);
      }
    }
  }

  /**
   * The classes of a jar that can be loaded; some need what is not there, such as optional
   * libraries.
   *
   * @return how many there are
   */
  static int load(String jar) throws IOException {
    List<String> names;
    try (JarFile file = new JarFile(jar)) {
      names =
          file.stream()
              .map(JarEntry::getName)
              .filter(name -> name.endsWith(CLASS) && !name.startsWith("META-INF"))
              .map(name -> name.substring(0, name.length() - CLASS.length()).replace('/', '.'))
              .toList();
    }
    int loaded = 0;
    for (String name : names) {
      try {
        Class.forName(name, false, ClassArchive.class.getClassLoader());
        loaded++;
      } catch (ClassNotFoundException | LinkageError needsMore) {
        // not needed for a start, then
      }
    }
    return loaded;
  }
}
