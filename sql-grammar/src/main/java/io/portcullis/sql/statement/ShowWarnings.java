package io.portcullis.sql.statement;

/**
 * {@code SHOW WARNINGS | ERRORS [LIMIT ...]}, {@code SHOW COUNT(*) WARNINGS | ERRORS}: about the
 * gate's own refusal when that was the last answer, else the backend's.
 */
public record ShowWarnings(boolean errorsOnly, boolean countOnly, long offset, long limit)
    implements Statement {}
