package io.portcullis.sql.parser.jsql;

import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.parser.BuiltinFunctions;
import io.portcullis.sql.parser.QueryReader.QueryReading;
import io.portcullis.sql.parser.QueryReader.Source;
import io.portcullis.sql.parser.StatementRefused;
import io.portcullis.sql.text.PolicyReason;
import io.portcullis.sql.text.Span;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.BinaryExpression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.operators.arithmetic.Addition;
import net.sf.jsqlparser.expression.operators.arithmetic.Subtraction;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.conditional.OrExpression;
import net.sf.jsqlparser.parser.Node;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.AllTableColumns;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.LateralSubSelect;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.WithItem;
import org.jspecify.annotations.Nullable;

/**
 * Walks the whole tree of a canonical query: every field of every node, so that no clause can be
 * forgotten, and only nodes of classes in {@link NodeClasses#VISITED}. Knows the scopes of common
 * table expressions; where servers differ, the name counts as a table. Used once.
 */
final class TreeReader {
  private static final ClassValue<List<Field>> FIELDS =
      new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
          return fieldsOf(type);
        }
      };

  private final CanonicalQuery query;
  private final Span span;
  private final List<Source> sources = new ArrayList<>();
  private final Set<Table> outermost = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<RelationName> others = new LinkedHashSet<>();
  private final Set<RelationName> functions = new LinkedHashSet<>();
  private final List<RelationName> positions = new ArrayList<>();
  private final Set<Integer> places = new HashSet<>();
  private final Set<Integer> common = new HashSet<>();
  private final Set<Integer> qualified = new HashSet<>();
  private Set<String> commonTables = Set.of();
  private int selects;

  TreeReader(CanonicalQuery query, Span span) {
    this.query = query;
    this.span = span;
  }

  QueryReading read(Select root) {
    Select outer = root;
    if (outer instanceof PlainSelect plain) {
      collectOutermost(plain);
    }
    walk(root);
    return new QueryReading(
        sources, List.copyOf(others), List.copyOf(functions), List.copyOf(query.sequences()));
  }

  /** Every name that stands where a table can stand, common table expressions included. */
  List<RelationName> positions() {
    return positions;
  }

  /** Where in the canonical text a table begins whose name has a database before it. */
  Set<Integer> qualified() {
    return qualified;
  }

  /** Where in the canonical text the name of a table begins, -1 where it is not known. */
  Set<Integer> places() {
    return places;
  }

  /** Those of them that are common table expressions. */
  Set<Integer> common() {
    return common;
  }

  int selects() {
    return selects;
  }

  private void collectOutermost(PlainSelect select) {
    fromItem(select.getFromItem());
    joins(select.getJoins());
  }

  private void joins(@Nullable List<Join> joins) {
    if (joins != null) {
      for (Join join : joins) {
        fromItem(join.getFromItem());
      }
    }
  }

  private void fromItem(@Nullable FromItem item) {
    if (item instanceof Table table) {
      outermost.add(table);
    } else if (item instanceof ParenthesedFromItem inner) {
      fromItem(inner.getFromItem());
      joins(inner.getJoins());
    } else if (item instanceof ParenthesedSelect derived && derived.getAlias() != null) {
      sources.add(new Source(Optional.empty(), query.realName(derived.getAlias().getName())));
    }
  }

  /** Long chains of operators hang to the left: walked without recursion. */
  private void walk(@Nullable Object root) {
    Object node = root;
    while (node instanceof AndExpression
        || node instanceof OrExpression
        || node instanceof Addition
        || node instanceof Subtraction) {
      BinaryExpression operator = (BinaryExpression) node;
      walk(operator.getRightExpression());
      node = operator.getLeftExpression();
    }
    walkOne(node);
  }

  private void walkOne(@Nullable Object node) {
    if (node == null || node instanceof String || node instanceof Enum<?>) {
      return;
    }
    if (node instanceof Iterable<?> several) {
      if (NodeClasses.isParsers(node.getClass())) {
        check(node);
      }
      for (Object one : several) {
        walk(one);
      }
      if (!NodeClasses.isParsers(node.getClass())) {
        return;
      }
    }
    if (node instanceof Map<?, ?> map) {
      walk(map.keySet());
      walk(map.values());
      return;
    }
    Class<?> type = node.getClass();
    if (!NodeClasses.isParsers(type)) {
      if (type.isArray()) {
        throw refused("an array in " + type.getSimpleName());
      }
      if (!type.getName().startsWith("java.lang.") && !type.getName().startsWith("java.math.")) {
        throw refused(type.getName());
      }
      return;
    }
    check(node);
    if (node instanceof Table table) {
      table(table);
    } else if (node instanceof Column column) {
      if (column.getArrayConstructor() != null) {
        throw refused("an array");
      }
    } else if (node instanceof AllTableColumns || node instanceof Alias) {
      // t.* names a table that FROM names too; an alias names nothing
      return;
    } else if (node instanceof Select select) {
      select(select);
    } else {
      if (node instanceof Function function) {
        function(function);
      } else if (node instanceof AnalyticExpression call
          && !Canonicalizer.FUNCTION.equals(call.getName())) {
        throw storedFunction(call.getName());
      }
      fields(node, "");
    }
  }

  private void check(Object node) {
    if (!NodeClasses.isVisited(node.getClass())) {
      throw refused(node.getClass().getSimpleName());
    }
  }

  private void fields(Object node, String except) {
    for (Field field : FIELDS.get(node.getClass())) {
      if (!field.getName().equals(except)) {
        walk(valueOf(field, node));
      }
    }
  }

  private void select(Select select) {
    Set<String> outer = commonTables;
    List<WithItem<?>> with = select.getWithItemsList();
    if (with != null) {
      commonTables(with);
    }
    if (select instanceof PlainSelect plain) {
      selects++;
      if (plain.getIntoTables() != null && !plain.getIntoTables().isEmpty()) {
        throw refused("SELECT INTO");
      }
    }
    if (select instanceof LateralSubSelect lateral && !"LATERAL".equals(lateral.getPrefix())) {
      throw refused(String.valueOf(lateral.getPrefix()));
    }
    fields(select, "withItemsList");
    commonTables = outer;
  }

  /**
   * Brings the names of a WITH into scope, one after the other. The body of one sees those before
   * it, and itself if the WITH is RECURSIVE. There the names of a WITH further out count as tables:
   * MariaDB and MySQL look them up differently.
   */
  private void commonTables(List<WithItem<?>> with) {
    boolean recursive = with.get(0).isRecursive();
    Set<String> visible = new HashSet<>();
    Set<String> after = new HashSet<>(commonTables);
    for (WithItem<?> item : with) {
      check(item);
      String name = nameOf(item);
      if (item.getWithFunctionDeclaration() != null
          || item.getSearchClause() != null
          || item.getCycleClause() != null
          || !(item.getParenthesedStatement() instanceof ParenthesedSelect)) {
        throw refused("WITH");
      }
      if (recursive) {
        visible.add(name);
      }
      commonTables = Set.copyOf(visible);
      walk(item.getParenthesedStatement());
      visible.add(name);
      after.add(name);
    }
    commonTables = Set.copyOf(after);
  }

  private String nameOf(WithItem<?> item) {
    Alias alias = item.getAlias();
    if (alias == null) {
      throw refused("WITH");
    }
    return query.realName(alias.getName());
  }

  private void table(Table table) {
    if (table.getNameParts().size() > 2) {
      throw refused("a name of three parts");
    }
    for (Field field : FIELDS.get(Table.class)) {
      switch (field.getName()) {
        case "partItems", "partDelimiters", "alias", "resolvedTable" -> {
          // the name itself, read below
        }
        case "timeTravelStr", "timeTravelStrAfterAlias" -> {
          if (valueOf(field, table) != null) {
            throw refused("FOR SYSTEM_TIME");
          }
        }
        default -> walk(valueOf(field, table));
      }
    }
    String database = table.getSchemaName();
    RelationName relation =
        database == null
            ? RelationName.unqualified(query.realName(table.getName()))
            : RelationName.of(query.realName(database), query.realName(table.getName()));
    positions.add(relation);
    Node node = table.getASTNode();
    // the parser counts from 1
    int place = node == null ? -1 : node.jjtGetFirstToken().absoluteBegin - 1;
    places.add(place);
    if (database != null) {
      qualified.add(place);
    }
    boolean isCommon = database == null && commonTables.contains(relation.name());
    if (isCommon) {
      common.add(place);
    }
    if (outermost.contains(table)) {
      Alias alias = table.getAlias();
      sources.add(
          new Source(
              isCommon ? Optional.empty() : Optional.of(relation),
              alias == null ? relation.name() : query.realName(alias.getName())));
    } else if (!isCommon) {
      others.add(relation);
    }
  }

  private void function(Function function) {
    String name = function.getName();
    List<String> parts = function.getMultipartName();
    if (parts == null || parts.isEmpty() || parts.size() > 2) {
      throw storedFunction(name);
    }
    if (parts.size() == 2) {
      functions.add(storedFunction(query.realName(parts.get(0)), query.realName(parts.get(1))));
    } else if (!Canonicalizer.FUNCTION.equals(name)) {
      throw withoutDatabase(name);
    }
  }

  /** Written with its database it can be nothing else; but for what MariaDB calls its own. */
  private RelationName storedFunction(String database, String name) {
    if (BuiltinFunctions.isDatabaseOfThem(database)) {
      throw StatementRefused.notOffered("the function " + database + "." + name, span);
    }
    if (!name.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw StatementRefused.notOffered(
          PolicyReason.AMBIGUOUS_NAME,
          "the function " + database + "." + name,
          "its name is not of ASCII letters",
          span);
    }
    return RelationName.of(database, name);
  }

  /**
   * It may be a built-in function that is not offered, or a loadable one, whatever stored functions
   * there are.
   */
  private StatementRefused withoutDatabase(String name) {
    String real = query.realName(name);
    String stored = "a stored function is called with its database, as in d." + real + "()";
    Optional<PolicyReason> refusal = BuiltinFunctions.refusal(real);
    return refusal.isPresent()
        ? StatementRefused.notOffered(
            refusal.get(), "the function " + real, refusal.get().why() + "; " + stored, span)
        : StatementRefused.notOffered(
            PolicyReason.AMBIGUOUS_NAME, "the function " + real, stored, span);
  }

  private StatementRefused storedFunction(String name) {
    StringBuilder real = new StringBuilder();
    for (String part : name.split("\\.", -1)) {
      real.append(real.length() == 0 ? "" : ".").append(query.realName(part));
    }
    return StatementRefused.notOffered("the function " + real, span);
  }

  private StatementRefused refused(String what) {
    return StatementRefused.notUnderstood("did not understand this use of " + what, span);
  }

  private static @Nullable Object valueOf(Field field, Object node) {
    try {
      return field.get(node);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(field.toString(), e);
    }
  }

  /** All instance fields that can lead to another node, of the class and those above it. */
  private static List<Field> fieldsOf(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> c = type; c != null && NodeClasses.isParsers(c); c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        // the syntax node behind a node is the parser's own notes, with links to its parents
        boolean notes = field.getType().getName().startsWith("net.sf.jsqlparser.parser.");
        if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive() || notes) {
          continue;
        }
        try {
          field.setAccessible(true);
        } catch (InaccessibleObjectException e) {
          throw new IllegalStateException(field.toString(), e);
        }
        fields.add(field);
      }
    }
    return List.copyOf(fields);
  }
}
