package io.portcullis.proxy.statement;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.sql.analysis.IdentityFunction;
import io.portcullis.sql.analysis.IdentityUse;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.text.LexicalMode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Puts the gate's answers in the place of identity functions: splices the bytes of a command at the
 * offsets of its tokens, and leaves all others as they are.
 */
public final class IdentityRewriter {

  private static final int COMMAND_BYTE = 1;

  private IdentityRewriter() {}

  /**
   * The command with every use answered; the caller owns it. Borrows {@code framed}, one packet of
   * one frame that carries a command byte and the statement.
   *
   * @param reader of the event loop; what it has read before is used up
   */
  public static ByteBuf rewrite(
      ByteBuf framed,
      List<IdentityUse> uses,
      StatementReader reader,
      LexicalMode mode,
      ActiveSubject subject,
      int connectionId,
      ByteBufAllocator allocator) {
    int textBegin = framed.readerIndex() + PacketFraming.HEADER_LENGTH + COMMAND_BYTE;
    if (reader.read(framed, textBegin, mode) != 1) {
      throw new IllegalStateException("the statement reads differently the second time");
    }
    int statementBegin = textBegin + reader.begin(0);
    LexedStatement statement = reader.detach(0);
    reader.done();
    Charset charset = mode.charset().java();
    ByteBuf out = allocator.buffer(framed.readableBytes() + uses.size() * 64);
    int header = Packets.begin(out);
    int from = framed.readerIndex() + PacketFraming.HEADER_LENGTH;
    for (IdentityUse use : uses) {
      int begin = statementBegin + statement.span(use.firstToken()).begin();
      int end = statementBegin + statement.span(use.endToken() - 1).end();
      out.writeBytes(framed, from, begin - from);
      out.writeCharSequence(answer(use.function(), subject, connectionId), charset);
      if (use.column()) {
        String name = framed.toString(begin, end - begin, charset);
        out.writeCharSequence(" AS `" + name.replace("`", "``") + "`", charset);
      }
      from = end;
    }
    out.writeBytes(framed, from, framed.writerIndex() - from);
    Packets.end(out, header, 0);
    return out;
  }

  private static String answer(IdentityFunction function, ActiveSubject active, int connectionId) {
    Subject subject = active.subject();
    CatalogState state = active.snapshot().state();
    return switch (function) {
      case USER, SESSION_USER, SYSTEM_USER, CURRENT_USER ->
          literal(subject.userName() + "@" + subject.host());
      case CURRENT_USER_NAME -> literal(subject.userName());
      case CURRENT_USER_ID -> Integer.toString(subject.user().value());
      case CURRENT_ROLE, CURRENT_ROLE_NAME -> literal(roleName(state, subject.primary()));
      case CURRENT_ROLE_ID -> Integer.toString(subject.primary().value());
      case CURRENT_SECONDARY_ROLES ->
          literal(
              active.activeRoles().stream()
                  .filter(role -> !role.equals(subject.primary()))
                  .flatMap(role -> state.role(role).stream())
                  .filter(role -> !role.isPrivate())
                  .map(Role::name)
                  .sorted()
                  .collect(Collectors.joining(",")));
      case CURRENT_ACCOUNT_NAME ->
          literal(state.account(subject.account()).map(Account::name).orElse(""));
      case CURRENT_ACCOUNT_ID -> Integer.toString(subject.account().value());
      case CONNECTION_ID -> Integer.toString(connectionId);
    };
  }

  private static String roleName(CatalogState state, RoleId role) {
    return state.role(role).map(Role::name).orElse("");
  }

  /** Reads the same in every sql_mode and character set: a backslash is no part of a quoted one. */
  private static String literal(String value) {
    if (value.indexOf('\\') < 0) {
      return "'" + value.replace("'", "''") + "'";
    }
    return "CONVERT(x'"
        + HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8))
        + "' USING utf8mb4)";
  }
}
