package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.statement.StatementRewriter;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.CommandEncoder;
import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.sql.statement.FromVariable;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.statement.ShowVariables;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LikePattern;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * SHOW VARIABLES: the backend's answer, with the gate's variables in it and the backend's of the
 * same names out of it (PM 6.7). Conditions are the backend's to evaluate, also for the gate's.
 * Event loop only.
 */
final class VariableReads {

  private static final List<ColumnDefinition41> COLUMNS =
      List.of(ColumnDefinition41.varchar("Variable_name"), ColumnDefinition41.varchar("Value"));

  private final CommandPhase phase;
  private final FrontendPort port;
  private final StatementReader reader;
  private final Authority authority;
  private final BackendLease backend;

  VariableReads(
      CommandPhase phase,
      FrontendPort port,
      StatementReader reader,
      Authority authority,
      BackendLease backend) {
    this.phase = phase;
    this.port = port;
    this.reader = reader;
    this.authority = authority;
    this.backend = backend;
  }

  void show(ShowVariables statement) {
    ByteBuf framed = phase.handOver();
    if (framed.readableBytes() > PacketFraming.MAX_FRAME_PAYLOAD) {
      framed.release();
      phase.fail(ErrorCode.ER_NOT_SUPPORTED_YET.error("SHOW VARIABLES of 16 MiB"));
      return;
    }
    if (statement.conditionToken() == ShowVariables.NO_CONDITION) {
      phase.ask(
          framed,
          theirs ->
              answer(
                  theirs.rows(),
                  own(statement).stream()
                      .filter(
                          row ->
                              statement.like().isEmpty()
                                  || LikePattern.matches(
                                      statement.like().get(), String.valueOf(row.get(0))))
                      .toList()));
      return;
    }
    Optional<ByteBuf> filter = filter(framed, statement);
    if (filter.isEmpty()) {
      framed.release();
      phase.fail(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "SHOW VARIABLES where a comment that is executed holds a part of the condition"));
      return;
    }
    phase.ask(filter.get(), own -> phase.ask(framed, theirs -> answer(theirs.rows(), own.rows())));
  }

  /** Goes on with what the variable holds now in the place of the variable. */
  void runText(FromVariable statement) {
    String name = "@`" + statement.variable().replace("`", "``") + "`";
    Charset charset = backend.mode().charset().java();
    phase.ask(
        CommandEncoder.text(port.allocator(), CommandByte.QUERY, "SELECT " + name, charset),
        answer -> {
          String text = answer.rows().isEmpty() ? null : answer.rows().get(0).get(0);
          if (text == null) {
            phase.fail(ErrorCode.ER_PARSE_ERROR.error(name + " holds no statement"));
            return;
          }
          String escaped = text.replace("'", "''");
          if (!backend.mode().noBackslashEscapes()) {
            escaped = escaped.replace("\\", "\\\\");
          }
          String whole =
              statement.before()
                  + "'"
                  + escaped
                  + "'"
                  + (statement.behind().isEmpty() ? "" : " " + statement.behind());
          phase.runInstead(
              CommandEncoder.text(port.allocator(), CommandByte.QUERY, whole, charset));
        });
  }

  /** Every variable of the gate, with its value. */
  private List<List<@Nullable String>> own(ShowVariables statement) {
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (GateVariable variable : GateVariable.all()) {
      rows.add(List.of(variable.variableName(), authority.variable(variable, statement.global())));
    }
    return rows;
  }

  /**
   * A query for those of the gate's variables that meet the condition; empty where the condition
   * would be read otherwise in it. Borrows {@code framed}.
   */
  private Optional<ByteBuf> filter(ByteBuf framed, ShowVariables statement) {
    String rows =
        own(statement).stream()
            .map(
                row ->
                    "SELECT "
                        + StatementRewriter.literal(String.valueOf(row.get(0)))
                        + " AS Variable_name, "
                        + StatementRewriter.literal(String.valueOf(row.get(1)))
                        + " AS Value")
            .collect(Collectors.joining(" UNION ALL "));
    return ShowConditions.behind(
        "SELECT Variable_name, Value FROM (" + rows + ") AS gate_variables WHERE",
        framed,
        statement.conditionToken(),
        reader,
        backend.mode(),
        port.allocator());
  }

  private void answer(List<List<@Nullable String>> theirs, List<List<@Nullable String>> own) {
    List<List<@Nullable String>> rows = new ArrayList<>(own);
    theirs.stream()
        .filter(row -> !GateVariable.isReserved(String.valueOf(row.get(0))))
        .forEach(rows::add);
    rows.sort(Comparator.comparing(row -> String.valueOf(row.get(0)).toLowerCase(Locale.ROOT)));
    phase.diagnostics(Diagnostics.NONE);
    phase.answer(COLUMNS, rows);
  }
}
