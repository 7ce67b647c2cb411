-- Accounts besides sys, which is always there. status_code: 0 open, 1 suspended, 2 restricted.
-- sealed_password is encrypted with the key of the configuration.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_account (
  account_id INT NOT NULL,
  name VARCHAR(255) NOT NULL,
  name_key VARCHAR(255) NOT NULL,
  admin_name VARCHAR(255) NOT NULL,
  status_code TINYINT NOT NULL,
  comment TEXT,
  created_millis BIGINT NOT NULL,
  suspended_millis BIGINT,
  login_user VARCHAR(255),
  sealed_password TEXT,
  PRIMARY KEY (account_id),
  UNIQUE KEY (name_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Ids of accounts are not used again: those of their roles follow from them.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_account_ids (
  account_id INT NOT NULL,
  last_account_id INT NOT NULL,
  PRIMARY KEY (account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT IGNORE INTO ${schema}.catalog_account_ids (account_id, last_account_id) VALUES (0, 0);
