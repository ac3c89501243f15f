DROP TABLE socket_tickets;
ALTER TABLE devices DROP COLUMN name, DROP COLUMN last_seen_at;
