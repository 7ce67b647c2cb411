package io.portcullis.proxy.backend;

import io.portcullis.proxy.backend.Pipeline.Answer;
import io.portcullis.proxy.backend.Pipeline.Command;
import io.portcullis.proxy.session.BackendError;
import io.portcullis.proxy.session.BackendState;
import io.portcullis.proxy.session.BackendTarget;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * What happens on a connection between two sessions. At lease: current database, character set,
 * what the session has set of its variables, and what the backend says of its lexical state. At
 * release: COM_RESET_CONNECTION, which rolls back, unlocks, drops temporary tables, prepared
 * statements and variables, but leaves the current database alone.
 */
final class Prelude {
  private static final String STATE =
      "SELECT @@sql_mode, @@character_set_client, DATABASE() IS NOT NULL";
  private static final String HAS_DATABASE = "SELECT DATABASE() IS NOT NULL";

  /** What the capability does at login, and a reset undoes. */
  private static final String IGNORE_SPACE =
      "SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',IGNORE_SPACE')";

  /** Collations are named by the backend; still, nothing else gets into a statement. */
  private static final Pattern COLLATION = Pattern.compile("[0-9A-Za-z_]{1,64}");

  /** Collations of MySQL 8 that MariaDB does not know; their character set it does. */
  private static final int FIRST_0900 = 255;

  private static final int LAST_0900 = 323;

  /** How the preparation for a session ended. */
  interface LeaseListener {
    void ready(BackendState state);

    /** The backend said no; the connection is in order. */
    void refused(BackendError error);

    /** The connection is lost or cannot serve this target; another one may. */
    void unusable(SqlError error);
  }

  /** How the reset ended. */
  interface ResetListener {
    void reset();

    void failed();
  }

  private final IntFunction<Optional<String>> collations;

  /**
   * @param collations names of the backend's collations by id
   */
  Prelude(IntFunction<Optional<String>> collations) {
    this.collations = collations;
  }

  void lease(BackendChannel channel, BackendTarget target, LeaseListener listener) {
    List<Command> commands = new ArrayList<>();
    target
        .database()
        .ifPresent(
            name -> {
              if (!StandardCharsets.US_ASCII.newEncoder().canEncode(name)) {
                commands.add(Command.query("SET NAMES utf8mb4")); // we send names as UTF-8
              }
              commands.add(Command.initDb(name));
            });
    commands.add(Command.query(setNames(target.collation())));
    if (CapabilityFlags.has(channel.key().capabilities(), CapabilityFlags.IGNORE_SPACE)) {
      commands.add(Command.query(IGNORE_SPACE));
    }
    target.settings().forEach(setting -> commands.add(Command.query(setting)));
    commands.add(Command.query(STATE));
    Pipeline.run(
        channel,
        commands,
        new Pipeline.Listener() {
          @Override
          public void answered(List<Answer> answers) {
            leased(channel, target, answers, listener);
          }

          @Override
          public void lost(SqlError error) {
            listener.unusable(error);
          }
        });
  }

  private static void leased(
      BackendChannel channel, BackendTarget target, List<Answer> answers, LeaseListener listener) {
    for (Answer answer : answers) {
      Optional<BackendError> error = answer.error();
      if (error.isPresent()) {
        listener.refused(error.get());
        return;
      }
    }
    Answer last = answers.get(answers.size() - 1);
    List<Optional<String>> row = last.row();
    if (row.size() != 3) {
      listener.unusable(
          ErrorCode.CR_SERVER_GONE_ERROR.error("it does not tell the state of its session"));
      return;
    }
    boolean database = row.get(2).equals(Optional.of("1"));
    channel.database(database);
    if (database != target.database().isPresent()) {
      listener.unusable(
          ErrorCode.CR_SERVER_GONE_ERROR.error(
              "the connection is not in the current database it should be in"));
      return;
    }
    listener.ready(
        new BackendState(row.get(0).orElse(""), row.get(1).orElse(""), last.end().statusFlags()));
  }

  void reset(BackendChannel channel, ResetListener listener) {
    List<Command> commands =
        channel.database()
            ? List.of(Command.resetConnection())
            : List.of(Command.resetConnection(), Command.query(HAS_DATABASE));
    Pipeline.run(
        channel,
        commands,
        new Pipeline.Listener() {
          @Override
          public void answered(List<Answer> answers) {
            if (answers.stream().anyMatch(answer -> answer.end().error())) {
              listener.failed();
              return;
            }
            if (answers.size() > 1) {
              channel.database(answers.get(1).row().equals(List.of(Optional.of("1"))));
            }
            listener.reset();
          }

          @Override
          public void lost(SqlError error) {
            listener.failed();
          }
        });
  }

  private String setNames(int collation) {
    Optional<String> name = collations.apply(collation).filter(n -> COLLATION.matcher(n).matches());
    if (name.isPresent()) {
      String collationName = name.get();
      int underscore = collationName.indexOf('_');
      String charset = underscore < 0 ? collationName : collationName.substring(0, underscore);
      return "SET NAMES " + charset + " COLLATE " + collationName;
    }
    // as a server does at login: what it does not know becomes its default
    return collation >= FIRST_0900 && collation <= LAST_0900
        ? "SET NAMES utf8mb4"
        : "SET NAMES DEFAULT";
  }
}
