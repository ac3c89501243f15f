DROP FUNCTION IF EXISTS set_blocks, set_follows;
DROP TYPE relation_result;
DROP TRIGGER users_names ON users;
DROP FUNCTION index_user_names, search_names;
DROP TABLE user_names;
DROP FUNCTION search_key, lock_pair, are_blocked, bars;
ALTER TABLE participants DROP COLUMN barred;
DROP TABLE blocks;
DROP TABLE follows;
