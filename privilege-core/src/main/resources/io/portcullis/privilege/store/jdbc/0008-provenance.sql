-- Who granted what and when, and who made a user. No decision rests on it.
ALTER TABLE ${schema}.catalog_grant
  ADD COLUMN granted_by INT,
  ADD COLUMN granted_millis BIGINT;

ALTER TABLE ${schema}.catalog_column_grant
  ADD COLUMN granted_by INT,
  ADD COLUMN granted_millis BIGINT;

ALTER TABLE ${schema}.catalog_role_to_user
  ADD COLUMN granted_by INT,
  ADD COLUMN granted_millis BIGINT;

ALTER TABLE ${schema}.catalog_role_to_role
  ADD COLUMN granted_by INT,
  ADD COLUMN granted_with_role INT,
  ADD COLUMN granted_millis BIGINT;

CREATE TABLE IF NOT EXISTS ${schema}.catalog_user_creator (
  account_id INT NOT NULL,
  user_id INT NOT NULL,
  creator_user_id INT NOT NULL,
  PRIMARY KEY (account_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
