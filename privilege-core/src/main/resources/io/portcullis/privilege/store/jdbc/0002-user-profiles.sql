-- What is known of a user besides the login; a user without a row has nothing of it.
-- default_secondary: * for all roles, else ids with commas between them.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_user_profile (
  account_id INT NOT NULL,
  user_id INT NOT NULL,
  default_secondary TEXT NOT NULL,
  attributes MEDIUMTEXT NOT NULL,
  PRIMARY KEY (account_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- No decision rests on it: written without an epoch.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_login (
  account_id INT NOT NULL,
  user_id INT NOT NULL,
  last_login_millis BIGINT NOT NULL,
  PRIMARY KEY (account_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Roles that hold what is granted to one user directly; their names are in nobody's way.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_private_role (
  account_id INT NOT NULL,
  role_id INT NOT NULL,
  user_id INT NOT NULL,
  PRIMARY KEY (account_id, role_id),
  UNIQUE KEY (account_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
