package io.portcullis.proxy.session;

/** An error as the backend sent it, kept with its own number, SQLSTATE and text. */
public record BackendError(int errno, String sqlState, String message) {}
