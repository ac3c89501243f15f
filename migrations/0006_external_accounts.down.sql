ALTER TABLE sessions DROP COLUMN expires_at;
ALTER TABLE users DROP COLUMN external_id;
