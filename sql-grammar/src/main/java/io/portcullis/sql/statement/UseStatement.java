package io.portcullis.sql.statement;

/** {@code USE db}. */
public record UseStatement(String database) implements Statement {}
