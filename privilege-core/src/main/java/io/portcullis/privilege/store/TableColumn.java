package io.portcullis.privilege.store;

/**
 * A column as the backend has it.
 *
 * @param invisible not part of {@code *}
 */
public record TableColumn(String name, boolean invisible) {}
