package io.portcullis.sql.text;

/**
 * Why a statement was not understood or is not allowed whoever asks: a value that becomes an ERR
 * packet.
 *
 * @param error what the client is told
 * @param at where in the text, for the log
 */
public record Refusal(SqlError error, Span at) {}
