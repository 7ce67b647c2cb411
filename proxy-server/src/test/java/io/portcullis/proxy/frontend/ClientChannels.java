package io.portcullis.proxy.frontend;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.portcullis.proxy.session.ClientSession;
import io.portcullis.proxy.session.FrontendPort;
import io.portcullis.proxy.wire.PacketDecoder;
import io.portcullis.proxy.wire.PacketFraming;
import java.util.Optional;
import java.util.function.Function;

/** Connections of clients in memory, with the handlers of the listener and a clock that stands. */
public final class ClientChannels {

  private ClientChannels() {}

  public static EmbeddedChannel open(
      ByteBufAllocator allocator,
      Optional<SslContext> tls,
      Function<FrontendPort, ClientSession> sessions)
      throws Exception {
    PacketDecoder decoder = new PacketDecoder(PacketFraming.LOGIN_PACKET_LIMIT, 1);
    EmbeddedChannel channel =
        new EmbeddedChannel(
            DefaultChannelId.newInstance(),
            false,
            false,
            decoder,
            new FrontendHandler(decoder, tls.map(context -> () -> context), sessions));
    channel.config().setAllocator(allocator);
    channel.register();
    channel.freezeTime();
    return channel;
  }
}
