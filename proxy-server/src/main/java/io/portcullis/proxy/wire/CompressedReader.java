package io.portcullis.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.sql.text.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Takes the compressed packets of a peer apart, one when it is asked for: what waits behind a
 * command in hand stays small. The length before compression is checked against the limit of the
 * phase before a byte is inflated, and what is inflated must have that length, so that a few bytes
 * never become more memory than one command may take.
 */
final class CompressedReader {

  /** Small commands sent together stay possible under a small limit. */
  private static final int LEAST_LIMIT = 64 * 1024;

  private final CompressionAlgorithm algorithm;
  private final CompressedWriter answers;
  private final boolean inOrder;
  private int expected;

  /**
   * @param answers numbered on from each packet that is read
   * @param inOrder whether the numbers have to be those that follow; several commands may be under
   *     way to a server, each answered from 1 on
   */
  CompressedReader(CompressionAlgorithm algorithm, CompressedWriter answers, boolean inOrder) {
    this.inOrder = inOrder;
    this.algorithm = algorithm;
    this.answers = answers;
  }

  /**
   * The bytes of the next compressed packet, or null when it is not complete. Borrows {@code in}
   * and moves it on; the caller owns what is returned.
   *
   * @param limit largest packet of the phase
   */
  @Nullable ByteBuf next(ByteBufAllocator allocator, ByteBuf in, int limit) {
    if (in.readableBytes() < CompressedFraming.HEADER_LENGTH) {
      return null;
    }
    int header = in.readerIndex();
    int length = in.getUnsignedMediumLE(header);
    int sequence = in.getUnsignedByte(header + 3);
    int plain = in.getUnsignedMediumLE(header + 4);
    long most = Math.max(limit, LEAST_LIMIT) + 2L * PacketFraming.HEADER_LENGTH;
    if (length > most || plain > most) {
      throw new ProtocolException(
          ErrorCode.ER_NET_PACKET_TOO_LARGE.error(),
          "compressed packet: " + length + " of " + plain + " (expected: <= " + most + ")");
    }
    if (length == 0) {
      throw CompressionAlgorithm.broken("empty");
    }
    // A command begins at zero, and may take several; a file that was asked for follows our
    // numbers.
    if (inOrder && sequence != 0 && sequence != expected && sequence != answers.next()) {
      throw new ProtocolException(
          ErrorCode.ER_NET_PACKETS_OUT_OF_ORDER.error(),
          "compressed sequence id: " + sequence + " (expected: 0 or " + answers.next() + ")");
    }
    if (in.readableBytes() < CompressedFraming.HEADER_LENGTH + length) {
      return null;
    }
    in.skipBytes(CompressedFraming.HEADER_LENGTH);
    expected = PacketFraming.next(sequence);
    answers.number(expected);
    if (plain == 0) {
      return in.readRetainedSlice(length);
    }
    ByteBuf inflated = allocator.buffer(plain + 1);
    boolean whole = false;
    try {
      algorithm.inflate(in, length, inflated, plain);
      in.skipBytes(length);
      whole = true;
      return inflated;
    } finally {
      if (!whole) {
        inflated.release();
      }
    }
  }
}
