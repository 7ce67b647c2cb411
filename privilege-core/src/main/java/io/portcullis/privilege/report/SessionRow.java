package io.portcullis.privilege.report;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.UserId;
import java.util.Optional;

/**
 * A session of this gate, for {@code mo_sessions} (PM 8.1).
 *
 * @param seconds since its last activity
 */
public record SessionRow(
    long connectionId,
    AccountId account,
    UserId user,
    String userName,
    String host,
    Optional<String> database,
    String command,
    long seconds,
    String state) {}
