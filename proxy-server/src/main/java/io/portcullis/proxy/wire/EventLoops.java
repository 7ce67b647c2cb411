package io.portcullis.proxy.wire;

import io.netty.channel.ChannelException;
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
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Event loops and the channel classes that fit them. Both ends of the data path take their channels
 * from here, so that a client and its backend can share a loop.
 */
public final class EventLoops {
  private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

  private EventLoops() {}

  /**
   * A group of loops whose threads are named {@code name-1-1} and so on. Not daemon threads.
   *
   * @throws IllegalArgumentException if the transport cannot be had here
   */
  public static IoEventLoopGroup group(int threads, String name, Transport transport) {
    if (transport != Transport.AUTO) {
      return of(threads, name, transport);
    }
    for (Transport next : List.of(Transport.IO_URING, Transport.EPOLL)) {
      if (next.unavailable() == null) {
        try {
          return of(threads, name, next);
        } catch (IllegalArgumentException e) {
          // It is there, but not for so many loops: each ring takes locked memory on old kernels.
          LOG.atWarn()
              .addKeyValue("transport", next)
              .addKeyValue("cause", e.getMessage())
              .log("transport not used");
        }
      }
    }
    return of(threads, name, Transport.NIO);
  }

  private static IoEventLoopGroup of(int threads, String name, Transport transport) {
    Throwable unavailable = transport.unavailable();
    if (unavailable != null) {
      throw unavailable(transport, unavailable);
    }
    try {
      return new MultiThreadIoEventLoopGroup(
          threads,
          new DefaultThreadFactory(name),
          switch (transport) {
            case IO_URING -> IoUringIoHandler.newFactory();
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO, AUTO -> NioIoHandler.newFactory();
          });
    } catch (IllegalStateException | ChannelException e) {
      throw unavailable(transport, e);
    }
  }

  private static IllegalArgumentException unavailable(Transport transport, Throwable cause) {
    return new IllegalArgumentException(
        "threads.transport: " + transport + " cannot be had here: " + cause.getMessage(), cause);
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

  /** What the loops of the group work with. */
  public static Transport transport(IoEventLoopGroup group) {
    if (group.isIoType(IoUringIoHandler.class)) {
      return Transport.IO_URING;
    }
    return group.isIoType(EpollIoHandler.class) ? Transport.EPOLL : Transport.NIO;
  }
}
