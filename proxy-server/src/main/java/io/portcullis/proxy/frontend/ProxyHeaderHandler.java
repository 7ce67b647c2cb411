package io.portcullis.proxy.frontend;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.proxy.wire.message.ErrPacket;
import io.portcullis.sql.text.ErrorCode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the header of the PROXY protocol before the session begins, so that the session knows
 * one address only, and leaves. A connection without a header is refused, one with a broken header
 * closed.
 */
final class ProxyHeaderHandler extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(ProxyHeaderHandler.class);

  private final Duration patience;
  private @Nullable Future<?> timeout;
  private boolean refused;

  ProxyHeaderHandler(Duration patience) {
    this.patience = patience;
  }

  /** Not passed on yet: the session would greet. */
  @Override
  public void channelActive(ChannelHandlerContext context) {
    timeout =
        context
            .executor()
            .schedule(
                () -> refuse(context, "no PROXY header came"),
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (refused || !(message instanceof HAProxyMessage)) {
      ReferenceCountUtil.release(message);
      return;
    }
    HAProxyMessage header = (HAProxyMessage) message;
    try {
      // LOCAL and UNKNOWN are the load balancer's own connections, to see whether we are well.
      String source = header.sourceAddress();
      if (header.command() == HAProxyCommand.PROXY && source != null) {
        context.channel().attr(ProxyProtocol.CLIENT_HOST).set(asInConnections(source));
      }
    } finally {
      header.release();
    }
    stopTimeout();
    context.fireChannelActive();
    context.pipeline().remove(this);
  }

  /** Written as the addresses of direct clients are; a Unix socket has none. */
  private static String asInConnections(String source) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(source);
    try {
      return address == null ? "localhost" : InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new AssertionError("an address of " + address.length + " bytes", e);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof HAProxyProtocolException) {
      // The decoder has closed the connection without a word, as the protocol asks.
      refused = true;
      log(context, "its PROXY header is missing or broken");
    } else {
      context.fireExceptionCaught(cause);
    }
  }

  private void refuse(ChannelHandlerContext context, String why) {
    if (refused) {
      return;
    }
    refused = true;
    stopTimeout();
    log(context, why);
    ErrPacket error =
        ErrPacket.of(ErrorCode.ER_PROXY_HEADER.error(ProxyProtocol.host(context.channel()), why));
    context
        .writeAndFlush(
            Packets.frame(
                context.alloc(), error.encode(context.alloc(), CapabilityFlags.PROTOCOL_41), 0))
        .addListener(ChannelFutureListener.CLOSE);
  }

  private static void log(ChannelHandlerContext context, String why) {
    LOG.atInfo()
        .addKeyValue("peer", ProxyProtocol.host(context.channel()))
        .addKeyValue("cause", why)
        .log("connection refused");
  }

  private void stopTimeout() {
    Future<?> running = timeout;
    if (running != null) {
      timeout = null;
      running.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stopTimeout();
    context.fireChannelInactive();
  }
}
