package io.portcullis.proxy.statement;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.NameSpace;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.analysis.IdentityUse;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.analysis.VariableUse;
import io.portcullis.sql.analysis.WaitingCalls;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.text.LexicalMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Puts the gate's answers in the place of identity functions, and the names the backend knows in
 * the place of databases' names (DESIGN D6) and before those of named locks: splices the bytes of a
 * command at the offsets of its tokens, and leaves all others as they are.
 */
public final class StatementRewriter {

  private static final int COMMAND_BYTE = 1;

  private final StatementReader reader;
  private final LexicalMode mode;
  private final ActiveSubject subject;
  private final Function<List<String>, Optional<Boolean>> privileges;
  private final int connectionId;
  private final VariableSource variables;

  /**
   * @param variables of the gate, as the session has them
   * @param reader of the event loop; what it has read before is used up
   * @param subject who the answers are about
   * @param privileges answers what HAS_PRIVILEGE asks
   */
  public StatementRewriter(
      StatementReader reader,
      LexicalMode mode,
      VariableSource variables,
      ActiveSubject subject,
      Function<List<String>, Optional<Boolean>> privileges,
      int connectionId) {
    this.variables = variables;
    this.reader = reader;
    this.mode = mode;
    this.subject = subject;
    this.privileges = privileges;
    this.connectionId = connectionId;
  }

  /** Whether there is anything to put in the place of something. */
  public static boolean isNeeded(
      StatementAnalysis analysis, NameSpace names, VariableSource variables) {
    return !identities(analysis, names, variables).isEmpty()
        || (!names.isIdentity()
            && !(analysis.databases().isEmpty() && analysis.waitingCalls().lockNames().isEmpty()))
        || !analysis.variables().isEmpty()
        || (analysis.viewSecurity().viewToken() >= 0 && variables.makesInvokerViews());
  }

  private static List<IdentityUse> identities(
      StatementAnalysis analysis, NameSpace names, VariableSource variables) {
    return names.isIdentity() && !isAnsweredInCatalog(analysis, variables)
        ? analysis.identities()
        : analysis.identitiesInNameSpace();
  }

  /** What is asked in a definition is asked anew wherever that is used. */
  private static boolean isAnsweredInCatalog(StatementAnalysis analysis, VariableSource variables) {
    return variables.isInCatalog()
        && !(analysis.statement() instanceof ForwardStatement forward
            && switch (forward.kind()) {
              case CREATE_VIEW, ALTER_VIEW, CREATE_PROGRAM, ALTER_PROGRAM -> true;
              default -> false;
            });
  }

  /**
   * The command as the backend is to read it; the caller owns it. Borrows {@code framed}, one
   * packet of one frame that carries a command byte and the statement.
   */
  public ByteBuf rewrite(ByteBuf framed, StatementAnalysis analysis, ByteBufAllocator allocator) {
    return splice(framed, analysis, !subject.names().isIdentity(), allocator);
  }

  /** The same with the names as the account knows them: to be shown, not to be sent. */
  public ByteBuf answerIdentities(
      ByteBuf framed, StatementAnalysis analysis, ByteBufAllocator allocator) {
    return splice(framed, analysis, false, allocator);
  }

  private ByteBuf splice(
      ByteBuf framed, StatementAnalysis analysis, boolean names, ByteBufAllocator allocator) {
    int textBegin = framed.readerIndex() + PacketFraming.HEADER_LENGTH + COMMAND_BYTE;
    if (reader.read(framed, textBegin, mode) != 1) {
      throw new IllegalStateException("the statement reads differently the second time");
    }
    int statementBegin = textBegin + reader.begin(0);
    LexedStatement statement = reader.detach(0);
    reader.done();
    return TextEdit.apply(
        framed,
        statementBegin,
        statement,
        edits(analysis, statement, names, framed, statementBegin),
        mode.charset().java(),
        allocator);
  }

  private List<TextEdit> edits(
      StatementAnalysis analysis,
      LexedStatement statement,
      boolean names,
      ByteBuf framed,
      int statementBegin) {
    boolean inCatalog = isAnsweredInCatalog(analysis, variables);
    List<TextEdit> edits = new ArrayList<>();
    for (IdentityUse use : identities(analysis, subject.names(), variables)) {
      String text =
          inCatalog && use.function().isAboutNames()
              ? literal(ReportTable.MO_CATALOG)
              : answer(use, statement);
      if (use.column()) {
        int begin = statementBegin + statement.span(use.firstToken()).begin();
        int end = statementBegin + statement.span(use.endToken() - 1).end();
        String name = framed.toString(begin, end - begin, mode.charset().java());
        text += " AS `" + name.replace("`", "``") + "`";
      }
      edits.add(TextEdit.replace(use.firstToken(), use.endToken(), text));
    }
    for (VariableUse use : analysis.variables()) {
      String text = answer(use);
      if (use.column()) {
        text += " AS `" + statement.text(use.token()).replace("`", "``") + "`";
      }
      edits.add(TextEdit.replace(use.token(), use.token() + 1, text));
    }
    int view = analysis.viewSecurity().viewToken();
    if (view >= 0 && variables.makesInvokerViews()) {
      edits.add(TextEdit.replace(view, view + 1, "SQL SECURITY INVOKER " + statement.text(view)));
    }
    if (names) {
      analysis.databases().tokens().forEach(token -> addPhysical(statement, token, edits));
      analysis.waitingCalls().lockNames().forEach(name -> addOwn(statement, name, edits));
    }
    return edits;
  }

  /** Nothing for a system database, which is called the same on both sides. */
  private void addPhysical(LexedStatement statement, int token, List<TextEdit> edits) {
    String logical = statement.value(token);
    String physical = subject.names().physical(logical);
    if (physical.equals(logical)) {
      return;
    }
    // A name that was not quoted stays so, for the sake of columns that are named by their text.
    boolean quoted = isQuoted(statement, token);
    boolean bare = !quoted && isBare(subject.names().prefix());
    edits.add(TextEdit.replace(token, token + 1, bare ? physical : quoted(physical)));
    int next = token + 2;
    if (!bare
        && !quoted
        && statement.isPunctuation(token + 1, ".")
        && next < statement.size()
        && isDigit(statement.text(next).charAt(0))) {
      // Behind a quoted name and a dot it would be a number.
      edits.add(TextEdit.replace(next, next + 1, quoted(statement.value(next))));
    }
  }

  /** A lock of the account's own, among those of the server. */
  private void addOwn(LexedStatement statement, WaitingCalls.Argument name, List<TextEdit> edits) {
    int open = name.firstToken() - 1;
    int end = name.endToken();
    edits.add(TextEdit.replace(open, open + 1, "(CONCAT('" + subject.names().prefix() + "', "));
    edits.add(TextEdit.replace(end, end + 1, ")" + statement.text(end)));
  }

  /** As written: what is next to a dot counts as quoted, though it need not be. */
  private static boolean isQuoted(LexedStatement statement, int token) {
    char first = statement.text(token).charAt(0);
    return first == '`' || first == '"';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** Whether a name that begins so needs no quotes. */
  private static boolean isBare(String prefix) {
    char first = prefix.charAt(0);
    return first >= 'a' && first <= 'z' && prefix.indexOf('-') < 0;
  }

  private String answer(IdentityUse use, LexedStatement statement) {
    Subject who = subject.subject();
    CatalogState state = subject.snapshot().state();
    return switch (use.function()) {
      case USER, SESSION_USER, SYSTEM_USER, CURRENT_USER ->
          literal(who.userName() + "@" + who.host());
      case CURRENT_USER_NAME -> literal(who.userName());
      case CURRENT_USER_ID -> Integer.toString(who.user().value());
      case CURRENT_ROLE, CURRENT_ROLE_NAME -> literal(roleName(state, who.primary()));
      case CURRENT_ROLE_ID -> Integer.toString(who.primary().value());
      case CURRENT_SECONDARY_ROLES ->
          literal(
              subject.activeRoles().stream()
                  .filter(role -> !role.equals(who.primary()))
                  .flatMap(role -> state.role(role).stream())
                  .filter(role -> !role.isPrivate())
                  .map(Role::name)
                  .sorted()
                  .collect(Collectors.joining(",")));
      case CURRENT_ACCOUNT_NAME ->
          literal(state.account(who.account()).map(Account::name).orElse(""));
      case CURRENT_ACCOUNT_ID -> Integer.toString(who.account().value());
      case CONNECTION_ID -> Integer.toString(connectionId);
      // Of the type, and null when, the backend would answer.
      case DATABASE, SCHEMA ->
          "SUBSTRING(DATABASE(), " + (subject.names().prefix().length() + 1) + ")";
      case HAS_PRIVILEGE ->
          privileges.apply(strings(use, statement)).map(yes -> yes ? "1" : "0").orElse("NULL");
    };
  }

  private static List<String> strings(IdentityUse use, LexedStatement statement) {
    List<String> values = new ArrayList<>();
    for (int i = use.firstToken(); i < use.endToken(); i++) {
      if (statement.kind(i) == TokenKind.STRING) {
        values.add(statement.value(i));
      }
    }
    return values;
  }

  private String answer(VariableUse use) {
    String value = variables.variable(use.variable(), use.global());
    return switch (use.variable().kind()) {
      case SWITCH -> value.equals(AccountVariables.ON) ? "1" : "0";
      case NUMBER -> value;
      case TEXT -> literal(value);
    };
  }

  private static String roleName(CatalogState state, RoleId role) {
    return state.role(role).map(Role::name).orElse("");
  }

  /** Reads the same in every sql_mode and character set: a backslash is no part of a quoted one. */
  public static String literal(String value) {
    if (value.indexOf('\\') < 0) {
      return "'" + value.replace("'", "''") + "'";
    }
    return "CONVERT(x'"
        + HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8))
        + "' USING utf8mb4)";
  }
}
