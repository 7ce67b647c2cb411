package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.RelationName;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where a statement names tables and what may be their columns, noted by the grammars where they
 * read them. Made for one reading of one statement.
 */
public final class ColumnNotes {
  private final NavigableMap<Integer, Table> tables = new TreeMap<>();
  private final NavigableMap<Integer, Integer> names = new TreeMap<>();
  private final NavigableMap<Integer, Written> written = new TreeMap<>();
  private final BitSet changing = new BitSet();
  private final BitSet inserted = new BitSet();
  private final Set<String> aliases = new HashSet<>();
  private boolean star;
  private boolean returnsAll;
  private boolean natural;
  private boolean unlisted;
  private boolean complete = true;

  /**
   * A table in a query.
   *
   * @param end the token behind its name
   * @param common whether it is a common table expression
   */
  public record Table(int first, int end, boolean common) {}

  /**
   * A column that is written, or that a foreign key points at.
   *
   * @param column the token of its name
   * @param kind INSERT, UPDATE or REFERENCE
   * @param of the table, where the place says so
   */
  public record Written(int column, AccessKind kind, Optional<RelationName> of) {}

  ColumnNotes() {}

  public void table(int first, int end, boolean common) {
    tables.put(first, new Table(first, end, common));
  }

  /** A name in the place of an expression, of one part or of several with dots between them. */
  public void name(int first, int last) {
    names.put(first, last);
  }

  /** A name that the statement itself gives to something. */
  public void alias(String name) {
    aliases.add(name);
  }

  /** {@code RETURNING *}. */
  void returnsAll() {
    returnsAll = true;
  }

  /** {@code *} in the place of a column, with no table before it. */
  public void star() {
    star = true;
  }

  public void natural() {
    natural = true;
  }

  /** Something was read that these notes do not describe. */
  public void incomplete() {
    complete = false;
  }

  /**
   * @param first the first token of a name of one part or of several
   */
  void written(int first, int column, AccessKind kind, Optional<RelationName> of) {
    written.put(first, new Written(column, kind, of));
  }

  /** Rows are inserted without saying into which columns. */
  void unlisted() {
    unlisted = true;
  }

  /** The outermost tables between these tokens are what the statement changes, or joins to it. */
  void changing(int from, int to) {
    changing.set(from, to);
  }

  /** Between these tokens stands the query whose rows are inserted. */
  void inserted(int from, int to) {
    inserted.set(from, to);
  }

  public Collection<Table> tables() {
    return tables.values();
  }

  /** Of every name in an expression, its first and its last token. */
  public NavigableMap<Integer, Integer> names() {
    return names;
  }

  /** By the first token of the name. */
  public NavigableMap<Integer, Written> written() {
    return written;
  }

  public boolean isChanging(int token) {
    return changing.get(token);
  }

  public boolean isInserted(int token) {
    return inserted.get(token);
  }

  public Set<String> aliases() {
    return aliases;
  }

  public boolean isReturningAll() {
    return returnsAll;
  }

  public boolean hasStar() {
    return star;
  }

  public boolean isNatural() {
    return natural;
  }

  public boolean isUnlisted() {
    return unlisted;
  }

  public boolean isComplete() {
    return complete;
  }
}
