package io.portcullis.sql.analysis;

import io.portcullis.sql.access.ViewBody;
import io.portcullis.sql.text.Refusal;

/** What came of reading the definition of a view. */
public sealed interface ViewReading {

  record Understood(ViewBody body) implements ViewReading {}

  /** It cannot be told what the view reads. */
  record NotUnderstood(Refusal refusal) implements ViewReading {}
}
