package io.portcullis.privilege.store;

/**
 * A column as the backend has it.
 *
 * @param invisible not part of {@code *}
 * @param kind what a comparison with it can do
 */
public record TableColumn(String name, boolean invisible, Kind kind) {

  /** Of the values that are stored in a column. */
  public enum Kind {
    /** Whole numbers: compared with another one, none can warn or fail. */
    INTEGER,
    /** Characters: compared with a string, none can warn or fail. */
    STRING,
    /** Anything else, or computed whenever it is read. */
    OTHER
  }

  /** One of which it is not known what it holds. */
  public TableColumn(String name, boolean invisible) {
    this(name, invisible, Kind.OTHER);
  }
}
