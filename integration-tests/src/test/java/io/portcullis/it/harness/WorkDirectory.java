package io.portcullis.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where tests keep files: below the build directory, as a data directory must be. */
final class WorkDirectory {

  private WorkDirectory() {}

  static Path get() {
    try {
      return Files.createDirectories(
          Path.of(System.getProperty("portcullis.it.work", "target/it")).toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
