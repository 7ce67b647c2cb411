package io.portcullis.proxy.session;

/** What the response to a command looks like, which is what tells where it ends. */
public enum CommandShape {
  /** COM_QUERY: results with text rows, OK or ERR; LOCAL INFILE requests are refused. */
  QUERY,
  /**
   * COM_QUERY with LOAD DATA LOCAL: a LOCAL INFILE request, whose file is sent, and OK; or OK or
   * ERR at once.
   */
  LOAD_LOCAL,
  /** COM_STMT_PREPARE: prepare-OK, parameter definitions, column definitions. */
  PREPARE,
  /** COM_STMT_EXECUTE: results with binary rows; no rows when a cursor was opened. */
  EXECUTE,
  /** COM_STMT_FETCH: rows and their end. */
  FETCH,
  /** COM_FIELD_LIST: column definitions and their end. */
  FIELD_LIST,
  /** One OK, ERR or EOF packet. */
  SINGLE,
  /** COM_STATISTICS: one packet of text. */
  STRING,
  /** COM_STMT_CLOSE, COM_STMT_SEND_LONG_DATA: no response. */
  NONE
}
