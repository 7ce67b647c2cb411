package io.portcullis.proxy.session;

import io.portcullis.privilege.authz.NameSpace;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.sql.statement.ForwardStatement;
import org.jspecify.annotations.Nullable;

/**
 * How the backend's answers are edited on their way to the client: the account's names, and the
 * place of each answer among those of a text. Made anew only when the account changes, so that no
 * statement pays for it. Event loop only.
 */
final class AnswerEdits {

  private final Authority authority;

  /** Whose edits these are. */
  private @Nullable NameSpace names;

  private ResponseEdit ofQuery = ResponseEdit.NONE;
  private ResponseEdit ofRows = ResponseEdit.NONE;
  private boolean inRows;

  AnswerEdits(Authority authority) {
    this.authority = authority;
  }

  /** Whether the rows of the answers from here on name databases. */
  void inRows(boolean named) {
    inRows = named;
  }

  /** Whether the rows of the answer name databases: those of a query are the account's own. */
  static boolean showsDefinitions(ForwardStatement statement) {
    return switch (statement.kind()) {
      case SHOW, DESCRIBE, EXPLAIN, TABLE_MAINTENANCE -> true;
      default -> false;
    };
  }

  /**
   * Of the next answer.
   *
   * @param sequenceOffset of its packets among those of the text's
   * @param more whether results of further statements of the text follow
   */
  ResponseEdit next(int sequenceOffset, boolean more) {
    NameSpace now = authority.names();
    if (now.isIdentity()) {
      return sequenceOffset == 0 && !more
          ? ResponseEdit.NONE
          : new ResponseEdit(sequenceOffset, more);
    }
    if (now != names) {
      names = now;
      ofQuery = new ResponseEdit(0, false, new ResponseEdit.Names(now.prefix(), false));
      ofRows = new ResponseEdit(0, false, new ResponseEdit.Names(now.prefix(), true));
    }
    ResponseEdit first = inRows ? ofRows : ofQuery;
    return sequenceOffset == 0 && !more
        ? first
        : new ResponseEdit(sequenceOffset, more, first.names());
  }

  /** An error of the backend as the account may see it. */
  BackendError shown(BackendError error) {
    NameSpace now = authority.names();
    return now.isIdentity()
        ? error
        : new BackendError(
            error.errno(),
            error.sqlState(),
            new ResponseEdit.Names(now.prefix(), false).logical(error.message()));
  }
}
