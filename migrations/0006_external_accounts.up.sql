-- Accounts of the host app, and the sign-ins that its tokens stand for.

-- The host app's own name for the person; none for accounts that were registered here.
ALTER TABLE users ADD COLUMN external_id text COLLATE "C" CHECK (length(external_id) BETWEEN 1 AND 255);

CREATE UNIQUE INDEX users_external_id ON users (external_id) WHERE external_id IS NOT NULL;

-- When a sign-in by the host app's tokens is forgotten unless it is seen again. None for our own, whose refresh tokens say it.
ALTER TABLE sessions ADD COLUMN expires_at timestamptz(3);

CREATE INDEX sessions_by_expiry ON sessions (expires_at) WHERE expires_at IS NOT NULL;
