package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.authz.Explanation;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.snapshot.Held;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What EXPLAIN ACCESS answers: a row for each object and one for the statement, as a table or as
 * JSON.
 *
 * @param subject who it was decided for
 * @param explanation empty when there was nothing to decide by privileges
 * @param verdict on the statement
 * @param because what there is to say about the statement as a whole
 * @param forwarded what the backend would get
 */
public record AccessReport(
    Subject subject,
    CatalogState state,
    Optional<Explanation> explanation,
    Verdict verdict,
    String because,
    Optional<SqlError> error,
    Optional<String> forwarded) {

  /** What would become of the statement. */
  public enum Verdict {
    ALLOWED("allowed"),
    DENIED("denied"),
    /** By the gate, whoever asks. */
    REFUSED("refused"),
    /** Decided when it is executed, by the gate itself. */
    ANSWERED_BY_THE_GATE("answered by the gate");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }
  }

  private static final String NONE = "NONE";
  private static final String DIRECTLY = " (directly)";

  private static final List<String> COLUMNS =
      List.of("object_kind", "object", "privilege", "verdict", "path", "forwarded");

  /**
   * @param forwarded what the backend gets if it is permitted
   */
  public static AccessReport of(Explanation explanation, String forwarded) {
    Optional<SqlError> error =
        explanation.decision() instanceof Decision.Denied denied
            ? Optional.of(denied.error())
            : Optional.empty();
    boolean allowed = explanation.decision() instanceof Decision.Allowed;
    String because =
        error
            .map(AccessReport::text)
            .orElse(explanation.lines().isEmpty() ? "touches nothing" : "");
    return new AccessReport(
        explanation.subject().subject(),
        explanation.subject().snapshot().state(),
        Optional.of(explanation),
        allowed ? Verdict.ALLOWED : Verdict.DENIED,
        because,
        error,
        allowed ? Optional.of(forwarded) : Optional.empty());
  }

  /** Of a statement that is not forwarded whoever sends it. */
  public static AccessReport refused(Subject subject, CatalogState state, SqlError error) {
    return new AccessReport(
        subject,
        state,
        Optional.empty(),
        Verdict.REFUSED,
        text(error),
        Optional.of(error),
        Optional.empty());
  }

  /** Of a statement about users, roles and grants and the like. */
  public static AccessReport answeredByTheGate(Subject subject, CatalogState state) {
    return new AccessReport(
        subject,
        state,
        Optional.empty(),
        Verdict.ANSWERED_BY_THE_GATE,
        "decided when it is executed; nothing is forwarded",
        Optional.empty(),
        Optional.empty());
  }

  private static String text(SqlError error) {
    return "error " + error.code().errno() + ": " + error.message();
  }

  public DclResult.Rows rows() {
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (Explanation.Line line : lines()) {
      rows.add(
          row(
              kind(line),
              object(line),
              line.privileges(),
              verdict(line),
              String.join("; ", reasons(line)),
              null));
    }
    rows.add(row("STATEMENT", asked(), "", verdict.text, because, forwarded.orElse(null)));
    return new DclResult.Rows(COLUMNS, rows);
  }

  /** For whom, in the words of EXPLAIN ACCESS FOR. */
  private String asked() {
    String secondary = secondaryRoles();
    return Texts.identifier(subject.userName())
        + " AS ROLE "
        + Texts.identifier(roleName(subject.primary()))
        + (secondary.equals(NONE) ? "" : " SECONDARY " + secondary);
  }

  private String secondaryRoles() {
    SecondaryRoles secondary = subject.secondary();
    if (secondary.all()) {
      return "ALL";
    }
    return secondary.isNone()
        ? NONE
        : secondary.roles().stream()
            .map(role -> Texts.identifier(roleName(role)))
            .collect(Collectors.joining(","));
  }

  private static List<@Nullable String> row(@Nullable String... values) {
    return Arrays.asList(values);
  }

  /** One row of one column, as EXPLAIN FORMAT=JSON has it. */
  public DclResult.Rows json() {
    Json json = new Json().begin();
    json.string("user", subject.userName());
    json.string("role", roleName(subject.primary()));
    json.string("secondary_roles", secondaryRoles());
    json.string("verdict", verdict.text);
    json.string("because", because);
    error.ifPresent(
        e ->
            json.beginObject("error")
                .number("errno", e.code().errno())
                .string("sqlstate", e.code().sqlState())
                .string("message", e.message())
                .end());
    json.beginArray("objects");
    for (Explanation.Line line : lines()) {
      json.begin()
          .string("kind", kind(line))
          .string("object", object(line))
          .string("privilege", line.privileges())
          .string("verdict", verdict(line))
          .beginArray("path");
      line.proofs().forEach(proof -> json.value(path(proof)));
      json.endArray().beginArray("because");
      line.freeBecause().ifPresent(json::value);
      line.error().ifPresent(e -> json.value(text(e)));
      json.endArray().beginArray("help");
      line.hints().forEach(json::value);
      json.endArray().end();
    }
    json.endArray();
    json.string("forwarded", forwarded.orElse(null)).end();
    return new DclResult.Rows(List.of("EXPLAIN"), List.of(List.of(json.text())));
  }

  private List<Explanation.Line> lines() {
    return explanation.map(Explanation::lines).orElse(List.of());
  }

  private static String kind(Explanation.Line line) {
    return line.kinds().isEmpty()
        ? "DATABASE"
        : line.kinds().stream().map(Enum::name).collect(Collectors.joining(" or "));
  }

  private static String object(Explanation.Line line) {
    if (line.access().object() instanceof RelationName relation) {
      return relation.database().isCurrent()
          ? Texts.identifier(relation.name())
          : Texts.identifier(relation.database().name()) + "." + Texts.identifier(relation.name());
    }
    DatabaseName database = (DatabaseName) line.access().object();
    return database.isCurrent() ? "" : Texts.identifier(database.name());
  }

  private static String verdict(Explanation.Line line) {
    return (line.isAllowed() ? Verdict.ALLOWED : Verdict.DENIED).text;
  }

  /** What permits it, or what would. */
  private List<String> reasons(Explanation.Line line) {
    List<String> reasons = new ArrayList<>();
    line.freeBecause().ifPresent(reasons::add);
    line.proofs().forEach(proof -> reasons.add(path(proof)));
    reasons.addAll(line.hints());
    if (reasons.isEmpty()) {
      line.error().map(AccessReport::text).ifPresent(reasons::add);
    }
    return reasons;
  }

  private String path(Explanation.Proof proof) {
    return path(state, subject.userName(), proof.path()) + ": " + source(state, proof.held());
  }

  /**
   * {@code joe -> clerk -> analyst}; {@code joe (directly)} for what is granted to joe and not to a
   * role: there is no blank in a user's name.
   */
  static String path(CatalogState state, String user, List<RoleId> roles) {
    StringBuilder path = new StringBuilder(user);
    for (RoleId id : roles) {
      Role role = state.role(id).orElseThrow(() -> new IllegalStateException("no role " + id));
      path.append(role.isPrivate() ? DIRECTLY : " -> " + role.name());
    }
    return path.toString();
  }

  static String source(CatalogState state, Held held) {
    String level = Texts.level(state, held.level());
    return held.asOwner()
        ? "OWNER OF " + level
        : "GRANT " + Texts.privilege(held.privilege(), held.level()) + " ON " + level;
  }

  private String roleName(RoleId role) {
    return state.role(role).map(Role::name).orElse("");
  }
}
