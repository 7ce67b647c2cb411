package io.portcullis.sql.parser;

import java.util.Locale;
import java.util.Optional;

/**
 * What {@code @@[scope.]name} names.
 *
 * @param global whether the scope is GLOBAL
 * @param session whether the scope is SESSION or LOCAL
 */
public record SystemVariableName(String name, boolean global, boolean session) {

  /**
   * @param written what is behind the {@code @@}, without quotes
   * @return empty where the scope is one of those that only SET knows
   */
  public static Optional<SystemVariableName> of(String written) {
    int dot = written.indexOf('.');
    String scope = dot < 0 ? "" : written.substring(0, dot).strip().toUpperCase(Locale.ROOT);
    String rest = written.substring(dot + 1).strip();
    return switch (scope) {
      case "GLOBAL" -> Optional.of(new SystemVariableName(rest, true, false));
      case "SESSION", "LOCAL" -> Optional.of(new SystemVariableName(rest, false, true));
      case "PERSIST", "PERSIST_ONLY" -> Optional.empty();
      default -> Optional.of(new SystemVariableName(written.strip(), false, false));
    };
  }
}
