package io.portcullis.proxy.wire.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.TrackedBuffers;
import io.portcullis.sql.text.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommandDecoderTest {
  private final TrackedBuffers buffers = new TrackedBuffers();

  @AfterEach
  void nothingIsLeft() {
    buffers.assertNothingLeaked();
  }

  private ClientCommand decode(String hex) {
    ByteBuf payload = buffers.hex(hex);
    try {
      return CommandDecoder.decode(payload, StandardCharsets.UTF_8);
    } finally {
      payload.release();
    }
  }

  @Test
  void queryAndPrepareKeepTheTextAsBytes() {
    ByteBuf payload = buffers.hex("03 53454c454354");
    ClientCommand.Query query =
        (ClientCommand.Query) CommandDecoder.decode(payload, StandardCharsets.UTF_8);
    assertThat(query.text().toString(StandardCharsets.UTF_8)).isEqualTo("SELECT");
    payload.readerIndex(0).setByte(0, 0x16);
    ClientCommand.Prepare prepare =
        (ClientCommand.Prepare) CommandDecoder.decode(payload, StandardCharsets.UTF_8);
    assertThat(prepare.text().toString(StandardCharsets.UTF_8)).isEqualTo("SELECT");
    payload.release();
  }

  @Test
  void eachCommandIsDecoded() {
    assertThat(decode("02 6462")).isEqualTo(new ClientCommand.InitDb("db"));
    assertThat(decode("04 7400 25")).isEqualTo(new ClientCommand.FieldList("t", "%"));
    assertThat(decode("17 01000000 01 01000000 00")).isEqualTo(new ClientCommand.Execute(1, 1));
    assertThat(decode("18 01000000 0200 6162")).isEqualTo(new ClientCommand.SendLongData(1, 2, 2));
    assertThat(decode("1c 01000000 0a000000")).isEqualTo(new ClientCommand.Fetch(1, 10));
    assertThat(decode("1a ffffffff")).isEqualTo(new ClientCommand.ResetStatement(0xffffffffL));
    assertThat(decode("19 01000000")).isEqualTo(new ClientCommand.CloseStatement(1));
    assertThat(decode("1b 0100")).isEqualTo(new ClientCommand.SetOption(1));
    assertThat(decode("0c 07000000")).isEqualTo(new ClientCommand.ProcessKill(7));
    assertThat(decode("0e")).isEqualTo(new ClientCommand.Plain(CommandByte.PING));
    assertThat(decode("01")).isEqualTo(new ClientCommand.Plain(CommandByte.QUIT));
    assertThat(decode("1f")).isEqualTo(new ClientCommand.Plain(CommandByte.RESET_CONNECTION));
  }

  @Test
  void changeUserKeepsItsWholePayload() {
    ByteBuf payload = buffers.hex("11 6100 00 00");
    ClientCommand.ChangeUser change =
        (ClientCommand.ChangeUser) CommandDecoder.decode(payload, StandardCharsets.UTF_8);
    assertThat(change.payload().readableBytes()).isEqualTo(5);
    assertThat(change.payload().getByte(0)).isEqualTo((byte) 0x11);
    payload.release();
  }

  @Test
  void truncatedCommandsAreRefused() {
    for (String hex :
        new String[] {
          "",
          "17",
          "17 010000",
          "17 01000000",
          "17 01000000 00 010000",
          "18 01000000 00",
          "1c 01000000",
          "1a 01",
          "19",
          "1b 00",
          "0c 010203"
        }) {
      assertThatThrownBy(() -> decode(hex)).as(hex).isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void namesOverTheLimitAreRefused() {
    assertThat(decode("02" + "61".repeat(1024)).command()).isEqualTo(CommandByte.INIT_DB);
    assertThatThrownBy(() -> decode("02" + "61".repeat(1025)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void offeredAreExactlyThese() {
    EnumSet<CommandByte> offered = EnumSet.noneOf(CommandByte.class);
    for (CommandByte command : CommandByte.values()) {
      if (command.offered()) {
        offered.add(command);
      }
    }
    assertThat(offered)
        .containsExactly(
            CommandByte.QUIT,
            CommandByte.INIT_DB,
            CommandByte.QUERY,
            CommandByte.FIELD_LIST,
            CommandByte.STATISTICS,
            CommandByte.PROCESS_KILL,
            CommandByte.PING,
            CommandByte.CHANGE_USER,
            CommandByte.STMT_PREPARE,
            CommandByte.STMT_EXECUTE,
            CommandByte.STMT_SEND_LONG_DATA,
            CommandByte.STMT_CLOSE,
            CommandByte.STMT_RESET,
            CommandByte.SET_OPTION,
            CommandByte.STMT_FETCH,
            CommandByte.RESET_CONNECTION);
  }

  @Test
  void everyByteIsOfferedRefusedOrUnknown() {
    for (int code = 0; code <= 0xff; code++) {
      String hex = String.format(java.util.Locale.ROOT, "%02x", code);
      if (CommandByte.of(code).isEmpty()) {
        assertThatThrownBy(() -> decode(hex))
            .isInstanceOfSatisfying(
                ProtocolException.class,
                e -> assertThat(e.error().code()).isEqualTo(ErrorCode.ER_UNKNOWN_COM_ERROR));
      } else if (!CommandByte.of(code).get().offered()) {
        assertThat(decode(hex)).isEqualTo(new ClientCommand.Refused(CommandByte.of(code).get()));
      }
    }
    assertThat(CommandByte.BINLOG_DUMP.manualName()).isEqualTo("COM_BINLOG_DUMP");
    assertThat(CommandByte.of(-1)).isEmpty();
    assertThat(CommandByte.of(256)).isEmpty();
  }

  @Test
  void encodedCommandsAreFramedFromZero() {
    assertThat(
            TrackedBuffers.bytes(
                CommandEncoder.plain(buffers.allocator(), CommandByte.RESET_CONNECTION)))
        .isEqualTo(new byte[] {1, 0, 0, 0, 0x1f});
    assertThat(
            TrackedBuffers.bytes(
                CommandEncoder.text(
                    buffers.allocator(), CommandByte.QUERY, "é", StandardCharsets.UTF_8)))
        .isEqualTo(new byte[] {3, 0, 0, 0, 3, (byte) 0xc3, (byte) 0xa9});
    assertThat(
            TrackedBuffers.bytes(
                CommandEncoder.statement(buffers.allocator(), CommandByte.STMT_CLOSE, 258)))
        .isEqualTo(new byte[] {5, 0, 0, 0, 0x19, 2, 1, 0, 0});
  }
}
