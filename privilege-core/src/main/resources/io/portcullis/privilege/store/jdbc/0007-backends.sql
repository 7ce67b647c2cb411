-- Where accounts live; one without a row lives on the main backend.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_account_backend (
  account_id INT NOT NULL,
  backend VARCHAR(64) NOT NULL,
  PRIMARY KEY (account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Logins of single users at a backend. sealed_password is encrypted with the key of the configuration.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_user_mapping (
  account_id INT NOT NULL,
  user_id INT NOT NULL,
  backend VARCHAR(64) NOT NULL,
  login_user VARCHAR(255) NOT NULL,
  sealed_password TEXT NOT NULL,
  PRIMARY KEY (account_id, user_id, backend)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
