-- Conversations, who is in them, their messages, and the log of what changed.
--
-- What every send writes carries no CHECK: PostgreSQL reads one anew for each execution of a statement, which was 7 µs of a single
-- message's 140. And no foreign key where the statement that writes has just looked the other row up.

CREATE TABLE conversations (
    id              uuid PRIMARY KEY,
    pair_low        uuid,  -- the two members of a direct conversation, the smaller id first; also its participants, who have the foreign keys
    pair_high       uuid,
    created_at      timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    -- What a write moves stands together: PostgreSQL logs of an updated row only what lies between the first and the last byte that differ.
    last_seq        bigint NOT NULL DEFAULT 0,  -- of the newest message; dense from 1; a message id has room for 34 bits
    rev             bigint NOT NULL DEFAULT 0,  -- of the newest change that every member may see
    last_message_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),  -- sent_at never falls below it
    members_rev     bigint NOT NULL DEFAULT 1,  -- moves, under the row's lock, whenever who may send or hears changes; processes cache members under it
    kind            smallint NOT NULL DEFAULT 1  -- 1 direct
) WITH (fillfactor = 70);  -- heads move at every message: room for HOT updates on the same page

CREATE UNIQUE INDEX conversations_pair ON conversations (pair_low, pair_high) WHERE kind = 1;

-- A row stays when its member leaves: it bounds what they may still see.
CREATE TABLE participants (
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    user_id         uuid NOT NULL REFERENCES users,
    joined_at       timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    left_rev        bigint,  -- rev of the conversation when they left; none while they are in it
    role            smallint NOT NULL DEFAULT 1,  -- 1 member
    PRIMARY KEY (conversation_id, user_id)
) WITH (fillfactor = 85);

CREATE INDEX participants_by_user ON participants (user_id, conversation_id);

-- No id is stored: it is made of sent_at, seq and the tail of conversation_id (docs/decisions/message-ids.md).
CREATE TABLE messages (
    conversation_id uuid NOT NULL,
    seq             bigint NOT NULL,
    rev             bigint NOT NULL,  -- of the conversation when this message last changed
    sent_at         timestamptz(3) NOT NULL,  -- whole milliseconds, never changed: it is part of the id
    sender_id       uuid NOT NULL,
    dedupe_key      uuid,  -- stands for sender_id and client_msg_id (docs/decisions/batched-write.md); none without client_msg_id
    request_hash    bigint,  -- tells a replay from another body under the same key
    kind            smallint NOT NULL,  -- 1 text
    client_msg_id   text,
    body            text NOT NULL,
    PRIMARY KEY (conversation_id, seq)
);

CREATE UNIQUE INDEX messages_dedupe ON messages (conversation_id, dedupe_key) WHERE dedupe_key IS NOT NULL;

-- One narrow row for each conversation that a transaction touched: catch-up, repair and the outbox read what committed since a snapshot.
CREATE TABLE changes (
    xid             xid8 NOT NULL,
    conversation_id uuid NOT NULL,
    from_seq        bigint NOT NULL,
    to_seq          bigint NOT NULL,
    rev             bigint NOT NULL,
    at              timestamptz(3) NOT NULL
);

CREATE INDEX changes_by_xid ON changes (xid);
