package io.portcullis.privilege.model;

/** What kind of object a privilege is about (PM 3.2). */
public enum PrivilegeScope {
  ACCOUNT,
  DATABASE,
  /** Tables, views and routines alike; a grant names one of the object types. */
  RELATION
}
