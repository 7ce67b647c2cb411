package io.portcullis.proxy.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.portcullis.proxy.session.ClientSession;
import io.portcullis.proxy.session.FrontendPort;
import io.portcullis.proxy.wire.CompressionAlgorithm;
import io.portcullis.proxy.wire.Packet;
import io.portcullis.proxy.wire.PacketDecoder;
import io.portcullis.proxy.wire.ProtocolException;
import java.io.IOException;
import java.security.cert.Certificate;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection: translates Netty's callbacks to the session's and the session's wishes to
 * Netty.
 *
 * <pre>
 *   socket -- [PROXY header] -- [TLS] -- [CompressedWriter] -- PacketDecoder -- FrontendHandler -- ClientSession
 * </pre>
 *
 * Back-pressure: {@link #isWritable} turns false when the client does not take what was written;
 * the session then stops reading its backend until {@code channelWritabilityChanged}.
 */
final class FrontendHandler extends ChannelInboundHandlerAdapter implements FrontendPort {

  private static final Logger LOG = LoggerFactory.getLogger(FrontendHandler.class);

  /** How long a client may take to read why it is sent away. */
  private static final int LAST_WORD_SECONDS = 5;

  private final PacketDecoder decoder;
  private final Optional<? extends Supplier<SslContext>> tls;
  private final Function<FrontendPort, ClientSession> sessions;

  private @Nullable ChannelHandlerContext context;
  private @Nullable ClientSession session;
  private boolean secure;

  FrontendHandler(
      PacketDecoder decoder,
      Optional<? extends Supplier<SslContext>> tls,
      Function<FrontendPort, ClientSession> sessions) {
    this.decoder = decoder;
    this.tls = tls;
    this.sessions = sessions;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    ClientSession opened = sessions.apply(this);
    session = opened;
    opened.onOpened();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ClientSession receiver = session;
    if (receiver != null && message instanceof Packet packet) {
      receiver.onPacket(packet);
    } else {
      io.netty.util.ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ClientSession receiver = session;
    if (receiver != null) {
      receiver.onWritabilityChanged(ctx.channel().isWritable());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ClientSession receiver = session;
    if (receiver != null) {
      receiver.onClosed();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ClientSession receiver = session;
    Throwable reason =
        cause instanceof ProtocolException || cause.getCause() == null ? cause : cause.getCause();
    if (reason instanceof ProtocolException violation && receiver != null) {
      receiver.protocolError(violation);
      return;
    }
    if (reason instanceof IOException) {
      LOG.atDebug().addKeyValue("cause", reason.toString()).log("client connection failed");
    } else {
      LOG.atWarn().setCause(reason).log("client connection failed");
    }
    ctx.close();
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("connection is not active yet");
    }
    return ctx;
  }

  @Override
  public void write(ByteBuf framedBytes) {
    ChannelHandlerContext ctx = context();
    ctx.write(framedBytes, ctx.voidPromise());
  }

  @Override
  public void flush() {
    context().flush();
  }

  @Override
  public boolean isWritable() {
    return context().channel().isWritable();
  }

  @Override
  public void hold() {
    decoder.hold();
  }

  @Override
  public void resume() {
    decoder.resume();
  }

  @Override
  public void setPacketLimit(int bytes) {
    decoder.limit(bytes);
  }

  @Override
  public void expectSequence(int sequenceId) {
    decoder.expectSequence(sequenceId);
  }

  @Override
  public void enterCommandPhase() {
    decoder.enterCommandPhase();
  }

  @Override
  public boolean isSecure() {
    return secure;
  }

  @Override
  public void startTls() {
    ChannelHandlerContext ctx = context();
    SslContext sslContext =
        tls.orElseThrow(() -> new IllegalStateException("TLS was not offered")).get();
    secure = true;
    ByteBuf buffered = decoder.takeBuffered(ctx);
    ctx.pipeline().addFirst("tls", sslContext.newHandler(ctx.alloc()));
    if (buffered.isReadable()) {
      ctx.pipeline().fireChannelRead(buffered);
    } else {
      buffered.release();
    }
  }

  @Override
  public Optional<Certificate> certificate() {
    SslHandler handler = context().pipeline().get(SslHandler.class);
    if (handler == null) {
      return Optional.empty();
    }
    Certificate[] chain = handler.engine().getSession().getLocalCertificates();
    return chain == null ? Optional.empty() : Stream.of(chain).findFirst();
  }

  @Override
  public void startCompression(CompressionAlgorithm algorithm) {
    decoder.startCompression(algorithm);
  }

  @Override
  public void closeAfterFlush() {
    ChannelHandlerContext ctx = context();
    Future<?> patience =
        ctx.executor().schedule(() -> ctx.channel().close(), LAST_WORD_SECONDS, TimeUnit.SECONDS);
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            flushed -> {
              patience.cancel(false);
              ctx.channel().close();
            });
  }

  @Override
  public void close() {
    context().close();
  }

  @Override
  public String remoteHost() {
    return ProxyProtocol.host(context().channel());
  }

  @Override
  public Optional<String> proxyHost() {
    return ProxyProtocol.proxyHost(context().channel());
  }

  @Override
  public ByteBufAllocator allocator() {
    return context().alloc();
  }

  @Override
  public Executor loop() {
    return context().executor();
  }

  @Override
  public Cancellable schedule(Runnable task, long delay, TimeUnit unit) {
    Future<?> scheduled = context().executor().schedule(task, delay, unit);
    return () -> scheduled.cancel(false);
  }
}
