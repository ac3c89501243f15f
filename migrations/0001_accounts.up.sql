-- Accounts, the devices people sign in from, and the refresh tokens of each sign-in.

CREATE TABLE users (
    id            uuid PRIMARY KEY,
    username      text NOT NULL CHECK (username ~ '^[A-Za-z0-9_.]{3,32}$'),
    -- What makes two names the same. Folding is ASCII only (collation "C"), so that it cannot change with the system's locale data.
    username_key  text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(username COLLATE "C")) STORED,
    email         text CHECK (length(email) <= 254),
    email_key     text COLLATE "C" GENERATED ALWAYS AS (lower(email COLLATE "C")) STORED,
    display_name  text CHECK (length(display_name) <= 64),
    password_hash text,  -- argon2id in PHC form; none for people whom the host app signs in
    registration_key uuid,  -- stands for the Idempotency-Key of the request that made the account, so that a retry is known
    created_at    timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);

CREATE UNIQUE INDEX users_username ON users (username_key);
CREATE UNIQUE INDEX users_email ON users (email_key) WHERE email_key IS NOT NULL;

CREATE TABLE devices (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX devices_by_user ON devices (user_id);

-- One sign-in: a family of refresh tokens, each the successor of the one before. Access tokens carry the session's id.
CREATE TABLE sessions (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    device_id  uuid NOT NULL REFERENCES devices ON DELETE CASCADE,
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    revoked_at timestamptz(3),
    revoked_by smallint,  -- 1 logout, 2 a later sign-in on the device, 3 a spent refresh token came back
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);

CREATE INDEX sessions_by_device ON sessions (device_id);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE UNIQUE INDEX sessions_live_by_device ON sessions (device_id) WHERE revoked_at IS NULL;
-- For the processes that ask every second which sessions ended.
CREATE INDEX sessions_by_revocation ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE refresh_tokens (
    hash       bytea PRIMARY KEY CHECK (length(hash) = 32),  -- SHA-256 of the token; the token itself is never stored
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    expires_at timestamptz(3) NOT NULL,
    used_at    timestamptz(3)
);

CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
-- For those who delete what has expired.
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);
