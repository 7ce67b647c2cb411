package io.portcullis.proxy.wire.handshake;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The key-value pairs at the end of a login packet: the client's name, version and the like. */
final class ConnectAttributes {
  private static final int MAX_BYTES = 64 * 1024;
  private static final int MAX_PAIRS = 256;

  private ConnectAttributes() {}

  static Map<String, String> decode(ByteBuf payload) {
    int length = WireValues.readLength(payload, MAX_BYTES, "connect attributes");
    ByteBuf in = payload.readSlice(length);
    Map<String, String> attributes = new LinkedHashMap<>();
    while (in.isReadable()) {
      String key =
          WireValues.readLengthEncodedString(
              in, MAX_BYTES, StandardCharsets.UTF_8, "connect attribute name");
      String value =
          WireValues.readLengthEncodedString(
              in, MAX_BYTES, StandardCharsets.UTF_8, "connect attribute value");
      attributes.put(key, value);
      if (attributes.size() > MAX_PAIRS) {
        throw new ProtocolException("connect attributes: more than " + MAX_PAIRS);
      }
    }
    return attributes;
  }

  static void encode(ByteBuf out, Map<String, String> attributes) {
    ByteBuf pairs = out.alloc().buffer();
    try {
      attributes.forEach(
          (key, value) -> {
            WireValues.writeLengthEncoded(pairs, key, StandardCharsets.UTF_8);
            WireValues.writeLengthEncoded(pairs, value, StandardCharsets.UTF_8);
          });
      WireValues.writeLengthEncoded(out, pairs.readableBytes());
      out.writeBytes(pairs);
    } finally {
      pairs.release();
    }
  }
}
