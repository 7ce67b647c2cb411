package io.portcullis.proxy.wire;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * Event loops and the channel classes that fit them. Both ends of the data path take their channels
 * from here, so that a client and its backend can share a loop.
 */
public final class EventLoops {
  private EventLoops() {}

  /**
   * A group of loops whose threads are named {@code name-1-1} and so on. Not daemon threads.
   *
   * @param transport one that is {@linkplain Transport#unavailable available}
   */
  public static IoEventLoopGroup group(int threads, String name, Transport transport) {
    return new MultiThreadIoEventLoopGroup(
        threads,
        new DefaultThreadFactory(name),
        switch (transport.resolved()) {
          case IO_URING -> IoUringIoHandler.newFactory();
          case EPOLL -> EpollIoHandler.newFactory();
          case NIO, AUTO -> NioIoHandler.newFactory();
        });
  }

  /** The class of listening channels that group can run. */
  public static Class<? extends ServerSocketChannel> serverChannel(IoEventLoopGroup group) {
    return switch (transport(group)) {
      case IO_URING -> IoUringServerSocketChannel.class;
      case EPOLL -> EpollServerSocketChannel.class;
      case NIO, AUTO -> NioServerSocketChannel.class;
    };
  }

  /** The class of outgoing channels that loop can run. */
  public static Class<? extends SocketChannel> socketChannel(EventLoop loop) {
    return switch (loop instanceof IoEventLoopGroup group ? transport(group) : Transport.NIO) {
      case IO_URING -> IoUringSocketChannel.class;
      case EPOLL -> EpollSocketChannel.class;
      case NIO, AUTO -> NioSocketChannel.class;
    };
  }

  private static Transport transport(IoEventLoopGroup group) {
    if (group.isIoType(IoUringIoHandler.class)) {
      return Transport.IO_URING;
    }
    return group.isIoType(EpollIoHandler.class) ? Transport.EPOLL : Transport.NIO;
  }
}
