package io.portcullis.proxy.wire;

/**
 * What both directions of the compressed protocol share. A compressed packet is a header of three
 * bytes length, one byte sequence id and three bytes length before compression, and then a stream
 * of its own ({@link CompressionAlgorithm}); a length before compression of zero says that the
 * bytes are not compressed. What comes out of these packets is the ordinary stream of packets, cut
 * anywhere. See <a
 * href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_compression.html">Compression</a>.
 */
final class CompressedFraming {
  static final int HEADER_LENGTH = 7;

  private CompressedFraming() {}
}
