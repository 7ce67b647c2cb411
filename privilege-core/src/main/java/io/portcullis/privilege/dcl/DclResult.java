package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.Subject;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an access-control statement answers. */
public sealed interface DclResult {

  /**
   * Done and durable.
   *
   * @param notes for SHOW WARNINGS: what was asked for and was so already
   */
  record Done(List<String> notes) implements DclResult {
    public Done {
      notes = List.copyOf(notes);
    }
  }

  /** A result set of texts. */
  record Rows(List<String> columns, List<List<@Nullable String>> rows) implements DclResult {
    public Rows {
      columns = List.copyOf(columns);
      List<List<@Nullable String>> copy = new ArrayList<>(rows.size());
      for (List<@Nullable String> row : rows) {
        copy.add(Collections.unmodifiableList(new ArrayList<>(row)));
      }
      rows = Collections.unmodifiableList(copy);
    }
  }

  /** The session goes on as this subject. */
  record SubjectChanged(Subject subject) implements DclResult {}

  /**
   * Nothing was changed.
   *
   * @param hints for SHOW WARNINGS: what would help, each an executable statement after a colon
   */
  record Refused(SqlError error, List<String> hints) implements DclResult {
    public Refused {
      hints = List.copyOf(hints);
    }
  }
}
