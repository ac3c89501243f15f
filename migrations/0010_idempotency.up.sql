-- What requests that carried an Idempotency-Key were answered, so that a repetition is known and answered alike.

CREATE TABLE idempotency_keys (
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    key          text COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 64),
    request_hash bytea NOT NULL CHECK (length(request_hash) = 32),  -- SHA-256 of method, path and body; of what is no secret in it
    response     bytea,  -- none where the answer has no body, or holds a secret: then it can be made again
    expires_at   timestamptz(3) NOT NULL,
    PRIMARY KEY (user_id, key)
);

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
