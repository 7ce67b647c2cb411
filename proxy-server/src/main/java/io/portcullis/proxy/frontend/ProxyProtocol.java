package io.portcullis.proxy.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ProtocolDetectionState;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.AttributeKey;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.sql.text.ErrorCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whose connection it is behind a load balancer: a header of the PROXY protocol, version 1 or 2,
 * comes before everything else from the networks that are listed, and from nobody else. See <a
 * href="https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt">The PROXY protocol</a>.
 *
 * @param listed the addresses that must send a header
 * @param patience how long they may take to send it
 */
public record ProxyProtocol(Predicate<InetAddress> listed, Duration patience) {

  /** The address a header has told. */
  static final AttributeKey<String> CLIENT_HOST =
      AttributeKey.valueOf(ProxyProtocol.class, "CLIENT_HOST");

  /** Longest values behind the addresses of a version 2 header; they are not read. */
  private static final int MAX_TLV_BYTES = 4 * 1024;

  private static final ChannelHandler UNLISTED = new Unlisted();

  /** Puts what the connection needs first into its pipeline. */
  void install(Channel channel) {
    if (channel.remoteAddress() instanceof InetSocketAddress peer
        && listed.test(peer.getAddress())) {
      channel
          .pipeline()
          .addLast(new HAProxyMessageDecoder(MAX_TLV_BYTES), new ProxyHeaderHandler(patience));
    } else {
      channel.pipeline().addLast(UNLISTED);
    }
  }

  /** The client's address without port. */
  static String host(Channel channel) {
    String told = channel.hasAttr(CLIENT_HOST) ? channel.attr(CLIENT_HOST).get() : null;
    return told == null ? host(channel.remoteAddress()) : told;
  }

  /** Of the load balancer whose header has told the client's address. */
  static Optional<String> proxyHost(Channel channel) {
    return channel.hasAttr(CLIENT_HOST) && channel.attr(CLIENT_HOST).get() != null
        ? Optional.of(host(channel.remoteAddress()))
        : Optional.empty();
  }

  private static String host(SocketAddress address) {
    return address instanceof InetSocketAddress socket
        ? socket.getAddress().getHostAddress()
        : "localhost";
  }

  /**
   * Refuses a header of somebody who is not listed, by its first bytes; what is shorter than a
   * header's beginning is no login either, and is refused as a packet.
   */
  @ChannelHandler.Sharable
  private static final class Unlisted extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.pipeline().remove(this);
      if (message instanceof ByteBuf bytes
          && HAProxyMessageDecoder.detectProtocol(bytes).state()
              == ProtocolDetectionState.DETECTED) {
        bytes.release();
        context.fireExceptionCaught(
            new ProtocolException(
                ErrorCode.ER_PROXY_HEADER.error(
                    host(context.channel()), "no PROXY header is accepted from there"),
                "PROXY header from " + host(context.channel()) + " (expected: none)"));
      } else {
        context.fireChannelRead(message);
      }
    }
  }
}
