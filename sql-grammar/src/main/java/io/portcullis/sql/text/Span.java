package io.portcullis.sql.text;

/** A range of byte offsets in a statement's text: {@code begin} included, {@code end} excluded. */
public record Span(int begin, int end) {
  public Span {
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException(
          "span: " + begin + ".." + end + " (expected: 0 <= begin <= end)");
    }
  }
}
