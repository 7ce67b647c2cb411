-- Stored programs, beside catalog_relation, with which they share ids but not names.
-- kind_code: 3 function, 4 procedure, 5 trigger, 6 event; the first two also in catalog_grant.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_program (
  account_id INT NOT NULL,
  relation_id BIGINT NOT NULL,
  database_id BIGINT NOT NULL,
  name VARCHAR(64) NOT NULL,
  kind_code TINYINT NOT NULL,
  owner_role_id INT NOT NULL,
  PRIMARY KEY (account_id, relation_id),
  UNIQUE KEY (account_id, database_id, kind_code, name),
  KEY (account_id, owner_role_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
