package io.portcullis.sql.parser;

import io.portcullis.sql.access.RelationName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads a query, given as pieces of a statement's tokens and words between them, and says which
 * relations it reads. Statements that change data are handed over as the query that reads what they
 * read. Safe for concurrent use.
 */
public interface QueryReader {

  /**
   * @param names the whole statement; what stands before the dots of the pieces is noted there
   * @throws StatementRefused when it cannot be read to its last token, calls what is not a built-in
   *     function, or when tree and tokens do not agree about the tables
   */
  QueryReading read(QualifiedNames names, List<Piece> pieces);

  /** A part of the text of a query. */
  sealed interface Piece {
    /** The tokens {@code from} up to, but not including, {@code to}, as they are. */
    record Tokens(int from, int to) implements Piece {}

    /** Tokens of assignments: DEFAULT stands alone there, and {@code VALUES(c)} is a function. */
    record Assignments(int from, int to) implements Piece {}

    /** A key word or punctuation the grammar puts in between. */
    record Word(String text) implements Piece {}
  }

  /**
   * A table in the outermost FROM.
   *
   * @param relation empty for a derived table or a common table expression
   * @param exposedName its alias, else its own name
   */
  record Source(Optional<RelationName> relation, String exposedName) {}

  /**
   * @param sources the outermost FROM, if the query has just one
   * @param others every other relation that is read, wherever it stands
   * @param functions stored functions that are called, each with its database
   * @param sequences those that are moved on, or set; they are among the others too
   */
  record QueryReading(
      List<Source> sources,
      List<RelationName> others,
      List<RelationName> functions,
      List<RelationName> sequences) {
    public QueryReading {
      sequences = List.copyOf(sequences);
      sources = List.copyOf(sources);
      others = List.copyOf(others);
      functions = List.copyOf(functions);
    }

    /** What this one touches, and the other besides its outermost FROM. */
    public QueryReading and(QueryReading inside) {
      return new QueryReading(
          sources,
          union(others, inside.others),
          union(functions, inside.functions),
          union(sequences, inside.sequences));
    }

    private static List<RelationName> union(List<RelationName> some, List<RelationName> more) {
      return Stream.concat(some.stream(), more.stream()).distinct().toList();
    }

    /** Whether nothing is read and no stored function called. */
    public boolean touchesNothing() {
      return sources.isEmpty() && others.isEmpty() && functions.isEmpty();
    }
  }
}
