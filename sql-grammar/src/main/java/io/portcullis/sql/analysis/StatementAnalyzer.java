package io.portcullis.sql.analysis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.portcullis.sql.access.ViewBody;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.MalformedStringException;
import io.portcullis.sql.parser.DynamicText;
import io.portcullis.sql.parser.QualifiedNames;
import io.portcullis.sql.parser.StatementReader;
import io.portcullis.sql.parser.StatementRefused;
import io.portcullis.sql.parser.jsql.JsqlQueryReader;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccountTemplate;
import io.portcullis.sql.statement.ExecuteText;
import io.portcullis.sql.statement.ExplainAccess;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.PolicyReason;
import io.portcullis.sql.text.Refusal;
import io.portcullis.sql.text.Span;
import io.portcullis.sql.text.StatementKey;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Turns tokens into what the statement asks for, and remembers it by the statement's key: accesses
 * and refusals alike. Safe for concurrent use. {@link #cached} is for event loops, {@link #analyze}
 * for an executor whose threads may work for milliseconds.
 */
public final class StatementAnalyzer {
  /** Keys are mostly shorter; those of very long statements must not fill the memory. */
  private static final int KEY_BYTES = 1024;

  private final StatementReader reader = new StatementReader(new JsqlQueryReader());
  private final Cache<StatementKey, AnalysisResult> cache;
  private final Cache<StatementKey, ColumnUses> columns;
  private final UnaryOperator<LexedStatement> takenFor;

  /**
   * @param maximumEntries how many statements are remembered; one with a long key counts for
   *     several
   */
  public StatementAnalyzer(long maximumEntries) {
    this(maximumEntries, UnaryOperator.identity());
  }

  /**
   * One that is blind, for the test that takes the first wall down and looks at the second: no
   * configuration leads here.
   *
   * @param takenFor the statement that is analysed in place of another
   */
  StatementAnalyzer(long maximumEntries, UnaryOperator<LexedStatement> takenFor) {
    this.takenFor = takenFor;
    if (maximumEntries < 0) {
      throw new IllegalArgumentException(
          "maximum entries: " + maximumEntries + " (expected: >= 0)");
    }
    cache =
        Caffeine.newBuilder()
            .maximumWeight(maximumEntries)
            .weigher((StatementKey key, AnalysisResult result) -> 1 + key.length() / KEY_BYTES)
            .executor(Runnable::run)
            .build();
    columns =
        Caffeine.newBuilder()
            .maximumWeight(maximumEntries)
            .weigher((StatementKey key, ColumnUses uses) -> 1 + key.length() / KEY_BYTES)
            .executor(Runnable::run)
            .build();
  }

  /** What is known about a statement; null if it has to be analysed. */
  public @Nullable AnalysisResult cached(StatementKey probe) {
    return cache.getIfPresent(probe);
  }

  /** Never throws: what cannot be analysed, for whatever reason, is refused. */
  public AnalysisResult analyze(LexedStatement statement) {
    AnalysisResult result = read(takenFor.apply(statement));
    if (isCacheable(result, statement)) {
      cache.put(statement.key(), result);
    }
    return result;
  }

  /**
   * The tables and columns a statement uses, as far as it can be read; for an executor as {@link
   * #analyze}, unless it is known. Never throws: where nothing is certain, it says so.
   */
  public ColumnUses columnUses(LexedStatement statement) {
    return columns.get(statement.key(), key -> readColumns(statement));
  }

  /** The same if it is known; null if it has to be read. */
  public @Nullable ColumnUses knownColumnUses(LexedStatement statement) {
    return columns.getIfPresent(statement.key());
  }

  private ColumnUses readColumns(LexedStatement text) {
    try {
      QualifiedNames names = new QualifiedNames(text);
      reader.read(names);
      return ColumnUses.of(names);
    } catch (StatementRefused | StackOverflowError unreadable) {
      return ColumnUses.UNKNOWN;
    } catch (RuntimeException unforeseen) {
      return ColumnUses.UNKNOWN;
    }
  }

  /**
   * What the definition of a view reads, as the server prints it. Never throws, and remembers
   * nothing; for an executor as {@link #analyze}.
   */
  public ViewReading readView(LexedStatement definition) {
    try {
      QualifiedNames names = new QualifiedNames(definition);
      ViewBody body = reader.readView(names);
      return new ViewReading.Understood(
          new ViewBody(
              body.targets(), body.others(), ColumnUses.of(names).readByTable(), body.functions()));
    } catch (StatementRefused refused) {
      return new ViewReading.NotUnderstood(refused.refusal());
    } catch (StackOverflowError tooDeep) {
      return new ViewReading.NotUnderstood(refused("it is nested too deeply").refusal());
    } catch (RuntimeException unforeseen) {
      return new ViewReading.NotUnderstood(
          refused("it could not be analysed (" + unforeseen.getClass().getSimpleName() + ")")
              .refusal());
    }
  }

  /** What the body of a stored program touches, as {@link #readView}. */
  public ProgramReading readProgram(LexedStatement definition) {
    try {
      return new ProgramReading.Understood(reader.readProgram(definition));
    } catch (StatementRefused refused) {
      return new ProgramReading.NotUnderstood(refused.refusal());
    } catch (StackOverflowError tooDeep) {
      return new ProgramReading.NotUnderstood(refused("it is nested too deeply").refusal());
    } catch (RuntimeException unforeseen) {
      return new ProgramReading.NotUnderstood(
          refused("it could not be analysed (" + unforeseen.getClass().getSimpleName() + ")")
              .refusal());
    }
  }

  private static boolean isCacheable(AnalysisResult result, LexedStatement statement) {
    if (result instanceof StatementAnalysis analysis) {
      return analysis.cacheable();
    }
    // a refused statement about users may still hold a password in its key
    return !statement.isWord(0, "CREATE")
        && !statement.isWord(0, "ALTER")
        && !statement.isWord(0, "GRANT")
        && !statement.isWord(0, "PREPARE")
        && !statement.isWord(0, "EXECUTE")
        && !statement.isWord(0, "SET")
        && !(statement.isWord(0, "EXPLAIN") && statement.isWord(1, "ACCESS"));
  }

  private AnalysisResult read(LexedStatement text) {
    try {
      QualifiedNames names = new QualifiedNames(text);
      Statement statement = reader.read(names);
      if (asksWhoInside(text)) {
        return byPolicy(
            "USER(), other functions about the session and variables of the gate in dynamic SQL");
      }
      if (names.inString().flatMap(QualifiedNames::definer).isPresent()) {
        return new AnalysisRefused(
            new Refusal(
                ErrorCode.ER_NOT_SUPPORTED_YET.error(
                    "a DEFINER other than CURRENT_USER in dynamic SQL"),
                new Span(0, 0),
                Optional.of(PolicyReason.RIGHTS_OF_ANOTHER)));
      }
      IdentityUses uses = IdentityUses.find(text);
      if (statement instanceof ExecuteText
          && !(uses.calls().isEmpty() && uses.variables().isEmpty())) {
        return byPolicy("USER() and other functions about the session behind USING");
      }
      boolean byGate =
          statement instanceof AccessControlStatement
              || statement instanceof ExplainAccess
              || isAboutAccount(statement);
      if (!uses.variables().isEmpty() && !isAnsweredInText(statement) && !byGate) {
        return byPolicy(
            "a variable of the gate in this kind of statement; SELECT and SHOW VARIABLES show it");
      }
      List<IdentityUse> identities =
          isAnsweredInText(statement)
              ? uses.calls()
              : isDefinition(statement)
                  ? uses.calls().stream().filter(use -> use.function().isAboutNames()).toList()
                  : List.of();
      Optional<IdentityFunction> misused = IdentityUses.misused(text, identities);
      boolean sent = statement instanceof ForwardStatement || statement instanceof SetVariables;
      if (sent && misused.isPresent()) {
        return byPolicy(howToCall(misused.get()));
      }
      return new StatementAnalysis(
          statement,
          !byGate,
          identities,
          isAnsweredInText(statement) ? uses.variables() : List.of(),
          DatabaseUses.of(statement, names),
          names.inString().map(inner -> DatabaseUses.of(statement, inner)),
          ViewSecurity.of(text),
          SessionUse.of(statement, text),
          WaitingCalls.of(names),
          names.definer());
    } catch (StatementRefused refused) {
      return new AnalysisRefused(refused.refusal());
    } catch (StackOverflowError tooDeep) {
      return refused("the statement is nested too deeply");
    } catch (MalformedStringException meaningless) {
      return new AnalysisRefused(new Refusal(meaningless.error(), new Span(0, 0)));
    } catch (RuntimeException unforeseen) {
      return refused(
          "the statement could not be analysed (" + unforeseen.getClass().getSimpleName() + ")");
    }
  }

  /** It may hold a password. */
  private static boolean isAboutAccount(Statement statement) {
    return statement instanceof AccountTemplate
        || (statement instanceof PrepareText prepare
            && prepare.prepared() instanceof AccountTemplate);
  }

  private static String howToCall(IdentityFunction function) {
    return function.isAboutPrivileges()
        ? "HAS_PRIVILEGE in a definition, or with other arguments than three to five strings: the"
            + " user, the privilege or 'ANY', the object type, the database, the object"
        : function + "() in a definition, or with arguments";
  }

  /** The gate's answer cannot be put into a string; the backend's would be about the gate. */
  private static boolean asksWhoInside(LexedStatement text) {
    return DynamicText.in(text)
        .map(IdentityUses::find)
        .filter(uses -> !uses.calls().isEmpty() || !uses.variables().isEmpty())
        .isPresent();
  }

  /** Not in definitions: there such a call is asked again each time the object is used. */
  private static boolean isAnsweredInText(Statement statement) {
    if (statement instanceof SetVariables) {
      return true;
    }
    return statement instanceof ForwardStatement forward
        && switch (forward.kind()) {
          case SELECT, INSERT, REPLACE, LOAD_LOCAL, UPDATE, DELETE, DO, EXPLAIN, CALL, COMPOUND ->
              true;
          default -> false;
        };
  }

  /**
   * Whether the server keeps the text and runs it later: there DATABASE() can still be told in
   * terms of itself.
   */
  private static boolean isDefinition(Statement statement) {
    return statement instanceof ForwardStatement forward
        && switch (forward.kind()) {
          case CREATE_VIEW, ALTER_VIEW, CREATE_PROGRAM, ALTER_PROGRAM -> true;
          default -> false;
        };
  }

  private static AnalysisRefused byPolicy(String what) {
    return new AnalysisRefused(
        new Refusal(
            ErrorCode.ER_NOT_SUPPORTED_YET.error(what),
            new Span(0, 0),
            Optional.of(PolicyReason.ANSWERED_BY_THE_GATE)));
  }

  private static AnalysisRefused refused(String why) {
    return new AnalysisRefused(
        new Refusal(ErrorCode.ER_NOT_SUPPORTED_YET.error(why), new Span(0, 0)));
  }
}
