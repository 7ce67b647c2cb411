-- The catalog: who may what. Written by the gate only; every commit raises the epoch by one.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_state (
  account_id INT NOT NULL,
  epoch BIGINT NOT NULL,
  last_user_id INT NOT NULL,
  last_role_id INT NOT NULL,
  last_database_id BIGINT NOT NULL,
  last_relation_id BIGINT NOT NULL,
  PRIMARY KEY (account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS ${schema}.catalog_user (
  account_id INT NOT NULL,
  user_id INT NOT NULL,
  name VARCHAR(255) NOT NULL,
  name_key VARCHAR(255) NOT NULL,
  host VARCHAR(255) NOT NULL,
  caching_sha2 VARCHAR(255) NOT NULL,
  native_password VARCHAR(255) NOT NULL,
  default_role_id INT NOT NULL,
  owner_role_id INT NOT NULL,
  locked TINYINT NOT NULL,
  comment TEXT,
  created_millis BIGINT NOT NULL,
  PRIMARY KEY (account_id, user_id),
  UNIQUE KEY (account_id, name_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS ${schema}.catalog_role (
  account_id INT NOT NULL,
  role_id INT NOT NULL,
  name VARCHAR(255) NOT NULL,
  name_key VARCHAR(255) NOT NULL,
  creator_user_id INT,
  owner_role_id INT NOT NULL,
  comment TEXT,
  created_millis BIGINT NOT NULL,
  PRIMARY KEY (account_id, role_id),
  UNIQUE KEY (account_id, name_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS ${schema}.catalog_role_to_user (
  account_id INT NOT NULL,
  role_id INT NOT NULL,
  user_id INT NOT NULL,
  grant_option TINYINT NOT NULL,
  PRIMARY KEY (account_id, user_id, role_id),
  KEY (account_id, role_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS ${schema}.catalog_role_to_role (
  account_id INT NOT NULL,
  granted_role_id INT NOT NULL,
  grantee_role_id INT NOT NULL,
  grant_option TINYINT NOT NULL,
  PRIMARY KEY (account_id, grantee_role_id, granted_role_id),
  KEY (account_id, granted_role_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- level_code: 0 account, 1 every database, 2 a database, 3 every relation, 4 relations of a database,
-- 5 a relation; object_id: the database or relation, else 0; kind_code: 0 none, 1 table, 2 view.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_grant (
  account_id INT NOT NULL,
  role_id INT NOT NULL,
  privilege_code SMALLINT NOT NULL,
  level_code TINYINT NOT NULL,
  object_id BIGINT NOT NULL,
  kind_code TINYINT NOT NULL,
  grant_option TINYINT NOT NULL,
  PRIMARY KEY (account_id, role_id, level_code, object_id, kind_code, privilege_code),
  KEY (account_id, level_code, object_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS ${schema}.catalog_database (
  account_id INT NOT NULL,
  database_id BIGINT NOT NULL,
  name VARCHAR(64) NOT NULL,
  owner_role_id INT NOT NULL,
  PRIMARY KEY (account_id, database_id),
  UNIQUE KEY (account_id, name),
  KEY (account_id, owner_role_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS ${schema}.catalog_relation (
  account_id INT NOT NULL,
  relation_id BIGINT NOT NULL,
  database_id BIGINT NOT NULL,
  name VARCHAR(64) NOT NULL,
  kind_code TINYINT NOT NULL,
  owner_role_id INT NOT NULL,
  PRIMARY KEY (account_id, relation_id),
  UNIQUE KEY (account_id, database_id, name),
  KEY (account_id, owner_role_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT IGNORE INTO ${schema}.catalog_state
  (account_id, epoch, last_user_id, last_role_id, last_database_id, last_relation_id)
  VALUES (0, 0, 0, 2, 0, 0);
