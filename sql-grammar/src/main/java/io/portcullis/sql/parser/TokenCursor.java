package io.portcullis.sql.parser;

import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.text.PolicyReason;
import io.portcullis.sql.text.Span;
import java.util.Optional;

/** A position in a range of a statement's tokens, with what a recursive descent needs. */
final class TokenCursor {
  private final LexedStatement text;
  private final QualifiedNames names;
  private final int end;
  private int at;
  private Optional<PolicyReason> area = Optional.empty();

  private TokenCursor(QualifiedNames names, int from, int end) {
    this.text = names.text();
    this.names = names;
    this.at = from;
    this.end = end;
  }

  /** At the beginning of the whole statement. */
  TokenCursor(QualifiedNames names) {
    this(names, 0, names.text().size());
  }

  /** At the beginning of a part of the statement. */
  TokenCursor part(int from, int end) {
    TokenCursor part = new TokenCursor(names, from, end);
    part.area = area;
    return part;
  }

  /** Whatever is not offered from here on is refused for this reason, if none is named. */
  TokenCursor inArea(PolicyReason policy) {
    area = Optional.of(policy);
    return this;
  }

  LexedStatement text() {
    return text;
  }

  /**
   * {@code CURRENT_USER} or an account behind {@code DEFINER =}. An account is noted: it has to be
   * the one under which the statement is sent, which is not known here.
   */
  void definer() {
    if (accept("CURRENT_USER")) {
      if (acceptMark("(")) {
        expectMark(")");
      }
      return;
    }
    if (!isKind(TokenKind.WORD)
        && !isKind(TokenKind.QUOTED_IDENTIFIER)
        && !isKind(TokenKind.STRING)) {
      throw unexpected();
    }
    String user = text.value(at);
    skip();
    String host = "%";
    if (isKind(TokenKind.USER_VARIABLE)) {
      host = text.value(at);
      skip();
    }
    names.definer(user + "@" + host);
  }

  /** Where names are noted that are read otherwise than by this cursor. */
  QualifiedNames names() {
    return names;
  }

  int at() {
    return at;
  }

  int end() {
    return end;
  }

  void moveTo(int position) {
    at = position;
  }

  void skip() {
    if (at >= end) {
      throw unexpected();
    }
    at++;
  }

  /** The last token of a name, of one part or of several, that begins with this token. */
  int lastOfName(int first) {
    int last = first;
    while (punctuationAt(last + 1, ".")) {
      last += 2;
    }
    return last;
  }

  boolean isMariaDb() {
    return text.mode().server().isMariaDb();
  }

  boolean atEnd() {
    return at >= end;
  }

  boolean isKind(TokenKind kind) {
    return at < end && text.kind(at) == kind;
  }

  boolean wordAt(int position, String word) {
    return position < end && text.isWord(position, word);
  }

  boolean punctuationAt(int position, String mark) {
    return position < end && text.isPunctuation(position, mark);
  }

  /** Whether these unquoted words follow, one after the other. */
  boolean is(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (!wordAt(at + i, words[i])) {
        return false;
      }
    }
    return true;
  }

  boolean isAny(String... words) {
    for (String word : words) {
      if (wordAt(at, word)) {
        return true;
      }
    }
    return false;
  }

  boolean accept(String... words) {
    if (!is(words)) {
      return false;
    }
    at += words.length;
    return true;
  }

  boolean acceptAny(String... words) {
    if (!isAny(words)) {
      return false;
    }
    at++;
    return true;
  }

  void expect(String... words) {
    if (!accept(words)) {
      throw unexpected();
    }
  }

  boolean isMark(String mark) {
    return punctuationAt(at, mark);
  }

  boolean acceptMark(String mark) {
    if (!isMark(mark)) {
      return false;
    }
    at++;
    return true;
  }

  void expectMark(String mark) {
    if (!acceptMark(mark)) {
      throw unexpected();
    }
  }

  void expectEnd() {
    if (at < end) {
      throw unexpected();
    }
  }

  boolean isIdentifier() {
    return isIdentifierAt(at);
  }

  boolean isIdentifierAt(int position) {
    if (position >= end) {
      return false;
    }
    TokenKind kind = text.kind(position);
    return kind == TokenKind.QUOTED_IDENTIFIER
        || (kind == TokenKind.WORD
            && !ReservedWords.isReserved(text.text(position), text.mode().server().flavour()));
  }

  /** An identifier, quoted or an unreserved word. */
  String identifier() {
    if (!isIdentifier()) {
      throw unexpected();
    }
    return nonEmpty(text.value(at++));
  }

  /** What follows a dot: any word is an identifier there. */
  private String identifierAfterDot() {
    if (!isKind(TokenKind.WORD) && !isKind(TokenKind.QUOTED_IDENTIFIER)) {
      throw unexpected();
    }
    return nonEmpty(text.value(at++));
  }

  private String nonEmpty(String name) {
    if (name.isEmpty()) {
      throw StatementRefused.notUnderstood("an identifier is empty", spanAt(at - 1));
    }
    return name;
  }

  /** {@code t} or {@code d.t}. */
  RelationName relation() {
    int begin = at;
    String first = identifier();
    if (!acceptMark(".")) {
      return RelationName.unqualified(first);
    }
    RelationName relation = RelationName.of(first, identifierAfterDot());
    names.relation(begin);
    return relation;
  }

  DatabaseName database() {
    int token = at;
    DatabaseName database = new DatabaseName(identifier());
    names.database(token);
    return database;
  }

  String string() {
    if (!isKind(TokenKind.STRING)) {
      throw unexpected();
    }
    return text.value(at++);
  }

  /** An unsigned integer. */
  long number() {
    if (!isKind(TokenKind.NUMBER)) {
      throw unexpected();
    }
    String digits = text.text(at);
    if (digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw unexpected();
    }
    at++;
    return Long.parseLong(digits);
  }

  Optional<String> like() {
    return accept("LIKE") ? Optional.of(string()) : Optional.empty();
  }

  /** Position of the parenthesis that closes the one at {@code open}. */
  int closing(int open) {
    int depth = 0;
    for (int i = open; i < end; i++) {
      if (text.isPunctuation(i, "(")) {
        depth++;
      } else if (text.isPunctuation(i, ")") && --depth == 0) {
        return i;
      }
    }
    throw StatementRefused.notUnderstood("a parenthesis is not closed", spanAt(open));
  }

  /** First position from here, outside parentheses, where one of the words stands; else the end. */
  int find(String... words) {
    int depth = 0;
    for (int i = at; i < end; i++) {
      if (text.isPunctuation(i, "(")) {
        depth++;
      } else if (text.isPunctuation(i, ")")) {
        depth--;
      } else if (depth == 0
          && text.kind(i) == TokenKind.WORD
          && (i == 0 || !text.isPunctuation(i - 1, "."))) {
        for (String word : words) {
          if (text.isWord(i, word)) {
            return i;
          }
        }
      }
    }
    return end;
  }

  Span spanAt(int position) {
    if (text.size() == 0) {
      return new Span(0, 0);
    }
    return text.span(Math.min(Math.max(position, 0), text.size() - 1));
  }

  Span span() {
    return spanAt(at);
  }

  StatementRefused unexpected() {
    if (at >= end) {
      return StatementRefused.notUnderstood("the statement ends too early", span());
    }
    return StatementRefused.notUnderstood(
        "did not understand the statement near '" + near() + "'", span());
  }

  StatementRefused notOffered(String what) {
    return area.isPresent()
        ? notOffered(area.get(), what)
        : StatementRefused.notOffered(what, span());
  }

  StatementRefused notOffered(String what, String why) {
    return area.isPresent()
        ? notOffered(area.get(), what, why)
        : StatementRefused.notOffered(what, why, span());
  }

  StatementRefused notOffered(PolicyReason policy, String what) {
    return StatementRefused.notOffered(policy, what, span());
  }

  StatementRefused notOffered(PolicyReason policy, String what, String why) {
    return StatementRefused.notOffered(policy, what, why, span());
  }

  /** The next few tokens; strings are left out, they may be secrets. */
  private String near() {
    StringBuilder near = new StringBuilder();
    for (int i = at; i < end && i < at + 4; i++) {
      if (near.length() > 0) {
        near.append(' ');
      }
      near.append(text.kind(i) == TokenKind.STRING ? "'...'" : text.text(i));
    }
    return near.length() > 80 ? near.substring(0, 80) : near.toString();
  }
}
