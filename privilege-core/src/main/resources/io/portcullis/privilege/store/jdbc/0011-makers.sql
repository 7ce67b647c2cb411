-- Who made a table, view or program, and when: not of those made before, or behind the gate.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_relation_maker (
  account_id INT NOT NULL,
  relation_id BIGINT NOT NULL,
  maker_user_id INT,
  made_millis BIGINT NOT NULL,
  PRIMARY KEY (account_id, relation_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
