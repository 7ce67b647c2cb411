package io.portcullis.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.portcullis.proxy.session.BackendConnection;
import io.portcullis.proxy.session.CommandShape;
import io.portcullis.proxy.session.ResponseEdit;
import io.portcullis.proxy.session.ResponseEnd;
import io.portcullis.proxy.session.ResponseSink;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.CompressedConnection;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.QueryAttributes;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The command phase of one connection to the backend: commands out, responses cut apart by {@link
 * ResponseTracker} and handed to the sink of their command. Commands may be pipelined; responses
 * come in order.
 *
 * <p>Back-pressure: reading stops with auto-read, so that at most the buffer being delivered is
 * ahead of a paused sink; writability is told to the sink of the current response.
 *
 * <p>Confined to the event loop of the channel.
 */
final class BackendChannel extends ChannelInboundHandlerAdapter implements ResponseTracker.Output {
  private static final Logger LOG = LoggerFactory.getLogger(BackendChannel.class);
  private static final int MAXIMUM_REASON = 512;
  private static final int COM_QUIT = 0x01;

  /** Told once when the channel is closed, whoever closed it. */
  interface CloseListener {
    void closed(BackendChannel channel);
  }

  /** A command whose response has not ended. Without a sink the response is thrown away. */
  private static final class Exchange {
    final CommandShape shape;
    final ResponseEdit edit;
    @Nullable ResponseSink sink;

    Exchange(CommandShape shape, ResponseEdit edit, ResponseSink sink) {
      this.shape = shape;
      this.edit = edit;
      this.sink = sink;
    }
  }

  private final Channel channel;
  private final long threadId;
  private final boolean deprecateEof;
  private final boolean takesAttributes;
  private final PoolKey key;
  private final @Nullable CompressedConnection compression;
  private final CloseListener closeListener;
  private final ResponseTracker tracker;
  private final ArrayDeque<Exchange> pending = new ArrayDeque<>();

  /** Who was given something since the last flush. */
  private @Nullable ResponseSink unflushed;

  /** What texts are sent with. */
  private QueryAttributes attributes = QueryAttributes.NONE;

  private @Nullable String closeReason;
  private boolean closing;

  /** Whether the backend's session may have a current database. */
  private boolean database;

  /** Whether a session had this connection before. */
  private boolean used;

  /** When the connection was put aside, on the clock of {@link System#nanoTime}. */
  private long idleSince;

  BackendChannel(
      Channel channel,
      long threadId,
      long capabilities,
      PoolKey key,
      @Nullable CompressedConnection compression,
      CloseListener closeListener) {
    this.channel = channel;
    this.compression = compression;
    this.threadId = threadId;
    this.deprecateEof = CapabilityFlags.has(capabilities, CapabilityFlags.DEPRECATE_EOF);
    this.takesAttributes = CapabilityFlags.has(capabilities, CapabilityFlags.QUERY_ATTRIBUTES);
    this.key = key;
    this.closeListener = closeListener;
    this.tracker =
        new ResponseTracker(
            channel.alloc(),
            deprecateEof,
            CapabilityFlags.has(capabilities, CapabilityFlags.SESSION_TRACK),
            CapabilityFlags.has(capabilities, CapabilityFlags.MARIADB_EXTENDED_METADATA),
            compression != null);
  }

  ByteBuf allocate() {
    return channel.alloc().ioBuffer();
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  long threadId() {
    return threadId;
  }

  PoolKey key() {
    return key;
  }

  boolean deprecateEof() {
    return deprecateEof;
  }

  boolean active() {
    return channel.isActive() && !closing;
  }

  /** Whether no response is outstanding. */
  boolean idle() {
    return pending.isEmpty();
  }

  boolean database() {
    return database;
  }

  void database(boolean present) {
    database = present;
  }

  boolean used() {
    return used;
  }

  void markUsed() {
    used = true;
  }

  long idleSince() {
    return idleSince;
  }

  void idleSince(long nanoTime) {
    idleSince = nanoTime;
  }

  /** {@link ResponseTracker#restOfPacket}. */
  int restOfPacket() {
    return tracker.restOfPacket();
  }

  /** {@link ResponseTracker#nextSequence}. */
  int nextSequence() {
    return tracker.nextSequence();
  }

  /** Status flags of the last answer that had any. */
  int statusFlags() {
    return tracker.statusFlags();
  }

  /**
   * Sends a command and flushes. Takes ownership of {@code framed}. Without a connection {@link
   * ResponseSink#onFailure} follows, after this method has returned.
   */
  void execute(ByteBuf framed, CommandShape shape, ResponseEdit edit, ResponseSink sink) {
    write(framed, shape, edit, sink);
    flush();
  }

  /** As {@link #execute}, without the flush. */
  void write(ByteBuf framed, CommandShape shape, ResponseEdit edit, ResponseSink sink) {
    assert loop().inEventLoop();
    if (!active()) {
      framed.release();
      loop().execute(() -> sink.onFailure(ErrorCode.CR_SERVER_GONE_ERROR.error(reason())));
      return;
    }
    if (shape != CommandShape.NONE) {
      pending.add(new Exchange(shape, edit, sink));
      if (pending.size() == 1) {
        tracker.begin(shape, edit);
      }
    }
    if (compression != null) {
      compression.beginCommand();
    }
    if (takesAttributes
        && framed.getByte(framed.readerIndex() + PacketFraming.HEADER_LENGTH)
            == CommandByte.QUERY.code()) {
      writeWithAttributes(framed);
    } else {
      channel.write(framed, channel.voidPromise());
    }
    if (shape == CommandShape.NONE) {
      sink.onEnd(new ResponseEnd(false, 0, tracker.statusFlags(), 0, edit.sequenceOffset() & 0xFF));
    }
  }

  private void writeWithAttributes(ByteBuf framed) {
    if (attributes.fitInto(framed)) {
      channel.write(attributes.head(framed, channel.alloc()), channel.voidPromise());
      channel.write(framed, channel.voidPromise());
    } else {
      channel.write(attributes.putIn(framed, channel.alloc()), channel.voidPromise());
    }
  }

  /** {@link BackendConnection#attributes}. */
  void attributes(QueryAttributes ofTexts) {
    attributes = ofTexts;
  }

  void flush() {
    channel.flush();
  }

  /** Stops reading; what was already read is still delivered. */
  void pause() {
    channel.config().setAutoRead(false);
  }

  void resume() {
    channel.config().setAutoRead(true);
    if (compression != null) {
      compression.resume();
    }
  }

  /** Calls no sink of the outstanding responses any more. */
  void abandon() {
    unflushed = null;
    for (Exchange exchange : pending) {
      exchange.sink = null;
    }
  }

  /** Closes, with a goodbye if the backend is listening for one. */
  void close() {
    assert loop().inEventLoop();
    if (closing) {
      return;
    }
    closing = true;
    if (channel.isActive() && pending.isEmpty()) {
      if (compression != null) {
        compression.beginCommand();
      }
      channel
          .writeAndFlush(
              channel.alloc().buffer(5).writeMediumLE(1).writeByte(0).writeByte(COM_QUIT))
          .addListener(ChannelFutureListener.CLOSE);
    } else {
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      while (in.isReadable() && !closing) {
        Exchange exchange = pending.peek();
        if (exchange == null) {
          unexpected(in);
          return;
        }
        int readable = in.readableBytes();
        int taken = tracker.accept(in, this);
        if (tracker.ended()) {
          endOf(exchange);
        }
        if (taken == readable) {
          return; // it may be the sink's by now, indices and all
        }
        in.skipBytes(taken);
      }
    } finally {
      in.release();
    }
  }

  private void endOf(Exchange exchange) {
    ResponseEnd end = tracker.end();
    pending.remove();
    Exchange next = pending.peek();
    if (next != null) {
      tracker.begin(next.shape, next.edit);
    }
    ResponseSink sink = exchange.sink;
    if (sink != null) {
      unflushed = sink;
      try {
        sink.onEnd(end);
      } catch (RuntimeException e) {
        // its session would wait for ever: the exchange is over, so nothing else fails it
        loop().execute(() -> sink.onFailure(ErrorCode.CR_SERVER_LOST.error(reason())));
        throw e; // closes the connection and is logged
      }
    }
  }

  @Override
  public void chunk(ByteBuf framedBytes) {
    Exchange exchange = pending.element();
    ResponseSink sink = exchange.sink;
    if (sink == null) {
      framedBytes.release();
      return;
    }
    unflushed = sink;
    sink.onChunk(framedBytes);
  }

  @Override
  public void localFile(byte[] name, int nextSequence) {
    ResponseSink sink = pending.element().sink;
    if (sink == null) {
      closing = true;
      channel.close();
    } else {
      sink.onLocalFile(name, nextSequence);
    }
  }

  /** Sends what belongs to the command underway, and flushes. Takes ownership. */
  void send(ByteBuf framed) {
    assert loop().inEventLoop();
    if (active()) {
      if (compression != null) {
        tracker.sent(PacketFraming.sequenceAfter(framed) - 1);
      }
      channel.writeAndFlush(framed, channel.voidPromise());
    } else {
      framed.release();
    }
  }

  boolean writable() {
    return channel.isWritable();
  }

  @Override
  public void localInfileRequested(int nextSequence) {
    LOG.atWarn()
        .addKeyValue("backend", channel.remoteAddress())
        .log("backend asked for a local file, which was not offered; refused");
    channel.writeAndFlush(
        channel
            .alloc()
            .buffer(PacketFraming.HEADER_LENGTH)
            .writeMediumLE(0)
            .writeByte(nextSequence),
        channel.voidPromise());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    ResponseSink sink = unflushed;
    unflushed = null;
    if (sink != null) {
      sink.onReadComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Exchange exchange = pending.peek();
    ResponseSink sink = exchange == null ? null : exchange.sink;
    if (sink != null) {
      sink.onWritabilityOfBackend(channel.isWritable());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closing = true;
    tracker.close();
    closeListener.closed(this);
    SqlError lost = ErrorCode.CR_SERVER_LOST.error(reason());
    for (Exchange exchange = pending.poll(); exchange != null; exchange = pending.poll()) {
      ResponseSink sink = exchange.sink;
      if (sink != null) {
        sink.onFailure(lost);
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (closeReason == null) {
      closeReason =
          cause instanceof IOException ? String.valueOf(cause.getMessage()) : "protocol error";
    }
    if (cause instanceof ProtocolException) {
      LOG.atWarn()
          .addKeyValue("backend", channel.remoteAddress())
          .addKeyValue("cause", cause.getMessage())
          .log("backend broke the protocol");
    } else if (!(cause instanceof IOException)) {
      LOG.atError()
          .addKeyValue("backend", channel.remoteAddress())
          .setCause(cause)
          .log("relay of a response failed");
    }
    closing = true;
    channel.close();
  }

  /** Nobody asked: the backend says goodbye (shutdown, time-out, KILL), or it is out of step. */
  private void unexpected(ByteBuf in) {
    int at = in.readerIndex();
    int payload = at + PacketFraming.HEADER_LENGTH;
    // FF, errno (2), '#', SQLSTATE (5), text
    if (in.readableBytes() >= PacketFraming.HEADER_LENGTH + 9
        && in.getUnsignedByte(payload) == 0xFF) {
      int end = Math.min(payload + PacketFraming.payloadLength(in, at), in.writerIndex());
      int text = payload + (in.getByte(payload + 3) == '#' ? 9 : 3);
      int length = Math.min(Math.max(end - text, 0), MAXIMUM_REASON);
      closeReason = in.toString(text, length, StandardCharsets.UTF_8);
    } else {
      closeReason = "it sent what nobody asked for";
    }
    closing = true;
    channel.close();
  }

  private String reason() {
    return closeReason == null ? "connection closed" : closeReason;
  }
}
