package io.portcullis.proxy.session;

import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.proxy.wire.message.ColumnType;
import io.portcullis.sql.statement.ShowWarnings;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What SHOW WARNINGS says after an answer of the gate's own.
 *
 * @param error the refusal; empty after a statement that succeeded with notes
 * @param notes what would help; computed when somebody asks (DESIGN D9)
 */
record Diagnostics(Optional<SqlError> error, Supplier<List<String>> notes) {

  /** After a statement that the gate has answered and has nothing to say about. */
  static final Diagnostics NONE = new Diagnostics(Optional.empty(), List::of);

  private static final String NOTE_NUMBER = "1105";

  static final List<ColumnDefinition41> COLUMNS =
      List.of(
          ColumnDefinition41.varchar("Level"),
          ColumnDefinition41.of("Code", ColumnType.LONG),
          ColumnDefinition41.varchar("Message"));

  /** An error that says itself what would help. */
  static SqlError withHints(SqlError error, List<String> hints) {
    return hints.isEmpty()
        ? error
        : new SqlError(error.code(), error.message() + " (" + String.join("; ", hints) + ")");
  }

  List<List<@Nullable String>> rows(ShowWarnings request) {
    List<List<@Nullable String>> rows = new ArrayList<>();
    error.ifPresent(
        e -> rows.add(List.of("Error", Integer.toString(e.code().errno()), e.message())));
    if (!request.errorsOnly()) {
      for (String note : notes.get()) {
        rows.add(List.of("Note", NOTE_NUMBER, note));
      }
    }
    int from = (int) Math.min(Math.max(request.offset(), 0), rows.size());
    long to = Math.min(from + Math.max(request.limit(), 0), rows.size());
    return rows.subList(from, (int) to);
  }
}
