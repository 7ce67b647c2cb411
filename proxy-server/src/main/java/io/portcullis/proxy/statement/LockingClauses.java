package io.portcullis.proxy.statement;

import io.portcullis.sql.analysis.ColumnUses;
import io.portcullis.sql.lexer.LexedStatement;
import java.util.Optional;

/**
 * FOR UPDATE, FOR SHARE and LOCK IN SHARE MODE. No server lets one reach into a derived table: what
 * is to be locked there has to say so itself.
 */
final class LockingClauses {

  private final LexedStatement text;

  LockingClauses(LexedStatement text) {
    this.text = text;
  }

  /**
   * The clause that locks what the query around it reads of a table, as it is to stand in the query
   * of a derived table; empty where nothing does.
   */
  Optional<String> of(ColumnUses.Table site) {
    QueryBlock query = QueryBlock.around(text, site.firstToken());
    Optional<String> found = Optional.empty();
    for (int i = 0; i < text.size(); i++) {
      int behind = behindStrength(i);
      if (behind > i) {
        QueryBlock locked = QueryBlock.around(text, i);
        if (!locked.isOneSelect()) {
          throw Unsecurable.because(
              "a locking clause behind more than one SELECT (write it into the parentheses of each"
                  + " that is to lock)");
        }
        if (locked.equals(query) && locks(behind, site)) {
          if (text.isWord(behind, "OF")) {
            throw Unsecurable.because(
                "a locking clause OF it (without OF, it locks what is seen of every table)");
          }
          if (found.isPresent()) {
            throw Unsecurable.because("a query with several locking clauses (one is enough)");
          }
          found = Optional.of(text.source(i, behindWait(behind)));
        }
      }
    }
    return found;
  }

  /** Whether there is no OF, or the table in it. */
  private boolean locks(int of, ColumnUses.Table site) {
    boolean named = !text.isWord(of, "OF");
    for (int at = of + 1; !named && at < text.size(); at += 2) {
      named = ColumnPlan.mayBe(text.value(at), site.exposedName());
      if (!text.isPunctuation(at + 1, ",") && !text.isPunctuation(at + 1, ".")) {
        break;
      }
    }
    return named;
  }

  /** Where the locking clause of a query begins; else its end. */
  static int find(QueryBlock query) {
    LexedStatement text = query.text();
    int at = query.find(query.begin(), "FOR", "LOCK");
    while (at < query.end() && new LockingClauses(text).behindStrength(at) == at) {
      at = query.find(at + 1, "FOR", "LOCK");
    }
    return at;
  }

  /** Behind the words that begin such a clause; the token itself where none begins. */
  private int behindStrength(int i) {
    boolean forOne =
        text.isWord(i, "FOR") && (text.isWord(i + 1, "UPDATE") || text.isWord(i + 1, "SHARE"));
    boolean shareMode =
        text.isWord(i, "LOCK") && text.isWord(i + 1, "IN") && text.isWord(i + 2, "SHARE");
    return forOne ? i + 2 : shareMode ? i + 4 : i;
  }

  private int behindWait(int i) {
    if (text.isWord(i, "NOWAIT")) {
      return i + 1;
    }
    boolean two =
        text.isWord(i, "SKIP") && text.isWord(i + 1, "LOCKED")
            || text.isWord(i, "WAIT") && i + 1 < text.size();
    return two ? i + 2 : i;
  }
}
