package io.portcullis.proxy.wire;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * Event loops and the channel classes that fit them: epoll where the platform has it, else NIO.
 * Both ends of the data path take their channels from here, so that a client and its backend can
 * share a loop.
 */
public final class EventLoops {
  private EventLoops() {}

  /** A group of loops whose threads are named {@code name-1-1} and so on. Not daemon threads. */
  public static IoEventLoopGroup group(int threads, String name) {
    IoHandlerFactory transport =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name), transport);
  }

  /** The transport in use, for the log. */
  public static String transport() {
    return Epoll.isAvailable() ? "epoll" : "nio";
  }

  /** The class of listening channels that group can run. */
  public static Class<? extends ServerSocketChannel> serverChannel(IoEventLoopGroup group) {
    return group.isIoType(EpollIoHandler.class)
        ? EpollServerSocketChannel.class
        : NioServerSocketChannel.class;
  }

  /** The class of outgoing channels that loop can run. */
  public static Class<? extends SocketChannel> socketChannel(EventLoop loop) {
    return loop instanceof IoEventLoopGroup group && group.isIoType(EpollIoHandler.class)
        ? EpollSocketChannel.class
        : NioSocketChannel.class;
  }
}
