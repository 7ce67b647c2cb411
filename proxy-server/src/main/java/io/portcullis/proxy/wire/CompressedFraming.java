package io.portcullis.proxy.wire;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * What both directions of the compressed protocol share. A compressed packet is a header of three
 * bytes length, one byte sequence id and three bytes length before compression, and then a zlib
 * stream of its own; a length before compression of zero says that the bytes are not compressed.
 * What comes out of these packets is the ordinary stream of packets, cut anywhere. See <a
 * href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_compression.html">Compression</a>.
 */
final class CompressedFraming {
  static final int HEADER_LENGTH = 7;

  /**
   * One per event loop, since each packet is a stream of its own: a deflater alone has a quarter of
   * a megabyte outside the heap.
   */
  static final FastThreadLocal<Inflater> INFLATER =
      new FastThreadLocal<>() {
        @Override
        protected Inflater initialValue() {
          return new Inflater();
        }

        @Override
        protected void onRemoval(Inflater inflater) {
          inflater.end();
        }
      };

  /** Fast rather than small: the loop has other connections. */
  static final FastThreadLocal<Deflater> DEFLATER =
      new FastThreadLocal<>() {
        @Override
        protected Deflater initialValue() {
          return new Deflater(Deflater.BEST_SPEED);
        }

        @Override
        protected void onRemoval(Deflater deflater) {
          deflater.end();
        }
      };

  private CompressedFraming() {}
}
