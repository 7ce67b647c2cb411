package io.portcullis.proxy.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.TrackedBuffers;
import io.portcullis.proxy.wire.message.ErrPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxyProtocolTest {

  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final byte[] LOGIN = "and the login".getBytes(StandardCharsets.US_ASCII);

  private final TrackedBuffers buffers = new TrackedBuffers();
  private @Nullable EmbeddedChannel channel;
  private final List<String> hosts = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final ByteBuf behind = Unpooled.buffer();

  /** What stands behind: the session begins when the channel is active. */
  private final class Session extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      hosts.add(ProxyProtocol.host(context.channel()));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      behind.writeBytes(bytes);
      bytes.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      failures.add(cause);
    }
  }

  private EmbeddedChannel connect(boolean listed) {
    EmbeddedChannel connection =
        new EmbeddedChannel(null, DefaultChannelId.newInstance(), false, false) {
          @Override
          protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40000);
          }
        };
    connection.config().setAllocator(buffers.allocator());
    try {
      connection.register();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    connection.freezeTime();
    new ProxyProtocol(address -> listed, Duration.ofSeconds(10)).install(connection);
    connection.pipeline().addLast(new Session());
    connection.pipeline().fireChannelActive();
    channel = connection;
    return connection;
  }

  @AfterEach
  void nothingIsLeft() {
    if (channel != null) {
      assertFalse(channel.finish());
    }
    buffers.assertNothingLeaked();
  }

  private static byte[] line(String text) {
    return (text + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static byte[] withLogin(byte[] header) {
    return Unpooled.wrappedBuffer(header, LOGIN).copy().array();
  }

  private String read() {
    return behind.toString(StandardCharsets.US_ASCII);
  }

  @Test
  void sessionBeginsWithTheHeaderAndItsAddress() {
    EmbeddedChannel connection = connect(true);
    assertThat(hosts).as("no session before the header").isEmpty();
    connection.writeInbound(
        buffers.of(withLogin(line("PROXY TCP4 192.0.2.7 198.51.100.1 50000 3307"))));
    assertThat(hosts).containsExactly("192.0.2.7");
    assertThat(read()).isEqualTo("and the login");
    connection.writeInbound(buffers.of(LOGIN));
    assertThat(read()).isEqualTo("and the loginand the login");
    assertThat(connection.pipeline().toMap()).hasSize(1);
  }

  @Test
  void headerMayComeByteByByte() {
    EmbeddedChannel connection = connect(true);
    for (byte b : withLogin(line("PROXY TCP6 2001:db8::7 2001:db8::1 50000 3307"))) {
      connection.writeInbound(buffers.of(new byte[] {b}));
    }
    assertThat(hosts).containsExactly("2001:db8:0:0:0:0:0:7");
    assertThat(read()).isEqualTo("and the login");
  }

  @Test
  void binaryHeaderIsRead() {
    connect(true)
        .writeInbound(
            buffers.of(withLogin(hex(SIGNATURE + " 21 11 000c c0000207 c6336401 c350 0ceb"))));
    assertThat(hosts).containsExactly("192.0.2.7");
    assertThat(read()).isEqualTo("and the login");
  }

  @Test
  void headerCutShortBeginsNoSession() {
    for (byte[] whole :
        List.of(
            line("PROXY TCP4 192.0.2.7 198.51.100.1 50000 3307"),
            hex(SIGNATURE + " 21 11 000c c0000207 c6336401 c350 0ceb"))) {
      for (int length = 0; length < whole.length; length++) {
        EmbeddedChannel connection = connect(true);
        connection.writeInbound(buffers.of(java.util.Arrays.copyOf(whole, length)));
        assertThat(hosts).isEmpty();
        assertFalse(connection.finish());
      }
    }
  }

  @Test
  void checksOfTheLoadBalancerHaveItsOwnAddress() {
    connect(true).writeInbound(buffers.of(line("PROXY UNKNOWN")));
    connect(true).writeInbound(buffers.of(hex(SIGNATURE + " 20 00 0000")));
    assertThat(hosts).containsExactly("127.0.0.1", "127.0.0.1");
  }

  private static ErrPacket sent(EmbeddedChannel connection) {
    ByteBuf framed = connection.readOutbound();
    assertThat(framed).as("an error").isNotNull();
    try {
      assertThat(framed.getUnsignedByte(3)).as("sequence").isZero();
      return ErrPacket.decode(framed.skipBytes(4));
    } finally {
      framed.release();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY TCP4 not.an.address 198.51.100.1 50000 3307",
        "PROXY TCP4 192.0.2.7 198.51.100.1 99999 3307",
        "PROXY",
        "GET / HTTP/1.1 and so on"
      })
  void listedAddressWithABrokenHeaderIsClosed(String header) {
    EmbeddedChannel connection = connect(true);
    connection.writeInbound(buffers.of(withLogin(line(header))));
    assertThat((Object) connection.readOutbound()).isNull();
    assertThat(connection.isOpen()).isFalse();
    assertThat(hosts).isEmpty();
  }

  @Test
  void listedAddressWithoutAHeaderIsRefusedInTheEnd() {
    EmbeddedChannel connection = connect(true);
    connection.advanceTimeBy(9, TimeUnit.SECONDS);
    connection.runScheduledPendingTasks();
    assertThat(connection.isOpen()).isTrue();
    connection.advanceTimeBy(2, TimeUnit.SECONDS);
    connection.runScheduledPendingTasks();
    assertThat(sent(connection).errno()).isEqualTo(1130);
    assertThat(connection.isOpen()).isFalse();
    assertThat(hosts).isEmpty();
  }

  @Test
  void headerFromElsewhereIsRefused() {
    for (byte[] header :
        List.of(
            line("PROXY TCP4 192.0.2.7 198.51.100.1 50000 3307"),
            hex(SIGNATURE + " 21 11 000c c0000207 c6336401 c350 0ceb"))) {
      failures.clear();
      connect(false).writeInbound(buffers.of(header));
      assertThat(failures).hasSize(1);
      assertThat(failures.get(0)).isInstanceOf(ProtocolException.class);
      assertThat(((ProtocolException) failures.get(0)).error().code().errno()).isEqualTo(1130);
      assertThat(behind.isReadable()).isFalse();
    }
  }

  @Test
  void loginFromElsewhereIsReadAsOne() {
    EmbeddedChannel connection = connect(false);
    assertThat(hosts).containsExactly("127.0.0.1");
    connection.writeInbound(buffers.of(LOGIN));
    assertThat(read()).isEqualTo("and the login");
    assertThat(failures).isEmpty();
  }
}
