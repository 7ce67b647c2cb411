package io.portcullis.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.portcullis.proxy.session.BackendError;
import io.portcullis.proxy.session.CommandShape;
import io.portcullis.proxy.session.ResponseEdit;
import io.portcullis.proxy.session.ResponseEnd;
import io.portcullis.proxy.session.ResponseSink;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;
import io.portcullis.proxy.wire.message.ErrPacket;
import io.portcullis.sql.text.SqlError;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Commands of our own, sent in one flush, and their answers, which are small. The listener is
 * called once, when the last answer is complete or the connection is lost.
 */
final class Pipeline {
  private static final int MAXIMUM_ANSWER = 64 * 1024;

  private static final int COM_INIT_DB = 0x02;
  private static final int COM_QUERY = 0x03;
  private static final int COM_RESET_CONNECTION = 0x1F;

  /** Receives the outcome. */
  interface Listener {
    /** All commands were answered, some perhaps with an error. */
    void answered(List<Answer> answers);

    /** The connection is gone. */
    void lost(SqlError error);
  }

  /** One command, without header. */
  static final class Command {
    private final CommandShape shape;
    private final int code;
    private final String argument;

    private Command(CommandShape shape, int code, String argument) {
      this.shape = shape;
      this.code = code;
      this.argument = argument;
    }

    static Command query(String text) {
      return new Command(CommandShape.QUERY, COM_QUERY, text);
    }

    static Command initDb(String database) {
      return new Command(CommandShape.SINGLE, COM_INIT_DB, database);
    }

    static Command resetConnection() {
      return new Command(CommandShape.SINGLE, COM_RESET_CONNECTION, "");
    }

    private ByteBuf framed(BackendChannel channel) {
      ByteBuf out = channel.allocate();
      int begin = Packets.begin(out);
      out.writeByte(code).writeCharSequence(argument, StandardCharsets.UTF_8);
      Packets.end(out, begin, 0);
      return out;
    }
  }

  /** One complete answer. */
  static final class Answer {
    private final ResponseEnd end;
    private final byte[] framed;
    private final boolean deprecateEof;

    private Answer(ResponseEnd end, byte[] framed, boolean deprecateEof) {
      this.end = end;
      this.framed = framed;
      this.deprecateEof = deprecateEof;
    }

    ResponseEnd end() {
      return end;
    }

    /** The error, if the last packet is one. */
    Optional<BackendError> error() {
      if (!end.error()) {
        return Optional.empty();
      }
      ByteBuf last = Unpooled.EMPTY_BUFFER;
      for (ByteBuf in = Unpooled.wrappedBuffer(framed); in.isReadable(); ) {
        last = payload(in);
      }
      ErrPacket error = ErrPacket.decode(last);
      return Optional.of(new BackendError(error.errno(), error.sqlState(), error.message()));
    }

    /** The values of the first row of a text result, NULL as empty; no values if there is none. */
    List<Optional<String>> row() {
      try {
        return readRow();
      } catch (ProtocolException e) {
        return List.of();
      }
    }

    private List<Optional<String>> readRow() {
      ByteBuf in = Unpooled.wrappedBuffer(framed);
      long columns = WireValues.readLengthEncoded(payload(in), "column count");
      for (long i = 0; i < columns; i++) {
        payload(in);
      }
      if (!deprecateEof) {
        payload(in);
      }
      ByteBuf row = payload(in);
      List<Optional<String>> values = new ArrayList<>();
      for (long i = 0; i < columns; i++) {
        if (WireValues.isNull(row)) {
          row.skipBytes(1);
          values.add(Optional.empty());
        } else {
          values.add(
              Optional.of(
                  WireValues.readLengthEncodedString(
                      row, MAXIMUM_ANSWER, StandardCharsets.UTF_8, "value")));
        }
      }
      return values;
    }

    private static ByteBuf payload(ByteBuf in) {
      WireValues.require(in, PacketFraming.HEADER_LENGTH, "packet");
      int length = PacketFraming.payloadLength(in, in.readerIndex());
      in.skipBytes(PacketFraming.HEADER_LENGTH);
      WireValues.require(in, length, "packet");
      return in.readSlice(length);
    }
  }

  private final BackendChannel channel;
  private final int expected;
  private final Listener listener;
  private final List<Answer> answers = new ArrayList<>();
  private boolean over;

  private Pipeline(BackendChannel channel, int expected, Listener listener) {
    this.channel = channel;
    this.expected = expected;
    this.listener = listener;
  }

  /** Sends all commands; the connection must be idle. */
  static void run(BackendChannel channel, List<Command> commands, Listener listener) {
    Pipeline pipeline = new Pipeline(channel, commands.size(), listener);
    for (Command command : commands) {
      channel.write(
          command.framed(channel), command.shape, ResponseEdit.NONE, pipeline.new Collector());
    }
    channel.flush();
  }

  private final class Collector implements ResponseSink {
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    @Override
    public void onChunk(ByteBuf framedBytes) {
      try {
        if (received.size() + framedBytes.readableBytes() > MAXIMUM_ANSWER) {
          throw new ProtocolException(
              "answer to the session prelude: more than " + MAXIMUM_ANSWER + " bytes");
        }
        received.writeBytes(ByteBufUtil.getBytes(framedBytes));
      } finally {
        framedBytes.release();
      }
    }

    @Override
    public void onEnd(ResponseEnd end) {
      answers.add(new Answer(end, received.toByteArray(), channel.deprecateEof()));
      if (answers.size() == expected && !over) {
        over = true;
        listener.answered(answers);
      }
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void onFailure(SqlError error) {
      if (!over) {
        over = true;
        listener.lost(error);
      }
    }

    @Override
    public void onWritabilityOfBackend(boolean writable) {}
  }
}
