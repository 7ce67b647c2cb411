package io.portcullis.proxy.session;

import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.CommandEncoder;
import io.portcullis.proxy.wire.message.QueryResult;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccountTemplate;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Statements about accounts that PREPARE has read: kept here, since the gate executes them itself.
 * EXECUTE asks the backend for the values of the user variables, which live there, and goes on as
 * with any statement about an account. Event loop only.
 */
final class PreparedAccounts {

  private final CommandPhase phase;
  private final FrontendPort port;
  private final SessionServices services;
  private final Authority authority;
  private final BackendLease backend;
  private final LocalAnswers local;
  private final Map<String, AccountTemplate> named = new HashMap<>();

  PreparedAccounts(
      CommandPhase phase,
      FrontendPort port,
      SessionServices services,
      Authority authority,
      BackendLease backend,
      LocalAnswers local) {
    this.phase = phase;
    this.port = port;
    this.services = services;
    this.authority = authority;
    this.backend = backend;
    this.local = local;
  }

  int size() {
    return named.size();
  }

  boolean has(String name) {
    return named.containsKey(name);
  }

  /** Whether there was one. */
  boolean remove(String name) {
    return named.remove(name) != null;
  }

  /** The backend has forgotten what it had prepared, and the variables with it. */
  void forget() {
    named.clear();
  }

  /** Answers; whether it is there now. */
  boolean prepare(String name, AccountTemplate account) {
    Optional<SqlError> refused = mayNot(account);
    if (refused.isPresent()) {
      phase.fail(refused.get());
      return false;
    }
    named.put(name, account);
    phase.dropCommand();
    phase.diagnostics(Diagnostics.NONE);
    phase.answerOk(0);
    return true;
  }

  private Optional<SqlError> mayNot(AccountTemplate account) {
    return services.dcl().mayNotAdministerAccounts(authority.subject(), account.operation());
  }

  /**
   * @param variables empty: constants are given
   */
  void execute(String name, Optional<List<String>> variables) {
    AccountTemplate account = named.get(name);
    if (account == null) {
      throw new IllegalStateException("no statement " + name);
    }
    Optional<SqlError> refused = mayNot(account);
    if (refused.isPresent()) {
      phase.fail(refused.get());
    } else if (variables.isEmpty()) {
      phase.fail(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "constants in EXECUTE of a statement about an account; SET user variables and name"
                  + " them"));
    } else if (variables.get().size() != account.parameters()) {
      phase.fail(ErrorCode.ER_WRONG_ARGUMENTS.error("EXECUTE"));
    } else if (variables.get().isEmpty()) {
      run(account, List.of());
    } else {
      ask(account, variables.get());
    }
  }

  private void ask(AccountTemplate account, List<String> variables) {
    String query =
        variables.stream()
            .map(PreparedAccounts::valueOf)
            .collect(Collectors.joining(", ", "SELECT ", ""));
    phase.ask(
        CommandEncoder.text(
            port.allocator(), CommandByte.QUERY, query, backend.mode().charset().java()),
        answer -> answered(account, variables, answer));
  }

  /**
   * An expression for the text in a variable, in letters that read the same in every character set;
   * NULL where it is none, or would not be the same in UTF-8.
   */
  private static String valueOf(String variable) {
    String name = "@`" + variable.replace("`", "``") + "`";
    String text = "CONVERT(" + name + " USING utf8mb4)";
    return "IF(CHARSET("
        + name
        + ") <> 'binary' OR CAST("
        + name
        + " AS BINARY) = CAST("
        + text
        + " AS BINARY), HEX("
        + text
        + "), NULL)";
  }

  private void answered(AccountTemplate account, List<String> variables, QueryResult.Rows answer) {
    List<@Nullable String> row = answer.rows().isEmpty() ? List.of() : answer.rows().get(0);
    List<String> values = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Optional<String> value =
          Optional.ofNullable(i < row.size() ? row.get(i) : null).flatMap(PreparedAccounts::text);
      if (value.isEmpty()) {
        phase.fail(
            ErrorCode.ER_WRONG_ARGUMENTS.error("EXECUTE: @" + variables.get(i) + " holds no text"));
        return;
      }
      values.add(value.get());
    }
    run(account, values);
  }

  private static Optional<String> text(String hex) {
    try {
      byte[] bytes = HexFormat.of().parseHex(hex);
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private void run(AccountTemplate account, List<String> values) {
    AccountTemplate.Filled filled = account.fill(values);
    Optional<AccessControlStatement> statement = filled.statement();
    if (statement.isPresent()) {
      local.accessControl(statement.get());
    } else {
      phase.fail(filled.error().orElseThrow());
    }
  }
}
