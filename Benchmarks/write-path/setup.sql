-- A migrated database filled for measuring: 10,000 people, 5,000 direct conversations of 200 messages (one million), one of them with 10,000; somebody with 1,000 conversations.
\set ON_ERROR_STOP on
BEGIN;

-- A random UUID in version 7's form of the given instant.
CREATE FUNCTION pg_temp.uuid7(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM at) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;

CREATE TEMPORARY TABLE people AS
    SELECT n, pg_temp.uuid7(now() - interval '100 days' + n * interval '10 seconds') AS id FROM generate_series(1, 10000) n;
INSERT INTO users (id, username, display_name) SELECT id, 'user.' || n, 'User ' || n FROM people;

INSERT INTO conversations (id, pair_low, pair_high, created_at, last_seq, rev, last_message_at)
    SELECT pg_temp.uuid7(now() - interval '90 days' + g * interval '1 minute'), least(a.id, b.id), greatest(a.id, b.id),
           now() - interval '90 days' + g * interval '1 minute', 200, 200, now() - interval '1 hour'
      FROM generate_series(1, 5000) g JOIN people a ON a.n = g JOIN people b ON b.n = g + 5000;
INSERT INTO participants (conversation_id, user_id, joined_at)
    SELECT id, unnest(ARRAY[pair_low, pair_high]), created_at FROM conversations ORDER BY id;

-- In the order in which messages would have come: the conversations of an hour beside each other.
INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, dedupe_key, request_hash, kind, client_msg_id, body)
    SELECT c.id, s, s, now() - interval '89 days' + s * interval '10 minutes', CASE WHEN s % 2 = 0 THEN c.pair_low ELSE c.pair_high END,
           gen_random_uuid(), s, 1, gen_random_uuid()::text, left(repeat('some words of a message ', 4), 40 + s % 40)
      FROM generate_series(1, 200) s CROSS JOIN conversations c;

-- The pairs that the benchmark writes to, spread over the whole.
CREATE TABLE bench_pairs AS SELECT id, pair_low, pair_high FROM conversations ORDER BY md5(id::text) LIMIT 200;

-- What the cheapest transaction costs: one row, no index.
CREATE TABLE bench_floor (conversation uuid, number bigint, body text);

-- A long conversation.
CREATE TABLE bench_long AS SELECT id, pair_low, pair_high FROM conversations WHERE id NOT IN (SELECT id FROM bench_pairs) LIMIT 1;
INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, dedupe_key, request_hash, kind, client_msg_id, body)
    SELECT c.id, s, s, now() - interval '40 days' + s * interval '1 minute', CASE WHEN s % 2 = 0 THEN c.pair_low ELSE c.pair_high END,
           gen_random_uuid(), s, 1, gen_random_uuid()::text, left(repeat('some words of a message ', 4), 40 + s % 40)
      FROM generate_series(201, 10000) s CROSS JOIN bench_long c;
UPDATE conversations SET last_seq = 10000, rev = 10000 WHERE id = (SELECT id FROM bench_long);

-- Somebody with 1,000 conversations, each with a message or more.
CREATE TABLE bench_busy AS SELECT id FROM people WHERE n = 5000;
WITH peers AS (SELECT n, p.id, b.id AS busy, pg_temp.uuid7(now() - interval '50 days' + n * interval '7 minutes') AS conversation FROM people p, bench_busy b WHERE n <= 999),
made AS (
    INSERT INTO conversations (id, pair_low, pair_high, created_at, last_seq, rev, last_message_at)
    SELECT conversation, least(id, busy), greatest(id, busy), now() - interval '50 days', 3, 3, now() - interval '30 days' + (n * 7919 % 40000) * interval '1 minute' FROM peers),
members AS (INSERT INTO participants (conversation_id, user_id) SELECT conversation, unnest(ARRAY[id, busy]) FROM peers)
INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, kind, body)
    SELECT conversation, s, s, now() - interval '30 days' + (n * 7919 % 40000) * interval '1 minute' - (3 - s) * interval '1 second', id, 1, 'hello there' FROM peers, generate_series(1, 3) s;
COMMIT;
VACUUM ANALYZE;
CHECKPOINT;
