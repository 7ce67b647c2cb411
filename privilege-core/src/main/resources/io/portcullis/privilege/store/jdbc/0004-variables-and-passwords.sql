-- The gate's own variables, where an account has another value than the default.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_variable (
  account_id INT NOT NULL,
  name VARCHAR(64) NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
