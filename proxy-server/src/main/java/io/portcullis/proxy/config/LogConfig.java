package io.portcullis.proxy.config;

/** What is logged, to standard error. */
public record LogConfig(Level level, Format format) {
  public static final LogConfig DEFAULT = new LogConfig(Level.INFO, Format.TEXT);

  /** The least level that is logged. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  /** Lines for people or objects for machines. */
  public enum Format {
    TEXT,
    JSON
  }

  static LogConfig read(Section section) {
    return section.build(
        () ->
            new LogConfig(
                section.choice("level", Level.class, DEFAULT.level),
                section.choice("format", Format.class, DEFAULT.format)),
        DEFAULT);
  }
}
