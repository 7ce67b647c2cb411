-- Where users have logged in from last; NULL for what is older.
ALTER TABLE ${schema}.catalog_login ADD COLUMN last_host VARCHAR(100) NULL;
