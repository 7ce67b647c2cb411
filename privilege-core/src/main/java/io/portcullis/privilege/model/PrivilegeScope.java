package io.portcullis.privilege.model;

/** What kind of object a privilege is about (PM 3.2). */
public enum PrivilegeScope {
  ACCOUNT,
  DATABASE,
  /** Tables and views alike; a grant names one of the two object types. */
  RELATION
}
