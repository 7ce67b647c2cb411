package io.portcullis.proxy.wire;

import io.netty.buffer.ByteBuf;

/**
 * Sizes and offsets of the packet header: three bytes of payload length and one of sequence id,
 * little endian.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html">MySQL
 *     packets</a>
 */
public final class PacketFraming {
  public static final int HEADER_LENGTH = 4;

  /** A frame this long is followed by another one of the same packet, be it empty. */
  public static final int MAX_FRAME_PAYLOAD = 0xff_ffff;

  /** Enough for any login packet with attributes; what is larger before login is refused. */
  public static final int LOGIN_PACKET_LIMIT = 16 * 1024;

  private PacketFraming() {}

  /** Payload length in the header at {@code index}; the caller has checked that it is there. */
  public static int payloadLength(ByteBuf framed, int index) {
    return framed.getUnsignedMediumLE(index);
  }

  /** Sequence id in the header at {@code index}; the caller has checked that it is there. */
  public static int sequenceId(ByteBuf framed, int index) {
    return framed.getUnsignedByte(index + 3);
  }

  /** The sequence id after {@code sequenceId}: they wrap at 256. */
  public static int next(int sequenceId) {
    return (sequenceId + 1) & 0xff;
  }

  /**
   * The sequence id that follows the last frame of {@code framed}, which holds whole frames only
   * and at least one. Borrows the buffer and moves no index.
   */
  public static int sequenceAfter(ByteBuf framed) {
    int index = framed.readerIndex();
    int last = index;
    while (index < framed.writerIndex()) {
      last = index;
      index += HEADER_LENGTH + payloadLength(framed, index);
    }
    return next(sequenceId(framed, last));
  }
}
