-- What people know their devices by, and one-time tickets for sockets that can bring no token.

ALTER TABLE devices
    ADD COLUMN name text CHECK (length(name) <= 64),
    ADD COLUMN last_seen_at timestamptz(3) NOT NULL DEFAULT clock_timestamp();  -- of the last sign-in or refresh: right to the life of an access token

CREATE TABLE socket_tickets (
    hash            bytea PRIMARY KEY CHECK (length(hash) = 32),  -- SHA-256 of the ticket, which is never stored
    session_id      uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    socket_until    timestamptz(3) NOT NULL,  -- how long a socket may stay that it opens: as long as the token that asked for it is good
    expires_at      timestamptz(3) NOT NULL
);

CREATE INDEX socket_tickets_by_session ON socket_tickets (session_id);
CREATE INDEX socket_tickets_by_expiry ON socket_tickets (expires_at);
