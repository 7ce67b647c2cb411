package io.portcullis.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCounted;

/**
 * One packet as it came in: its payload, joined where it was split, and the framed bytes it came
 * in. Owns one reference of the framed bytes; payload views live as long as those. Reference counts
 * are the framed buffer's, so releasing either releases both.
 */
public final class Packet implements ReferenceCounted {
  private final ByteBuf framed;
  private final int sequenceId;
  private final boolean split;

  /** Takes ownership of {@code framed}: whole frames of one packet. */
  Packet(ByteBuf framed, int sequenceId, boolean split) {
    this.framed = framed;
    this.sequenceId = sequenceId;
    this.split = split;
  }

  /** Sequence id of the last frame; an answer starts with the one after it. */
  public int sequenceId() {
    return sequenceId;
  }

  /**
   * Whether the packet took more than one frame, so that payload and framed bytes differ inside.
   */
  public boolean split() {
    return split;
  }

  /**
   * The bytes as they came in, headers included. Borrowed; or the caller takes this buffer over
   * instead of releasing the packet, and leaves the packet alone from then on.
   */
  public ByteBuf framed() {
    return framed;
  }

  /** Payload length without headers. */
  public int payloadLength() {
    int frames =
        split
            ? framed.readableBytes()
                    / (PacketFraming.MAX_FRAME_PAYLOAD + PacketFraming.HEADER_LENGTH)
                + 1
            : 1;
    return framed.readableBytes() - frames * PacketFraming.HEADER_LENGTH;
  }

  /** A new borrowed view of the payload with indexes of its own; valid while the packet is. */
  public ByteBuf payload() {
    int index = framed.readerIndex();
    if (!split) {
      return framed.slice(
          index + PacketFraming.HEADER_LENGTH,
          framed.readableBytes() - PacketFraming.HEADER_LENGTH);
    }
    int frames = 1 + payloadLength() / PacketFraming.MAX_FRAME_PAYLOAD;
    ByteBuf[] parts = new ByteBuf[frames];
    for (int i = 0; i < frames; i++) {
      int length = PacketFraming.payloadLength(framed, index);
      parts[i] = framed.slice(index + PacketFraming.HEADER_LENGTH, length);
      index += PacketFraming.HEADER_LENGTH + length;
    }
    return Unpooled.wrappedBuffer(frames, parts);
  }

  /**
   * The same packet without {@code length} bytes of its payload, from {@code at} on. Takes
   * ownership of this one, whose bytes it changes; the caller owns the result.
   */
  public Packet without(int at, int length, ByteBufAllocator allocator) {
    if (!split) {
      int begin = framed.readerIndex();
      int payload = payloadLength() - length;
      for (int i = PacketFraming.HEADER_LENGTH + at - 1; i >= PacketFraming.HEADER_LENGTH; i--) {
        framed.setByte(begin + i + length, framed.getByte(begin + i));
      }
      framed.setMediumLE(begin + length, payload);
      framed.setByte(begin + length + 3, sequenceId);
      framed.skipBytes(length);
      return this;
    }
    try {
      ByteBuf payload = payload();
      ByteBuf out = allocator.buffer(framed.readableBytes());
      int begin = Packets.begin(out);
      out.writeBytes(payload, at);
      payload.skipBytes(length);
      out.writeBytes(payload);
      int bytes = out.writerIndex() - begin - PacketFraming.HEADER_LENGTH;
      Packets.end(out, begin, 0);
      return new Packet(out, sequenceId, bytes >= PacketFraming.MAX_FRAME_PAYLOAD);
    } finally {
      framed.release();
    }
  }

  @Override
  public int refCnt() {
    return framed.refCnt();
  }

  @Override
  public Packet retain() {
    framed.retain();
    return this;
  }

  @Override
  public Packet retain(int increment) {
    framed.retain(increment);
    return this;
  }

  @Override
  public Packet touch() {
    framed.touch();
    return this;
  }

  @Override
  public Packet touch(Object hint) {
    framed.touch(hint);
    return this;
  }

  @Override
  public boolean release() {
    return framed.release();
  }

  @Override
  public boolean release(int decrement) {
    return framed.release(decrement);
  }

  @Override
  public String toString() {
    return "Packet[sequenceId=" + sequenceId + ", framedBytes=" + framed.readableBytes() + "]";
  }
}
