package io.portcullis.proxy.server;

/** The gate could not start; the message is for the operator. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
