package io.portcullis.sql.text;

/** Which family of servers the backend belongs to; their lexical rules and scopes differ. */
public enum ServerFlavour {
  MYSQL,
  MARIADB
}
