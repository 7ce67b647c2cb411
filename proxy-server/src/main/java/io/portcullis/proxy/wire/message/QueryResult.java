package io.portcullis.proxy.wire.message;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answer to a small statement of our own toward the backend. */
public sealed interface QueryResult {

  record Ok(OkPacket ok) implements QueryResult {}

  record Error(ErrPacket error) implements QueryResult {}

  /** Rows hold {@code null} for NULL. */
  record Rows(List<ColumnDefinition41> columns, List<List<@Nullable String>> rows, int statusFlags)
      implements QueryResult {
    public Rows {
      columns = List.copyOf(columns);
      rows = Collections.unmodifiableList(new ArrayList<>(rows));
    }
  }
}
