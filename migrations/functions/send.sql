-- The write of a message (docs/decisions/batched-write.md). In a VOLATILE PL/pgSQL function every statement takes a snapshot of its own, so
-- what stands after the lock sees all that committed while the lock was waited for.

-- One message, carefully. Outcomes: 0 stored, 1 replay (the answer is the original's), 2 same key with another request, 3 not a participant,
-- 4 the other one has blocked the sender, 5 the sender has blocked the other one.
CREATE OR REPLACE FUNCTION send_message(
    conversation uuid, sender uuid, message_kind smallint, content text, client_id text, key uuid, request bigint
) RETURNS send_result
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    result send_result;
    barrier smallint;
BEGIN
    SELECT 0, c.last_seq + 1, c.rev + 1, greatest(c.last_message_at, clock_timestamp()::timestamptz(3)), c.members_rev
      INTO result
      FROM conversations c WHERE c.id = conversation FOR NO KEY UPDATE;

    INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, dedupe_key, request_hash, kind, client_msg_id, body)
    SELECT conversation, result.seq, result.rev, result.sent_at, sender, key, request, message_kind, client_id, content
     WHERE (SELECT p.left_rev IS NULL AND p.barred = 0 FROM participants p WHERE p.conversation_id = conversation AND p.user_id = sender)
       AND NOT EXISTS (SELECT FROM messages m WHERE m.conversation_id = conversation AND m.dedupe_key = key);

    IF FOUND THEN
        UPDATE conversations c SET last_seq = result.seq, rev = result.rev, last_message_at = result.sent_at WHERE c.id = conversation;
        INSERT INTO changes (xid, conversation_id, from_seq, to_seq, rev, at)
        VALUES (pg_current_xact_id(), conversation, result.seq, result.seq, result.rev, result.sent_at);
        RETURN result;
    END IF;

    SELECT p.barred INTO barrier
      FROM participants p WHERE p.conversation_id = conversation AND p.user_id = sender AND p.left_rev IS NULL;
    IF NOT FOUND THEN
        RETURN (3::smallint, NULL::bigint, NULL::bigint, NULL::timestamptz, NULL::bigint)::send_result;
    END IF;
    -- What was stored before a block is still answered by its original.
    SELECT CASE WHEN m.request_hash = request THEN 1 ELSE 2 END, m.seq, m.rev, m.sent_at, result.members_rev
      INTO result
      FROM messages m WHERE m.conversation_id = conversation AND m.dedupe_key = key;
    IF NOT FOUND THEN
        RETURN (CASE WHEN barrier & 2 <> 0 THEN 5 ELSE 4 END::smallint, NULL::bigint, NULL::bigint, NULL::timestamptz, NULL::bigint)::send_result;
    END IF;
    RETURN result;
END $$;

-- Many messages: entries grouped by conversation, conversations ascending by id and named once, so that every batch locks in the same order.
--
-- First as if nothing will be refused; the first entry that is ends that and undoes it. Then the entries to leave out are found under the locks,
-- the others are written together, and send_message says what became of those left out.
CREATE OR REPLACE FUNCTION send_messages(
    conversation_ids uuid[], counts integer[],  -- each conversation, and how many entries it has
    slots integer[], places integer[],  -- for each entry: which of the conversations, from 1; which of its entries, from 1
    senders uuid[], kinds smallint[], contents text[], client_ids text[], keys uuid[], requests bigint[]
) RETURNS SETOF send_result
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    present timestamptz := clock_timestamp()::timestamptz(3);
    moved uuid[];
    seqs bigint[];  -- of each conversation, before this batch; revs likewise
    revs bigint[];
    instants timestamptz[];
    members_revs bigint[];
    head record;
    stored integer[];  -- which entries were, ascending, and the place of each among the stored of its conversation
    ranks bigint[];
    next integer := 1;
BEGIN
    WITH heads AS (
        UPDATE conversations c
           SET last_seq = c.last_seq + e.count, rev = c.rev + e.count, last_message_at = greatest(c.last_message_at, present)
          FROM (SELECT unnest(conversation_ids) AS id, unnest(counts) AS count) e
         WHERE c.id = ANY (ARRAY[e.id])  -- an equality that cannot be hashed: the rows are locked in the array's order whatever the planner believes
        RETURNING c.id, c.last_seq - e.count AS seq, c.rev - e.count AS rev, c.last_message_at, c.members_rev)
    SELECT array_agg(id), array_agg(seq), array_agg(rev), array_agg(last_message_at), array_agg(h.members_rev)
      INTO moved, seqs, revs, instants, members_revs FROM heads h;
    IF moved IS DISTINCT FROM conversation_ids THEN
        RAISE SQLSTATE 'PY001';
    END IF;

    -- Who may not send becomes a sender that is NULL: not_null_violation. A known key is a unique_violation. Either stops at that entry.
    INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, dedupe_key, request_hash, kind, client_msg_id, body)
    SELECT moved[e.slot], seqs[e.slot] + e.place, revs[e.slot] + e.place, instants[e.slot],
           CASE WHEN (SELECT p.left_rev IS NULL AND p.barred = 0 FROM participants p WHERE p.conversation_id = moved[e.slot] AND p.user_id = e.sender)
                THEN e.sender END,
           e.key, e.request, e.kind, e.client_id, e.content
      FROM (SELECT unnest(slots) AS slot, unnest(places) AS place, unnest(senders) AS sender, unnest(kinds) AS kind, unnest(contents) AS content,
                   unnest(client_ids) AS client_id, unnest(keys) AS key, unnest(requests) AS request) e;

    INSERT INTO changes (xid, conversation_id, from_seq, to_seq, rev, at)
    SELECT pg_current_xact_id(), e.id, e.seq + 1, e.seq + e.count, e.rev + e.count, e.at
      FROM (SELECT unnest(moved) AS id, unnest(counts) AS count, unnest(seqs) AS seq, unnest(revs) AS rev, unnest(instants) AS at) e;

    RETURN QUERY
    SELECT 0::smallint, seqs[e.slot] + e.place, revs[e.slot] + e.place, instants[e.slot], members_revs[e.slot]
      FROM (SELECT unnest(slots) AS slot, unnest(places) AS place) e;
EXCEPTION WHEN unique_violation OR not_null_violation OR SQLSTATE 'PY001' THEN
    -- The locks went with what was undone. A conversation that does not exist leaves its slot NULL.
    seqs := NULL;
    revs := NULL;
    instants := NULL;
    members_revs := NULL;
    FOR head IN
        SELECT e.slot, c.last_seq, c.rev, greatest(c.last_message_at, present) AS at, c.members_rev
          FROM (SELECT unnest(conversation_ids) AS id, generate_subscripts(conversation_ids, 1) AS slot) e, conversations c
         WHERE c.id = ANY (ARRAY[e.id])
           FOR NO KEY UPDATE OF c
    LOOP
        seqs[head.slot] := head.last_seq;
        revs[head.slot] := head.rev;
        instants[head.slot] := head.at;
        members_revs[head.slot] := head.members_rev;
    END LOOP;

    -- Subselects, not joins: a plan that reads all messages must be out of the question.
    WITH entry AS (
        SELECT e.*, row_number() OVER (PARTITION BY e.slot, e.key ORDER BY e.place) AS copy
          FROM (SELECT generate_subscripts(slots, 1) AS number, unnest(slots) AS slot, unnest(places) AS place, unnest(senders) AS sender,
                       unnest(kinds) AS kind, unnest(contents) AS content, unnest(client_ids) AS client_id, unnest(keys) AS key,
                       unnest(requests) AS request) e
         WHERE (SELECT p.left_rev IS NULL AND p.barred = 0
                  FROM participants p WHERE p.conversation_id = conversation_ids[e.slot] AND p.user_id = e.sender)
           AND (SELECT m.seq FROM messages m WHERE m.conversation_id = conversation_ids[e.slot] AND m.dedupe_key = e.key) IS NULL),
    fresh AS MATERIALIZED (
        SELECT e.*, row_number() OVER (PARTITION BY e.slot ORDER BY e.place) AS rank FROM entry e WHERE e.copy = 1 OR e.key IS NULL),
    written AS (
        INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, dedupe_key, request_hash, kind, client_msg_id, body)
        SELECT conversation_ids[f.slot], seqs[f.slot] + f.rank, revs[f.slot] + f.rank, instants[f.slot], f.sender, f.key, f.request, f.kind,
               f.client_id, f.content
          FROM fresh f),
    span AS (SELECT f.slot, count(*) AS count FROM fresh f GROUP BY f.slot),
    heads AS (
        UPDATE conversations c SET last_seq = c.last_seq + s.count, rev = c.rev + s.count, last_message_at = instants[s.slot]
          FROM span s WHERE c.id = conversation_ids[s.slot]),
    logged AS (
        INSERT INTO changes (xid, conversation_id, from_seq, to_seq, rev, at)
        SELECT pg_current_xact_id(), conversation_ids[s.slot], seqs[s.slot] + 1, seqs[s.slot] + s.count, revs[s.slot] + s.count, instants[s.slot]
          FROM span s)
    SELECT array_agg(f.number ORDER BY f.number), array_agg(f.rank ORDER BY f.number) INTO stored, ranks FROM fresh f;

    FOR i IN 1 .. cardinality(slots) LOOP
        IF stored[next] = i THEN
            RETURN NEXT (0::smallint, seqs[slots[i]] + ranks[next], revs[slots[i]] + ranks[next], instants[slots[i]], members_revs[slots[i]])::send_result;
            next := next + 1;
        ELSE
            RETURN NEXT send_message(conversation_ids[slots[i]], senders[i], kinds[i], contents[i], client_ids[i], keys[i], requests[i]);
        END IF;
    END LOOP;
END $$;
