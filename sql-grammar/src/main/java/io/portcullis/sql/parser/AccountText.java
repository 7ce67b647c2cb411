package io.portcullis.sql.parser;

import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccountTemplate;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a statement about an account, up to their end. Values never become text again: the
 * grammar takes each where it finds a {@code ?}.
 */
final class AccountText implements AccountTemplate.Text {

  /** Any name and any password, to see whether the rest is understood. */
  private static final String SOMETHING = "x";

  private final LexedStatement text;
  private final int from;
  private final int parameters;

  private AccountText(LexedStatement text, int from) {
    this.text = text;
    this.from = from;
    int count = 0;
    for (int i = from; i < text.size(); i++) {
      count += text.kind(i) == TokenKind.PARAMETER ? 1 : 0;
    }
    this.parameters = count;
  }

  static boolean begins(TokenCursor cursor) {
    return cursor.isAny("CREATE", "ALTER", "DROP") && cursor.wordAt(cursor.at() + 1, "ACCOUNT");
  }

  /** Whether one begins here that is not complete by itself. */
  static boolean beginsWithParameters(TokenCursor cursor) {
    return begins(cursor) && new AccountText(cursor.text(), cursor.at()).parameters > 0;
  }

  /**
   * Reads it to the end of the text and moves there.
   *
   * @throws StatementRefused when it is none, whatever its parameters are
   */
  static AccountTemplate read(TokenCursor cursor) {
    AccountText account = new AccountText(cursor.text(), cursor.at());
    account.read(Collections.nCopies(account.parameters, SOMETHING));
    String operation = cursor.text().text(cursor.at()).toUpperCase(Locale.ROOT) + " ACCOUNT";
    cursor.moveTo(cursor.end());
    return new AccountTemplate(operation, account.parameters, account);
  }

  private AccessControlStatement read(List<String> values) {
    TokenCursor cursor = new TokenCursor(new QualifiedNames(text));
    cursor.moveTo(from);
    AccessControlStatement statement =
        new AccountGrammar(cursor, new AccessControlGrammar(cursor), values).read();
    cursor.expectEnd();
    return statement;
  }

  @Override
  public AccountTemplate.Filled fill(List<String> values) {
    try {
      return new AccountTemplate.Filled(Optional.of(read(values)), Optional.empty());
    } catch (StatementRefused refused) {
      return new AccountTemplate.Filled(Optional.empty(), Optional.of(refused.refusal().error()));
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AccountText that
        && text.mode().equals(that.text.mode())
        && text.source(from, text.size()).equals(that.text.source(that.from, that.text.size()));
  }

  @Override
  public int hashCode() {
    return text.source(from, text.size()).hashCode();
  }
}
