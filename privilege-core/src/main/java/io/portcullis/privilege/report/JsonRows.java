package io.portcullis.privilege.report;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Rows as a JSON array of arrays of scalars, written from left to right. What would go beyond the
 * limit is not written, and {@link #isFull} from then on. One thread.
 */
final class JsonRows {

  private static final String HEX = "0123456789abcdef";

  private final StringBuilder out = new StringBuilder("[");
  private final int limit;
  private boolean first = true;
  private boolean full;

  JsonRows(int limit) {
    this.limit = limit;
  }

  boolean isFull() {
    return full;
  }

  JsonRows begin() {
    full |= out.length() > limit;
    if (!full) {
      out.append(out.length() == 1 ? "[" : ",[");
      first = true;
    }
    return this;
  }

  void end() {
    if (!full) {
      out.append(']');
    }
  }

  JsonRows add(long number) {
    if (next()) {
      out.append(number);
    }
    return this;
  }

  JsonRows add(boolean flag) {
    return add(flag ? 1 : 0);
  }

  JsonRows add(String text) {
    if (next()) {
      quote(out, text);
    }
    return this;
  }

  JsonRows add(Optional<String> text) {
    return text.isPresent() ? add(text.get()) : nothing();
  }

  JsonRows time(Instant time) {
    return add(time.getEpochSecond());
  }

  JsonRows idOrNothing(Optional<Integer> id) {
    return id.isPresent() ? add(id.get()) : nothing();
  }

  JsonRows nothing() {
    if (next()) {
      out.append("null");
    }
    return this;
  }

  private boolean next() {
    if (full) {
      return false;
    }
    if (!first) {
      out.append(',');
    }
    first = false;
    return true;
  }

  /** UTF-8; call when all is written, and not when {@link #isFull}. */
  byte[] bytes() {
    return out.append(']').toString().getBytes(StandardCharsets.UTF_8);
  }

  static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c == 0x7F) {
        out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
