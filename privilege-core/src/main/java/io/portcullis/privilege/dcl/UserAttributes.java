package io.portcullis.privilege.dcl;

import io.portcullis.privilege.model.User;
import io.portcullis.sql.statement.AccessControlStatement.UserAttribute;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What COMMENT and ATTRIBUTE say about a user, by the rules of MySQL 8.0.21: one JSON object,
 * merged key by key, where null removes a key; a comment is its key {@code comment} (PM 5.3). The
 * comment is kept beside the object, as text.
 */
final class UserAttributes {

  private static final String COMMENT = "comment";

  /** Every snapshot holds the attributes of every user. */
  private static final int MAX_LENGTH = 65_535;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private UserAttributes() {}

  /** The user with the change, or why not. */
  record Changed(User user, Optional<SqlError> error) {}

  static Changed change(User user, Optional<UserAttribute> change) {
    if (change.isEmpty()) {
      return new Changed(user, Optional.empty());
    }
    UserAttribute attribute = change.get();
    if (attribute instanceof UserAttribute.Comment comment) {
      return bounded(user, Optional.of(comment.text()), user.attributes());
    } else if (attribute instanceof UserAttribute.Json json) {
      Optional<ObjectNode> patch = object(json.text());
      if (patch.isEmpty()) {
        return new Changed(user, Optional.of(ErrorCode.ER_INVALID_USER_ATTRIBUTE_JSON.error()));
      }
      ObjectNode merged = all(user);
      merge(merged, patch.get());
      JsonNode comment = merged.remove(COMMENT);
      Optional<String> text =
          Optional.ofNullable(comment)
              .map(value -> value.isString() ? value.stringValue() : value.toString());
      return bounded(user, text, merged.toString());
    }
    throw new AssertionError(attribute);
  }

  private static Changed bounded(User user, Optional<String> comment, String attributes) {
    return attributes.length() + comment.map(String::length).orElse(0) > MAX_LENGTH
        ? new Changed(
            user,
            Optional.of(
                ErrorCode.ER_WRONG_STRING_LENGTH.error("...", "user attribute", MAX_LENGTH)))
        : new Changed(user.withAttributes(comment, attributes), Optional.empty());
  }

  /** The whole object as it is shown; empty when nothing is known. */
  static Optional<String> text(User user) {
    return user.comment().isEmpty() && user.attributes().equals(User.NO_ATTRIBUTES)
        ? Optional.empty()
        : Optional.of(all(user).toString());
  }

  /** One of them, as text; empty when it is not there. */
  static Optional<String> value(User user, String key) {
    return object(user.attributes())
        .map(all -> all.get(key))
        .filter(value -> !value.isNull())
        .map(value -> value.isString() ? value.stringValue() : value.toString());
  }

  private static ObjectNode all(User user) {
    ObjectNode all =
        object(user.attributes())
            .orElseThrow(() -> new IllegalStateException("attributes of " + user.id()));
    user.comment().ifPresent(comment -> all.put(COMMENT, comment));
    return all;
  }

  private static Optional<ObjectNode> object(String text) {
    try {
      return JSON.readTree(text) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** As JSON_MERGE_PATCH does. */
  private static void merge(ObjectNode into, ObjectNode patch) {
    for (Map.Entry<String, JsonNode> entry : patch.properties()) {
      String key = entry.getKey();
      JsonNode value = entry.getValue();
      if (value.isNull()) {
        into.remove(key);
      } else if (value instanceof ObjectNode inner) {
        ObjectNode below =
            into.get(key) instanceof ObjectNode before ? before : into.putObject(key);
        merge(below, inner);
      } else {
        into.set(key, value);
      }
    }
  }
}
