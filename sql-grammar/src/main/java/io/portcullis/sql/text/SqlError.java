package io.portcullis.sql.text;

/** An error as a client sees it: errno, SQLSTATE and text. Made by {@link ErrorCode#error}. */
public record SqlError(ErrorCode code, String message) {}
