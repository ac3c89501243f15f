DROP FUNCTION mark_receipts;
DROP TYPE mark_result;
DELETE FROM changes WHERE from_seq IS NULL;
ALTER TABLE changes DROP COLUMN user_id, ALTER COLUMN from_seq SET NOT NULL, ALTER COLUMN to_seq SET NOT NULL;
DROP TABLE receipts;
ALTER TABLE users DROP COLUMN read_receipts;
ALTER TABLE participants DROP COLUMN read_seq, DROP COLUMN shared_read_seq, DROP COLUMN delivered_seq, DROP COLUMN rev, DROP COLUMN own_rev;
