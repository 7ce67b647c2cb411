package io.portcullis.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.HexFormat;

/** An allocator that knows what is still allocated: a leak fails the test that made it. */
public final class TrackedBuffers {
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);

  public ByteBufAllocator allocator() {
    return allocator;
  }

  public ByteBuf of(byte[] bytes) {
    return allocator.heapBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
  }

  public ByteBuf hex(String hex) {
    return of(HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
  }

  /** The bytes of a buffer, which is released. */
  public static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.getBytes(buffer.readerIndex(), bytes);
    buffer.release();
    return bytes;
  }

  /** Bytes that are allocated now. */
  public long allocatedBytes() {
    return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
  }

  public void assertNothingLeaked() {
    assertThat(allocatedBytes()).as("bytes not released").isZero();
  }
}
