package io.portcullis.proxy.session;

import java.util.Locale;
import java.util.Optional;

/**
 * The user name of a login, taken apart: {@code [account SEP] user [SEP role] [?labels]} with
 * {@code :}, {@code #} or {@code %3A} as separator (PM 1.3). A name without separator is a user of
 * account sys.
 *
 * @param role the role to be active after login, when the name gives one
 */
record LoginName(String account, String user, Optional<String> role) {

  static final String SYS = "sys";

  private static final String ENCODED_COLON = "%3A";

  /** Empty when a piece of the name is empty: no such login can exist. */
  static Optional<LoginName> parse(String login) {
    int labels = login.indexOf('?');
    String identity = labels < 0 ? login : login.substring(0, labels);
    char separator = ':';
    if (identity.indexOf(':') < 0) {
      if (identity.indexOf('#') >= 0) {
        separator = '#';
      } else {
        identity = identity.replace(ENCODED_COLON, ":");
      }
    }
    int first = identity.indexOf(separator);
    if (first < 0) {
      return of(SYS, identity, Optional.empty());
    }
    String account = identity.substring(0, first);
    String rest = identity.substring(first + 1);
    int second = rest.indexOf(separator);
    return second < 0
        ? of(account, rest, Optional.empty())
        : of(account, rest.substring(0, second), Optional.of(rest.substring(second + 1)));
  }

  private static Optional<LoginName> of(String account, String user, Optional<String> role) {
    String trimmedAccount = account.strip().toLowerCase(Locale.ROOT);
    String trimmedUser = user.strip();
    Optional<String> trimmedRole = role.map(String::strip);
    if (trimmedAccount.isEmpty()
        || trimmedUser.isEmpty()
        || trimmedRole.map(String::isEmpty).orElse(false)) {
      return Optional.empty();
    }
    return Optional.of(new LoginName(trimmedAccount, trimmedUser, trimmedRole));
  }
}
