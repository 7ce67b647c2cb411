package io.portcullis.sql.parser.jsql;

import io.portcullis.sql.access.RelationName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A query as the parser is given it: key words, quoted names, and place holders for everything that
 * cannot name a table. Names the parser might read differently (dots, quotes, {@code @} in them)
 * are replaced and translated back.
 */
final class CanonicalQuery {
  private static final int NONE = -1;
  private static final String STAND_IN = "portcullis_n_";

  private final List<Item> items = new ArrayList<>();
  private final List<Integer> lockedTables = new ArrayList<>();
  private final List<Range> deferred = new ArrayList<>();
  private final Set<RelationName> sequences = new LinkedHashSet<>();

  /** Where the last comparison of the expression being printed stands. */
  private int comparison = NONE;

  /** The same, of the expressions around it. */
  private final Deque<Integer> outer = new ArrayDeque<>();

  private boolean hidesColumns;
  private final Map<String, String> standIns = new HashMap<>();
  private final Map<String, String> realNames = new HashMap<>();

  enum ItemKind {
    WORD,
    NAME,
    LITERAL,
    MARK
  }

  /**
   * @param text as the parser sees it
   * @param name the identifier itself, for a NAME; else the text
   * @param token of the statement, for a NAME; else -1
   */
  record Item(ItemKind kind, String text, String name, int token) {
    Item(ItemKind kind, String text) {
      this(kind, text, text, -1);
    }

    boolean isWord(String word) {
      return kind == ItemKind.WORD && text.equals(word);
    }

    boolean isMark(String mark) {
      return kind == ItemKind.MARK && text.equals(mark);
    }
  }

  /** Tokens {@code from} up to, but not including, {@code to}. */
  record Range(int from, int to) {}

  /** An expression in a place where the parser has none: to be read by itself. */
  void deferred(int from, int to) {
    deferred.add(new Range(from, to));
  }

  List<Range> deferred() {
    return deferred;
  }

  /** Something was printed otherwise than it is used: nothing is known about columns. */
  void hidesColumns() {
    hidesColumns = true;
  }

  boolean isHidingColumns() {
    return hidesColumns;
  }

  /** A sequence from which a value is taken; it is among the items like a table that is read. */
  void sequence(RelationName sequence) {
    sequences.add(sequence);
  }

  Set<RelationName> sequences() {
    return sequences;
  }

  /** {@code database.table} behind FOR UPDATE OF, which is not among the items. */
  void lockedTable(int token) {
    lockedTables.add(token);
  }

  List<Integer> lockedTables() {
    return lockedTables;
  }

  List<Item> items() {
    return items;
  }

  void word(String upperCase) {
    switch (upperCase) {
      case "IN", "LIKE", "BETWEEN" -> {
        joinComparison();
        comparison = NONE;
      }
      case "NOT", "NULL", "TRUE", "FALSE", Canonicalizer.FUNCTION -> {
        // may stand between two comparisons of one chain
      }
      default -> comparison = NONE;
    }
    items.add(new Item(ItemKind.WORD, upperCase));
  }

  void mark(String mark) {
    switch (mark) {
      case "(" -> {
        outer.push(comparison);
        comparison = NONE;
      }
      case ")" -> comparison = outer.isEmpty() ? NONE : outer.pop();
      case "," -> comparison = NONE;
      case "=", "<", ">", "<=", ">=", "<>" -> {
        joinComparison();
        comparison = items.size();
      }
      default -> {
        // arithmetic
      }
    }
    items.add(new Item(ItemKind.MARK, mark));
  }

  /**
   * The parser knows no {@code a = b = c}, nor {@code a = b IN (c)}: the first operator of the two
   * is as good as a sum.
   */
  private void joinComparison() {
    if (comparison != NONE) {
      items.set(comparison, new Item(ItemKind.MARK, "+"));
    }
  }

  boolean endsWithSign() {
    Item last = items.isEmpty() ? null : items.get(items.size() - 1);
    return last != null && (last.isMark("-") || last.isMark("+"));
  }

  boolean endsWithWord(String word) {
    return !items.isEmpty() && items.get(items.size() - 1).isWord(word);
  }

  /** A constant that may be part of something larger. */
  void literal(String text) {
    items.add(new Item(ItemKind.LITERAL, text));
  }

  /**
   * A constant that is all there is between two commas: in a list of constants, however long, the
   * first stands for the rest.
   */
  void element(String text) {
    int last = items.size() - 1;
    if (last > 0 && items.get(last).isMark(",") && items.get(last - 1).kind() == ItemKind.LITERAL) {
      items.remove(last);
    } else {
      literal(text);
    }
  }

  void name(String identifier, int token) {
    String shown = identifier;
    if (!isPlain(identifier)) {
      shown = standIns.computeIfAbsent(identifier, key -> STAND_IN + standIns.size());
      realNames.put(shown, identifier);
    }
    items.add(new Item(ItemKind.NAME, '`' + shown + '`', identifier, token));
  }

  /** The identifier behind a name as the parser gives it back. */
  String realName(String fromParser) {
    String bare = fromParser;
    if (bare.length() >= 2 && bare.charAt(0) == '`' && bare.charAt(bare.length() - 1) == '`') {
      bare = bare.substring(1, bare.length() - 1);
    }
    return realNames.getOrDefault(bare, bare);
  }

  String text() {
    StringBuilder text = new StringBuilder(items.size() * 6);
    for (Item item : items) {
      if (text.length() > 0) {
        text.append(' ');
      }
      text.append(item.text());
    }
    return text.toString();
  }

  /** Where each of these items, given in ascending order, begins in the text. */
  Set<Integer> offsets(List<Integer> chosen) {
    return new HashSet<>(offsetOf(chosen).values());
  }

  /** The same, by the item. */
  Map<Integer, Integer> offsetOf(List<Integer> chosen) {
    Map<Integer, Integer> offsets = new HashMap<>();
    int offset = 0;
    int next = 0;
    for (int i = 0; i < items.size() && next < chosen.size(); i++) {
      if (chosen.get(next) == i) {
        offsets.put(i, offset);
        next++;
      }
      offset += items.get(i).text().length() + 1;
    }
    return offsets;
  }

  private static boolean isPlain(String identifier) {
    if (identifier.startsWith(STAND_IN)) {
      return false;
    }
    for (int i = 0; i < identifier.length(); i++) {
      char c = identifier.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !identifier.isEmpty();
  }
}
