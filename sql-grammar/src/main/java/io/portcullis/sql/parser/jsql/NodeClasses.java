package io.portcullis.sql.parser.jsql;

import java.util.Set;

/**
 * Which of JSqlParser's node classes may occur in the tree of a canonical query. A class that is in
 * neither list is refused like one that is; the lists exist so that a new version of the parser is
 * looked at by a person.
 */
final class NodeClasses {
  private static final String ROOT = "net.sf.jsqlparser.";

  /** Visited by {@link TreeReader}: every field, or as it says there. */
  static final Set<String> VISITED =
      Set.of(
          // queries
          "statement.select.PlainSelect",
          "statement.select.ParenthesedSelect",
          "statement.select.LateralSubSelect",
          "statement.select.SetOperationList",
          "statement.select.Values",
          "statement.select.TableStatement",
          "statement.select.WithItem",
          "statement.select.UnionOp",
          "statement.select.ExceptOp",
          "statement.select.IntersectOp",
          "statement.select.SelectItem",
          "statement.select.AllColumns",
          "statement.select.AllTableColumns",
          "statement.select.Distinct",
          "statement.select.Join",
          "statement.select.ParenthesedFromItem",
          "statement.select.GroupByElement",
          "statement.select.OrderByElement",
          "statement.select.Limit",
          "statement.select.Offset",
          "statement.select.Fetch",
          "schema.Table",
          "schema.Column",
          "expression.Alias",
          "expression.Alias$AliasColumn",
          // calls
          "expression.Function",
          "expression.AnalyticExpression",
          "expression.WindowDefinition",
          "expression.WindowElement",
          "expression.WindowOffset",
          "expression.WindowRange",
          "expression.PartitionByClause",
          "expression.OrderByClause",
          // expressions
          "expression.LongValue",
          "expression.StringValue",
          "expression.NullValue",
          "expression.BooleanValue",
          "expression.JdbcParameter",
          "expression.SignedExpression",
          "expression.NotExpression",
          "expression.CaseExpression",
          "expression.WhenClause",
          "expression.AnyComparisonExpression",
          "expression.Parenthesis",
          "expression.RowConstructor",
          "expression.operators.arithmetic.Addition",
          "expression.operators.arithmetic.Subtraction",
          "expression.operators.arithmetic.Multiplication",
          "expression.operators.conditional.AndExpression",
          "expression.operators.conditional.OrExpression",
          "expression.operators.relational.Between",
          "expression.operators.relational.EqualsTo",
          "expression.operators.relational.NotEqualsTo",
          "expression.operators.relational.GreaterThan",
          "expression.operators.relational.GreaterThanEquals",
          "expression.operators.relational.MinorThan",
          "expression.operators.relational.MinorThanEquals",
          "expression.operators.relational.ExistsExpression",
          "expression.operators.relational.ExpressionList",
          "expression.operators.relational.ParenthesedExpressionList",
          "expression.operators.relational.InExpression",
          "expression.operators.relational.IsBooleanExpression",
          "expression.operators.relational.IsNullExpression",
          "expression.operators.relational.IsUnknownExpression",
          "expression.operators.relational.LikeExpression");

  private NodeClasses() {}

  /** The name without the parser's root package; null for a class that is not the parser's. */
  static boolean isParsers(Class<?> type) {
    return type.getName().startsWith(ROOT);
  }

  static boolean isVisited(Class<?> type) {
    return VISITED.contains(type.getName().substring(ROOT.length()));
  }
}
