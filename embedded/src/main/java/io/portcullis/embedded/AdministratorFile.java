package io.portcullis.embedded;

import io.portcullis.proxy.cli.ConnectHint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code administrator.cnf} in the data directory: an option file with which the mariadb and mysql
 * programs log in as the first administrator. Readable by its owner only. Rewritten at every start,
 * as the port may have changed.
 */
final class AdministratorFile {
  private static final String PASSWORD = "password=";

  private final Path path;
  private final String user;

  private AdministratorFile(Path path, String user) {
    this.path = path;
    this.user = user;
  }

  static AdministratorFile in(Path directory, String user) {
    return new AdministratorFile(directory.resolve("administrator.cnf"), user);
  }

  Path path() {
    return path;
  }

  /** The generated password, if this directory's administrator got one. */
  Optional<String> password() throws IOException {
    try {
      return Files.readAllLines(path, StandardCharsets.UTF_8).stream()
          .filter(line -> line.startsWith(PASSWORD))
          .map(line -> line.substring(PASSWORD.length()))
          .findFirst();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void write(String host, int port, String password) throws IOException {
    PrivateFiles.write(
        path,
        """
        # The first administrator of this Portcullis, as it was created. Rewritten at every start.
        # If you change the password (ALTER USER), change it here as well.
        [client]
        protocol=tcp
        host=%s
        port=%d
        user=%s
        %s%s
        # The generated certificate is its own authority; the connection does not leave this machine.
        loose-ssl-verify-server-cert=0
        """
            .formatted(host, port, ConnectHint.optionValue(user), PASSWORD, password));
  }
}
