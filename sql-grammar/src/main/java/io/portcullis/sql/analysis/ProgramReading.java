package io.portcullis.sql.analysis;

import io.portcullis.sql.access.ProgramBody;
import io.portcullis.sql.text.Refusal;

/** What came of reading the definition of a stored program. */
public sealed interface ProgramReading {

  record Understood(ProgramBody body) implements ProgramReading {}

  /** It cannot be told what it touches. */
  record NotUnderstood(Refusal refusal) implements ProgramReading {}
}
