-- What roles show of the rows of tables. column_name is empty for a rule, whose query is the definition;
-- of a restriction the definition is its values, each a line: n and a number, or s and a string in which
-- a backslash stands before n for a line feed, and before a backslash.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_row_policy (
  account_id INT NOT NULL,
  role_id INT NOT NULL,
  relation_id BIGINT NOT NULL,
  column_name VARCHAR(64) NOT NULL,
  definition MEDIUMTEXT NOT NULL,
  PRIMARY KEY (account_id, role_id, relation_id, column_name),
  KEY (account_id, relation_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Columns of a table that are levels of one thing; column_names has one in each line.
CREATE TABLE IF NOT EXISTS ${schema}.catalog_hierarchy (
  account_id INT NOT NULL,
  relation_id BIGINT NOT NULL,
  name VARCHAR(64) NOT NULL,
  column_names TEXT NOT NULL,
  PRIMARY KEY (account_id, relation_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
