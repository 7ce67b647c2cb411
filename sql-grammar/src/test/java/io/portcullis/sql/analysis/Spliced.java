package io.portcullis.sql.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.CatalogEffect.ColumnsChanged;
import io.portcullis.sql.access.CatalogEffect.DatabaseCreated;
import io.portcullis.sql.access.CatalogEffect.DatabaseDropped;
import io.portcullis.sql.access.CatalogEffect.ProgramAltered;
import io.portcullis.sql.access.CatalogEffect.ProgramDropped;
import io.portcullis.sql.access.CatalogEffect.RelationCreated;
import io.portcullis.sql.access.CatalogEffect.RelationDropped;
import io.portcullis.sql.access.CatalogEffect.RelationRenamed;
import io.portcullis.sql.access.CatalogEffect.TemporaryTableCreated;
import io.portcullis.sql.access.CatalogEffect.TemporaryTableDropped;
import io.portcullis.sql.access.CatalogEffect.ViewRedefined;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.ObjectName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.parser.DynamicText;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.UseStatement;
import io.portcullis.sql.text.LexicalMode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Puts another name in the place of every database a statement was found to name, and analyses what
 * comes out: it has to say the same of the other names, and nothing may be left of the first ones.
 */
final class Spliced {
  private static final String PREFIX = "tenant$";

  private Spliced() {}

  /**
   * @return whether the statement could be spliced: it was understood, and its names were complete
   */
  static boolean saysTheSame(String text, LexicalMode mode) {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int count = lexer.lex(bytes, 0, bytes.length, mode);
    boolean all = count > 0;
    for (int i = 0; i < count; i++) {
      LexedStatement lexed = lexer.statement(i);
      all &= saysTheSame(bytes, lexer.begin(i), lexer.end(i), lexed);
    }
    return all;
  }

  private static boolean saysTheSame(byte[] bytes, int begin, int end, LexedStatement lexed) {
    AnalysisResult result = new StatementAnalyzer(0).analyze(lexed);
    if (!(result instanceof StatementAnalysis analysis)
        || analysis.statement() instanceof AccessControlStatement) {
      return false;
    }
    analysis.databasesInString().ifPresent(uses -> insideSaysTheSame(lexed, uses));
    DatabaseUses uses = analysis.databases();
    int last = -1;
    for (int token : uses.tokens().toArray()) {
      assertThat(token).isGreaterThan(last).isLessThan(lexed.size());
      assertThat(lexed.kind(token)).isIn(TokenKind.WORD, TokenKind.QUOTED_IDENTIFIER);
      last = token;
    }
    if (!uses.isComplete()) {
      return false;
    }
    for (boolean quoted : new boolean[] {false, true}) {
      String spliced = splice(bytes, begin, end, lexed, uses, quoted);
      LexedStatement again = Analysed.lexed(spliced, lexed.mode());
      AnalysisResult other = new StatementAnalyzer(0).analyze(again);
      assertThat(other).as(spliced).isInstanceOf(StatementAnalysis.class);
      StatementAnalysis second = (StatementAnalysis) other;
      assertThat(second.statement()).as(spliced).isEqualTo(renamed(analysis.statement()));
      assertThat(second.databases().isComplete()).as(spliced).isTrue();
      assertThat(second.databases().tokens().toArray())
          .as(spliced)
          .isEqualTo(uses.tokens().toArray());
      assertThat(second.identities()).as(spliced).isEqualTo(analysis.identities());
      assertThat(second.databases().tokens().mapToObj(again::value))
          .as(spliced)
          .allMatch(name -> name.startsWith(PREFIX));
    }
    return true;
  }

  private static void insideSaysTheSame(LexedStatement outer, DatabaseUses uses) {
    LexedStatement inner = DynamicText.in(outer).orElseThrow();
    String text = inner.source(0, inner.size());
    StatementAnalysis alone = (StatementAnalysis) Analysed.analyse(text, inner.mode());
    assertThat(alone.databases().tokens().toArray()).isEqualTo(uses.tokens().toArray());
    assertThat(alone.databases().isComplete()).isEqualTo(uses.isComplete());
  }

  private static String splice(
      byte[] bytes, int begin, int end, LexedStatement lexed, DatabaseUses uses, boolean quoted) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int from = begin;
    for (int token : uses.tokens().toArray()) {
      int to = begin + lexed.span(token).begin();
      out.write(bytes, from, to - from);
      String name = name(lexed, token, quoted);
      out.writeBytes(name.getBytes(lexed.mode().charset().java()));
      from = begin + lexed.span(token).end();
    }
    out.write(bytes, from, end - from);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String name(LexedStatement lexed, int token, boolean quoted) {
    String written = lexed.text(token);
    boolean wasQuoted = written.startsWith("`") || written.startsWith("\"");
    // behind a quoted name, a dot and a digit begin a number
    boolean number = token + 2 < lexed.size() && Character.isDigit(lexed.text(token + 2).charAt(0));
    return (quoted && !number) || wasQuoted
        ? '`' + PREFIX + lexed.value(token).replace("`", "``") + '`'
        : PREFIX + written;
  }

  // ---------------------------------------------------------------- what it has to say then

  private static Statement renamed(Statement statement) {
    if (statement instanceof ForwardStatement forward) {
      return new ForwardStatement(
          forward.kind(),
          forward.accesses().stream().map(Spliced::renamed).toList(),
          forward.effects().stream().map(Spliced::renamed).toList());
    }
    if (statement instanceof SetVariables set) {
      return new SetVariables(
          set.accesses().stream().map(Spliced::renamed).toList(),
          set.touchesLexicalMode(),
          set.repetition());
    }
    if (statement instanceof UseStatement use) {
      return new UseStatement(PREFIX + use.database());
    }
    if (statement instanceof PrepareText prepare) {
      return new PrepareText(prepare.name(), renamed(prepare.prepared()));
    }
    return statement;
  }

  private static AccessRequest renamed(AccessRequest access) {
    ObjectName object = access.object();
    return new AccessRequest(
        access.kind(),
        object instanceof RelationName relation
            ? renamed(relation)
            : renamed((DatabaseName) object));
  }

  private static RelationName renamed(RelationName relation) {
    return new RelationName(renamed(relation.database()), relation.name());
  }

  private static DatabaseName renamed(DatabaseName database) {
    return database.isCurrent() ? database : new DatabaseName(PREFIX + database.name());
  }

  private static CatalogEffect renamed(CatalogEffect effect) {
    if (effect instanceof DatabaseCreated created) {
      return new DatabaseCreated(renamed(created.database()), created.certain());
    }
    if (effect instanceof DatabaseDropped dropped) {
      return new DatabaseDropped(renamed(dropped.database()));
    }
    if (effect instanceof RelationCreated created) {
      return new RelationCreated(renamed(created.relation()), created.kind(), created.certain());
    }
    if (effect instanceof RelationDropped dropped) {
      return new RelationDropped(renamed(dropped.relation()));
    }
    if (effect instanceof RelationRenamed renamed) {
      return new RelationRenamed(renamed(renamed.from()), renamed(renamed.to()));
    }
    if (effect instanceof ColumnsChanged changed) {
      return new ColumnsChanged(renamed(changed.table()), changed.gone(), changed.renamed());
    }
    if (effect instanceof ViewRedefined redefined) {
      return new ViewRedefined(renamed(redefined.view()));
    }
    if (effect instanceof ProgramDropped dropped) {
      return new ProgramDropped(dropped.kind(), renamed(dropped.program()));
    }
    if (effect instanceof ProgramAltered altered) {
      return new ProgramAltered(renamed(altered.program()));
    }
    if (effect instanceof TemporaryTableCreated created) {
      return new TemporaryTableCreated(renamed(created.relation()));
    }
    if (effect instanceof TemporaryTableDropped dropped) {
      return new TemporaryTableDropped(renamed(dropped.relation()));
    }
    throw new AssertionError(effect);
  }
}
