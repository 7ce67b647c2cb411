package io.portcullis.proxy.wire;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How event loops wait for sockets, read and write them. */
public enum Transport {
  /** The first of the others that there is here. */
  AUTO,
  /** Linux: what is to be sent and what is waited for goes to the kernel in one call. */
  IO_URING,
  /** Linux. */
  EPOLL,
  /** Every platform. */
  NIO;

  /** Null, or why it cannot be had here. */
  public @Nullable Throwable unavailable() {
    return switch (this) {
      case IO_URING -> IoUring.unavailabilityCause();
      case EPOLL -> Epoll.unavailabilityCause();
      case AUTO, NIO -> null;
    };
  }

  /** As it is called in a configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
