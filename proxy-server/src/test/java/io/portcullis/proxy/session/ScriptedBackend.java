package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.QueryAttributes;
import io.portcullis.sql.text.SqlError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A backend that records what it is sent and answers by script, OK where there is none. Nothing is
 * answered before {@link #pump}, and nothing at all while it is {@linkplain #stop stopped}.
 */
final class ScriptedBackend implements BackendSource {

  /** The question by which a session learns how its text is read. */
  static final String MODE_QUERY = "SELECT @@sql_mode, @@character_set_client";

  final List<Connection> connections = new ArrayList<>();
  final List<BackendTarget> targets = new ArrayList<>();
  String sqlMode = "STRICT_TRANS_TABLES";
  String charset = "utf8mb4";
  Optional<BackendError> refusal = Optional.empty();
  Optional<SqlError> failure = Optional.empty();

  private final ByteBufAllocator allocator;
  private final Map<String, Answer> answers = new HashMap<>();
  private final Map<String, Runnable> effects = new HashMap<>();
  private final Deque<Runnable> pending = new ArrayDeque<>();
  private boolean stopped;

  /**
   * One command as it came in; {@code buffer} is released already: for identity only.
   *
   * @param argument what follows the command's byte
   */
  record Command(
      int code,
      String text,
      String argument,
      CommandShape shape,
      ResponseEdit edit,
      ByteBuf buffer) {}

  ScriptedBackend(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** Scripts the answer to a text, or to a command by its manual name. */
  ScriptedBackend on(String command, Answer answer) {
    answers.put(command, answer);
    return this;
  }

  /** Something that happens when the command is answered. */
  ScriptedBackend on(String command, Runnable effect) {
    effects.put(command, effect);
    return this;
  }

  void stop() {
    stopped = true;
  }

  void start() {
    stopped = false;
  }

  boolean pump() {
    boolean ran = false;
    while (!stopped && !pending.isEmpty()) {
      pending.remove().run();
      ran = true;
    }
    return ran;
  }

  /** All texts and manual names of commands, but for the question about the mode. */
  List<String> commands() {
    return connections.stream()
        .flatMap(connection -> connection.commands.stream())
        .map(Command::text)
        .filter(text -> !text.equals(MODE_QUERY))
        .toList();
  }

  Connection connection() {
    return connections.get(connections.size() - 1);
  }

  Command last() {
    List<Command> commands = connection().commands;
    return commands.get(commands.size() - 1);
  }

  @Override
  public void acquire(BackendTarget target, AcquireListener listener) {
    targets.add(target);
    pending.add(
        () -> {
          if (refusal.isPresent()) {
            listener.refused(refusal.get());
          } else if (failure.isPresent()) {
            listener.failed(failure.get());
          } else {
            Connection made = new Connection(connections.size() + 100, target.capabilities());
            connections.add(made);
            listener.acquired(made, new BackendState(sqlMode, charset, StatusFlags.AUTOCOMMIT));
          }
        });
  }

  final class Connection implements BackendConnection {
    final List<Command> commands = new ArrayList<>();
    private final long threadId;
    private final long capabilities;
    private @Nullable ResponseSink outstanding;
    private ResponseEdit edit = ResponseEdit.NONE;
    private boolean broken;
    private int rest;
    private int sequence;
    boolean paused;
    boolean released;
    boolean discarded;
    boolean lost;
    boolean wanted;
    QueryAttributes attributes = QueryAttributes.NONE;

    Connection(long threadId, long capabilities) {
      this.threadId = threadId;
      this.capabilities = capabilities;
    }

    @Override
    public boolean isWanted() {
      return wanted;
    }

    @Override
    public void attributes(QueryAttributes ofTexts) {
      attributes = ofTexts;
    }

    @Override
    public long threadId() {
      return threadId;
    }

    @Override
    public void execute(
        ByteBuf framedCommand, CommandShape shape, ResponseEdit itsEdit, ResponseSink sink) {
      Command command = read(framedCommand, shape, itsEdit);
      framedCommand.release();
      if (released || discarded) {
        throw new AssertionError("given back already: " + command);
      }
      if (outstanding != null) {
        throw new AssertionError("not idle: " + command);
      }
      commands.add(command);
      rest = 0;
      sequence = itsEdit.sequenceOffset();
      if (shape == CommandShape.NONE) {
        return;
      }
      outstanding = sink;
      edit = itsEdit;
      pending.add(() -> answer(command));
    }

    private Command read(ByteBuf framed, CommandShape shape, ResponseEdit itsEdit) {
      int begin = framed.readerIndex() + PacketFraming.HEADER_LENGTH;
      int code = framed.getUnsignedByte(begin);
      CommandByte known = CommandByte.of(code).orElseThrow();
      String argument =
          framed.toString(begin + 1, framed.writerIndex() - begin - 1, StandardCharsets.UTF_8);
      String text =
          switch (known) {
            case QUERY -> argument;
            default -> known.manualName();
          };
      return new Command(code, text, argument, shape, itsEdit, framed);
    }

    private void answer(Command command) {
      if (broken) {
        broken = false;
        lose();
        return;
      }
      Runnable effect = effects.get(command.text());
      if (effect != null) {
        effect.run();
      }
      Answer scripted =
          command.text().equals(MODE_QUERY)
              ? answers.getOrDefault(MODE_QUERY, Answer.row(sqlMode, charset))
              : answers.getOrDefault(command.text(), Answer.ok());
      finish(scripted);
    }

    /** Instead of the next answer, the connection breaks. */
    void breakAtNextCommand() {
      broken = true;
    }

    /** The command in hand is answered still. */
    void breakAfterThis() {
      broken = true;
    }

    /** Answers now, whatever the script. */
    void finish(Answer answer) {
      ResponseSink sink = outstanding;
      if (sink == null || discarded) {
        return;
      }
      Answer.Built built =
          answer.build(
              allocator, capabilities, (1 + edit.sequenceOffset()) & 0xff, edit.moreResults());
      ResponseEnd end = Answer.end(built);
      follow(built.framed());
      sink.onChunk(built.framed());
      if (discarded) {
        return;
      }
      outstanding = null;
      sink.onEnd(end);
      sink.onReadComplete();
    }

    /** The first bytes of an answer. */
    void chunk(ByteBuf bytes) {
      ResponseSink sink = outstanding;
      if (sink == null || discarded) {
        bytes.release();
        return;
      }
      follow(bytes);
      sink.onChunk(bytes);
    }

    /** Where packets end; no chunk ends within a header. */
    private void follow(ByteBuf bytes) {
      int at = bytes.readerIndex() + Math.min(rest, bytes.readableBytes());
      rest -= at - bytes.readerIndex();
      while (at < bytes.writerIndex()) {
        int end = at + PacketFraming.HEADER_LENGTH + PacketFraming.payloadLength(bytes, at);
        sequence = PacketFraming.sequenceId(bytes, at);
        rest = Math.max(0, end - bytes.writerIndex());
        at = Math.min(end, bytes.writerIndex());
      }
    }

    /** Payloads and sequence ids of what the client was asked for. */
    final List<byte[]> file = new ArrayList<>();

    final List<Integer> fileSequences = new ArrayList<>();
    boolean full;

    @Override
    public void send(ByteBuf framedBytes) {
      if (discarded || lost) {
        framedBytes.release();
        throw new AssertionError("nobody takes it any more");
      }
      int at = framedBytes.readerIndex();
      byte[] payload = new byte[PacketFraming.payloadLength(framedBytes, at)];
      framedBytes.getBytes(at + PacketFraming.HEADER_LENGTH, payload);
      file.add(payload);
      fileSequences.add(PacketFraming.sequenceId(framedBytes, at));
      framedBytes.release();
    }

    @Override
    public boolean isWritable() {
      return !full;
    }

    /** Asks for a file, in answer to the command in hand. */
    void ask(String name) {
      ResponseSink sink = outstanding;
      if (sink == null) {
        throw new AssertionError("nothing is underway");
      }
      sink.onLocalFile(name.getBytes(StandardCharsets.UTF_8), (2 + edit.sequenceOffset()) & 0xff);
    }

    /** Takes bytes of commands again. */
    void drained() {
      full = false;
      ResponseSink sink = outstanding;
      if (sink != null) {
        sink.onWritabilityOfBackend(true);
      }
    }

    @Override
    public int restOfPacket() {
      return rest;
    }

    @Override
    public int nextSequence() {
      return PacketFraming.next(sequence);
    }

    /** The connection breaks. */
    void lose() {
      ResponseSink sink = outstanding;
      outstanding = null;
      lost = true;
      if (sink != null && !discarded) {
        sink.onFailure(io.portcullis.sql.text.ErrorCode.CR_SERVER_LOST.error("closed"));
      }
    }

    @Override
    public void pauseReading() {
      paused = true;
    }

    @Override
    public void resumeReading() {
      paused = false;
    }

    @Override
    public boolean isIdle() {
      return outstanding == null;
    }

    @Override
    public void release() {
      released = true;
    }

    @Override
    public void discard() {
      discarded = true;
    }
  }
}
