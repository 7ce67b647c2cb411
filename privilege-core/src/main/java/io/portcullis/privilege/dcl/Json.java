package io.portcullis.privilege.dcl;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes one JSON document (RFC 8259). */
final class Json {

  private final StringBuilder out = new StringBuilder();

  Json begin() {
    separate();
    out.append('{');
    return this;
  }

  Json beginObject(String name) {
    name(name);
    out.append('{');
    return this;
  }

  Json end() {
    out.append('}');
    return this;
  }

  Json beginArray(String name) {
    name(name);
    out.append('[');
    return this;
  }

  Json endArray() {
    out.append(']');
    return this;
  }

  Json string(String name, @Nullable String value) {
    name(name);
    write(value);
    return this;
  }

  Json number(String name, long value) {
    name(name);
    out.append(value);
    return this;
  }

  Json bool(String name, boolean value) {
    name(name);
    out.append(value);
    return this;
  }

  /** Of an array. */
  Json value(String value) {
    separate();
    write(value);
    return this;
  }

  String text() {
    return out.toString();
  }

  private void name(String name) {
    separate();
    write(name);
    out.append(": ");
  }

  private void separate() {
    if (out.length() > 0 && "{[ ".indexOf(out.charAt(out.length() - 1)) < 0) {
      out.append(", ");
    }
  }

  private void write(@Nullable String value) {
    if (value == null) {
      out.append("null");
      return;
    }
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
