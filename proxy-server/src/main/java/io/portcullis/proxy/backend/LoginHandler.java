package io.portcullis.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.portcullis.proxy.auth.AuthStep;
import io.portcullis.proxy.auth.ClientAuthentication;
import io.portcullis.proxy.tls.TlsContexts;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.CompressedConnection;
import io.portcullis.proxy.wire.CompressionAlgorithm;
import io.portcullis.proxy.wire.Packet;
import io.portcullis.proxy.wire.PacketDecoder;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.handshake.HandshakeResponse41;
import io.portcullis.proxy.wire.handshake.HandshakeV10;
import io.portcullis.proxy.wire.handshake.SslRequest;
import io.portcullis.proxy.wire.message.ErrPacket;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The connection phase toward the backend, until the OK packet; then a {@link BackendChannel} takes
 * its place.
 *
 * <pre>
 * greeting -> [SSLRequest, TLS] -> handshake response -> (auth switch | auth data)* -> OK
 * </pre>
 *
 * Confined to the event loop of its channel.
 */
final class LoginHandler extends ChannelInboundHandlerAdapter {
  private static final long MAXIMUM_PACKET = 1L << 30;

  /** utf8mb4_general_ci: what names are sent in; the prelude sets the session's own. */
  private static final int COLLATION = 45;

  private static final long REQUIRED =
      CapabilityFlags.PROTOCOL_41 | CapabilityFlags.SECURE_CONNECTION | CapabilityFlags.PLUGIN_AUTH;

  private static final long WANTED =
      REQUIRED
          | CapabilityFlags.LONG_FLAG
          | CapabilityFlags.TRANSACTIONS
          | CapabilityFlags.CONNECT_ATTRS
          | CapabilityFlags.PLUGIN_AUTH_LENENC_CLIENT_DATA;

  private static final int OK = 0x00;

  /** Told once. */
  interface Listener {
    void loggedIn(BackendChannel channel);

    /**
     * The channel is closed or about to be.
     *
     * @param reason what clients may see: no user name, no text of the backend
     * @param detail for the log
     */
    void failed(String reason, String detail);
  }

  /** The greeting was answered; the backend decides. */
  private record Answered(
      HandshakeV10 greeting, long capabilities, ClientAuthentication authentication) {}

  private final BackendServer server;
  private final BackendLogins.Login login;
  private final PoolKey key;
  private final PacketDecoder decoder;
  private final BackendChannel.CloseListener closeListener;
  private final Listener listener;
  private @Nullable Answered answered;

  LoginHandler(
      BackendServer server,
      BackendLogins.Login login,
      PoolKey key,
      PacketDecoder decoder,
      BackendChannel.CloseListener closeListener,
      Listener listener) {
    this.server = server;
    this.login = login;
    this.key = key;
    this.decoder = decoder;
    this.closeListener = closeListener;
    this.listener = listener;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Packet packet = (Packet) message;
    try {
      ByteBuf payload = packet.payload();
      int next = PacketFraming.next(packet.sequenceId());
      if (ErrPacket.matches(payload)) {
        ErrPacket error = ErrPacket.decode(payload);
        String reason =
            (answered == null
                    ? "it refused the connection with error "
                    : "it refused the login of the proxy with error ")
                + error.errno();
        listener.failed(reason, reason + ": " + error.message());
        context.close();
      } else if (answered == null) {
        greeted(context, HandshakeV10.decode(payload), next);
      } else if (payload.isReadable() && payload.getUnsignedByte(0) == OK) {
        loggedIn(context, answered);
      } else {
        step(context, answered.authentication.next(payload), next);
      }
    } finally {
      packet.release();
    }
  }

  private void greeted(ChannelHandlerContext context, HandshakeV10 greeting, int next) {
    long offered = greeting.capabilities();
    if (!CapabilityFlags.has(offered, REQUIRED)) {
      fail(context, "it is too old: it cannot do protocol 4.1 with authentication plugins");
      return;
    }
    long format = key.capabilities() & PoolKey.FORMAT;
    if (!CapabilityFlags.has(offered, format)) {
      fail(
          context,
          "it does not offer what was agreed with the client (CLIENT_DEPRECATE_EOF, CLIENT_SESSION_TRACK, CLIENT_QUERY_ATTRIBUTES or MariaDB's extended metadata)");
      return;
    }
    long capabilities = (WANTED | key.capabilities()) & offered;
    if ((capabilities & ~CapabilityFlags.MYSQL_MASK) == 0) {
      capabilities |= CapabilityFlags.CLIENT_MYSQL; // without it a MariaDB reads the extended ones
    }
    long compression = compression();
    if (!CapabilityFlags.has(offered, compression)) {
      fail(context, "it does not offer the compression that the configuration asks for");
      return;
    }
    capabilities |= compression;
    int sequence = next;
    boolean secure = false;
    if (server.tls().isPresent()) {
      if (CapabilityFlags.has(offered, CapabilityFlags.SSL)) {
        capabilities |= CapabilityFlags.SSL;
        sequence = startTls(context, capabilities, sequence);
        secure = true;
      } else if (server.tlsMode().mandatory()) {
        fail(context, "it does not offer TLS, which the configuration requires");
        return;
      }
    }
    ClientAuthentication authentication =
        new ClientAuthentication(
            greeting,
            login.password().bytes(),
            secure,
            server.serverKey(),
            server.publicKeyRetrieval(),
            context.alloc());
    answered = new Answered(greeting, capabilities, authentication);
    HandshakeResponse41 response =
        new HandshakeResponse41(
            capabilities,
            MAXIMUM_PACKET,
            COLLATION,
            login.user(),
            authentication.initialResponse(),
            Optional.empty(),
            authentication.plugin(),
            Map.of("program_name", "portcullis"),
            OptionalInt.empty());
    send(context, response.encode(context.alloc()), sequence);
  }

  private long compression() {
    return server
        .compression()
        .map(
            algorithm ->
                algorithm == CompressionAlgorithm.ZLIB
                    ? CapabilityFlags.COMPRESS
                    : CapabilityFlags.ZSTD_COMPRESSION_ALGORITHM)
        .orElse(0L);
  }

  /** Returns the next sequence id. What is sent from here on waits for the end of the handshake. */
  private int startTls(ChannelHandlerContext context, long capabilities, int sequence) {
    ByteBuf early = decoder.takeBuffered(context);
    boolean injected = early.isReadable();
    early.release();
    if (injected) {
      throw new ProtocolException("bytes of the backend between greeting and TLS");
    }
    SslRequest request = new SslRequest(capabilities, MAXIMUM_PACKET, COLLATION);
    send(context, request.encode(context.alloc()), sequence);
    SslHandler tls =
        TlsContexts.backendHandler(
            server.tls().orElseThrow(), context.alloc(), server.host(), server.port());
    tls.setHandshakeTimeoutMillis(server.connectTimeout().toMillis() + 1);
    context.pipeline().addFirst(tls);
    return PacketFraming.next(sequence);
  }

  private void step(ChannelHandlerContext context, AuthStep step, int sequence) {
    if (step instanceof AuthStep.Send send) {
      send(context, send.payload(), sequence);
    } else if (step instanceof AuthStep.Rejected rejected) {
      fail(context, rejected.error().message());
    } else if (!(step instanceof AuthStep.Authenticated)) {
      throw new AssertionError(step);
    }
    // authenticated: nothing to send, the OK packet follows
  }

  /** Takes ownership of {@code payload}. */
  private void send(ChannelHandlerContext context, ByteBuf payload, int sequence) {
    decoder.expectSequence(PacketFraming.next(sequence));
    context.writeAndFlush(Packets.frame(context.alloc(), payload, sequence), context.voidPromise());
  }

  private void loggedIn(ChannelHandlerContext context, Answered login) {
    login.authentication.close();
    CompressedConnection compression =
        server.compression().map(CompressedConnection::new).orElse(null);
    BackendChannel channel =
        new BackendChannel(
            context.channel(),
            login.greeting.threadId(),
            login.capabilities,
            key,
            compression,
            closeListener);
    if (compression != null) {
      context.pipeline().addBefore(context.name(), null, compression);
    }
    context.pipeline().replace(this, null, channel);
    context.pipeline().remove(decoder);
    listener.loggedIn(channel);
  }

  private void fail(ChannelHandlerContext context, String reason) {
    listener.failed(reason, reason);
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(
        context,
        answered == null
            ? "it closed the connection before its greeting"
            : "it closed the connection during login");
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    Answered login = answered;
    if (login != null) {
      login.authentication.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(context, reason(cause));
  }

  private static String reason(Throwable cause) {
    if (cause instanceof ProtocolException) {
      return "it does not speak the MySQL protocol: " + cause.getMessage();
    }
    Throwable inner =
        cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
    if (inner instanceof SSLException) {
      return "TLS: " + inner.getMessage();
    }
    return inner instanceof IOException ? String.valueOf(inner.getMessage()) : "login: " + inner;
  }
}
