package io.portcullis.proxy.frontend;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.portcullis.proxy.session.ClientSession;
import io.portcullis.proxy.session.FrontendPort;
import io.portcullis.proxy.wire.PacketDecoder;
import io.portcullis.proxy.wire.PacketFraming;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Listens for clients and gives each connection a session on its event loop. */
public final class FrontendServer implements AutoCloseable {

  private static final int BACKLOG = 4096;

  /** What may wait in memory for a client that does not read, in bytes. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(256 * 1024, 1024 * 1024);

  /** A client's first packet follows the greeting. */
  private static final int FIRST_SEQUENCE = 1;

  private final Channel listener;

  private FrontendServer(Channel listener) {
    this.listener = listener;
  }

  /**
   * Binds and listens; blocks until that is done or has failed.
   *
   * @param sessions makes the session of a connection that lives on the given event loop
   */
  public static FrontendServer listen(
      InetSocketAddress address,
      EventLoopGroup group,
      Class<? extends ServerChannel> channelType,
      Optional<? extends Supplier<SslContext>> tls,
      ProxyProtocol proxyProtocol,
      BiFunction<EventLoop, FrontendPort, ClientSession> sessions)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(channelType)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    PacketDecoder decoder =
                        new PacketDecoder(PacketFraming.LOGIN_PACKET_LIMIT, FIRST_SEQUENCE);
                    EventLoop loop = channel.eventLoop();
                    proxyProtocol.install(channel);
                    channel
                        .pipeline()
                        .addLast(
                            decoder,
                            new FrontendHandler(decoder, tls, port -> sessions.apply(loop, port)));
                  }
                });
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "listen on "
              + address.getHostString()
              + ":"
              + address.getPort()
              + ": "
              + (bound.cause() == null ? "failed" : bound.cause().getMessage()),
          bound.cause());
    }
    return new FrontendServer(bound.channel());
  }

  /** The port it listens on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Listens no more; connections that stand go on. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
  }
}
