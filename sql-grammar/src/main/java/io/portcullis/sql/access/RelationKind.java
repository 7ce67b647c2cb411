package io.portcullis.sql.access;

/** Table grants never cover views and view grants never cover tables (PM 3.1). */
public enum RelationKind {
  TABLE,
  VIEW
}
