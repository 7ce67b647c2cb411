package io.portcullis.it.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the words of a statement down as nobody would: odd white space and comments between them,
 * some of them inside executable comments.
 */
final class Spelling {

  /** A blank that belongs to a literal or a name, not one between words. */
  static final char BLANK = '\u0001';

  private static final List<String> GAPS =
      List.of(
          " ",
          "  ",
          "\t",
          "\n",
          "\r\n",
          "\n\n\n",
          "\u000b",
          "\f",
          " /**/ ",
          "/* x */",
          "/* ' */",
          "/* \" */",
          "/* ` */",
          "/*!*/",
          "/* /* */",
          "-- ' \n",
          "--\n",
          "-- */\n",
          "#\"\n",
          "# /*\n",
          "\ngo\n",
          "\n/**/\n",
          " /*!99999 nothing */ ",
          "/*M!*/",
          "/*+ x */",
          "/***/",
          "/*-- */");

  /** Some of these are code on one server and a comment on the other; each server says which. */
  private static final List<String> OPENINGS =
      List.of(
          "/*!",
          "/*! ",
          "/*!50000 ",
          "/*!50000",
          "/*!40101 ",
          "/*!80000 ",
          "/*!90000 ",
          "/*!99999 ",
          "/*M! ",
          "/*M!100100 ",
          "/*!100100 ",
          "/*!100508 ",
          "/*!110000 ",
          "/*!080000 ",
          "/*!999999 ",
          "/*!00000 ",
          "/*!5000 ",
          "/*M!50000 ",
          "/*M!999999 ");

  private Spelling() {}

  /**
   * @param words separated by single blanks
   * @param hostile in how many of a hundred gaps something else than a blank stands
   */
  static String of(String words, Dice dice, int hostile) {
    List<String> parts = new ArrayList<>(Arrays.asList(words.trim().split(" +", -1)));
    if (hostile > 0 && dice.chance(25)) {
      int from = dice.below(parts.size());
      int to = from + 1 + dice.below(Math.min(12, parts.size() - from));
      parts.set(from, dice.one(OPENINGS) + parts.get(from));
      parts.set(to - 1, parts.get(to - 1) + " */");
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      if (i > 0) {
        text.append(gap(parts.get(i - 1), part, dice, hostile));
      }
      text.append(part);
    }
    if (hostile > 0 && dice.chance(2)) {
      text.insert(
          dice.below(text.length()), dice.one("\0", "\u00a0", "\u2028", "\u00ad", ";", "\\"));
    }
    return text.toString().replace(BLANK, ' ');
  }

  private static String gap(String before, String after, Dice dice, int hostile) {
    if (!dice.chance(hostile)) {
      return " ";
    }
    boolean glue =
        dice.chance(50)
            && !(isNameLike(before.charAt(before.length() - 1)) && isNameLike(after.charAt(0)));
    return glue ? "" : dice.one(GAPS);
  }

  private static boolean isNameLike(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '@' || c == '.';
  }
}
