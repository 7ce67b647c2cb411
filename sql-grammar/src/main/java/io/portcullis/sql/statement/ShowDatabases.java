package io.portcullis.sql.statement;

import java.util.Optional;

/**
 * {@code SHOW DATABASES | SCHEMAS [LIKE 'pattern']}: rows are those the session may know of (PM row
 * 37).
 */
public record ShowDatabases(Optional<String> like) implements Statement {}
