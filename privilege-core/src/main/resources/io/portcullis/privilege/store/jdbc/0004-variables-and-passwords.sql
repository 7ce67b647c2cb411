-- The gate's own variables, where an account has another value than the default.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_variable (
  account_id INT NOT NULL,
  name VARCHAR(64) NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Passwords and locks of a user; one without a row has a password as old as the user, and no rules or lock of its own.
-- NULL: as the account's variables say. lifetime_days 0: never expires. lock_days -1: until it is unlocked.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_user_security (
  account_id INT NOT NULL,
  user_id INT NOT NULL,
  password_changed_millis BIGINT NOT NULL,
  must_change TINYINT NOT NULL,
  lifetime_days INT,
  history BIGINT,
  reuse_days BIGINT,
  require_current TINYINT,
  failed_attempts INT,
  lock_days INT,
  lock_reason TEXT,
  locked_millis BIGINT,
  locked_until_millis BIGINT,
  PRIMARY KEY (account_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Earlier passwords that a rule may still need; position 0 is the newest.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_former_password (
  account_id INT NOT NULL,
  user_id INT NOT NULL,
  position INT NOT NULL,
  caching_sha2 VARCHAR(255) NOT NULL,
  native_password VARCHAR(255) NOT NULL,
  set_millis BIGINT NOT NULL,
  PRIMARY KEY (account_id, user_id, position)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Failed logins since the last right one: written without an epoch.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_failed_login (
  user_id INT NOT NULL,
  attempts INT NOT NULL,
  locked_since_millis BIGINT,
  PRIMARY KEY (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
