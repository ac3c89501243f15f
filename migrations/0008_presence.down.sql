ALTER TABLE users RESET (fillfactor);
ALTER TABLE users DROP COLUMN show_typing, DROP COLUMN show_last_seen, DROP COLUMN last_seen_at;
