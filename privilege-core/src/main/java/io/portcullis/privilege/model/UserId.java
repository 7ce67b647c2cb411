package io.portcullis.privilege.model;

/** A user. */
public record UserId(int value) {}
