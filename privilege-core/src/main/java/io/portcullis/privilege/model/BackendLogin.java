package io.portcullis.privilege.model;

/**
 * A login at the backend that the gate made for an account (DESIGN D6, the second wall).
 *
 * @param user its name at the backend
 * @param sealedPassword encrypted with the key of the configuration; never shown
 */
public record BackendLogin(String user, String sealedPassword) {
  @Override
  public String toString() {
    return "BackendLogin[" + user + "]";
  }
}
