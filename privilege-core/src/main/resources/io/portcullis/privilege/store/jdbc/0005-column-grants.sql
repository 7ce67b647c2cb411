-- Grants on single columns. column_name: in lower case as far as it is ASCII; names have 64
-- characters at most. kind_code as in catalog_grant.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_column_grant (
  account_id INT NOT NULL,
  role_id INT NOT NULL,
  privilege_code SMALLINT NOT NULL,
  relation_id BIGINT NOT NULL,
  kind_code TINYINT NOT NULL,
  column_name VARCHAR(64) NOT NULL,
  grant_option TINYINT NOT NULL,
  PRIMARY KEY (account_id, role_id, relation_id, kind_code, privilege_code, column_name),
  KEY (account_id, relation_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
