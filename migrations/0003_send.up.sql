-- The write of a message (docs/decisions/batched-write.md). In a VOLATILE PL/pgSQL function every statement takes a snapshot of its own, so
-- what stands after the lock sees all that committed while the lock was waited for.

CREATE TYPE send_result AS (
    outcome     smallint,  -- 0 stored, 1 replay (the answer is the original's), 2 same key with another request, 3 not a participant
    seq         bigint,
    rev         bigint,  -- as the event of this message carries it; its prev_rev is rev - 1
    sent_at     timestamptz,
    members_rev bigint
);

-- One message, carefully.
CREATE FUNCTION send_message(
    conversation uuid, sender uuid, message_kind smallint, content text, client_id text, key uuid, request bigint
) RETURNS send_result
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    result send_result;
BEGIN
    SELECT 0, c.last_seq + 1, c.rev + 1, greatest(c.last_message_at, clock_timestamp()::timestamptz(3)), c.members_rev
      INTO result
      FROM conversations c WHERE c.id = conversation FOR NO KEY UPDATE;

    INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, dedupe_key, request_hash, kind, client_msg_id, body)
    SELECT conversation, result.seq, result.rev, result.sent_at, sender, key, request, message_kind, client_id, content
     WHERE (SELECT p.left_rev IS NULL FROM participants p WHERE p.conversation_id = conversation AND p.user_id = sender)
       AND NOT EXISTS (SELECT FROM messages m WHERE m.conversation_id = conversation AND m.dedupe_key = key);

    IF FOUND THEN
        UPDATE conversations c SET last_seq = result.seq, rev = result.rev, last_message_at = result.sent_at WHERE c.id = conversation;
        INSERT INTO changes (xid, conversation_id, from_seq, to_seq, rev, at)
        VALUES (pg_current_xact_id(), conversation, result.seq, result.seq, result.rev, result.sent_at);
        RETURN result;
    END IF;

    PERFORM FROM participants p WHERE p.conversation_id = conversation AND p.user_id = sender AND p.left_rev IS NULL;
    IF NOT FOUND THEN
        RETURN (3::smallint, NULL::bigint, NULL::bigint, NULL::timestamptz, NULL::bigint)::send_result;
    END IF;
    SELECT CASE WHEN m.request_hash = request THEN 1 ELSE 2 END, m.seq, m.rev, m.sent_at, result.members_rev
      INTO result
      FROM messages m WHERE m.conversation_id = conversation AND m.dedupe_key = key;
    RETURN result;
END $$;

-- Many messages: entries grouped by conversation, conversations ascending by id and named once, so that every batch locks in the same order.
-- First as if nothing will be refused; if something is, all of that is undone and the entries go one by one.
CREATE FUNCTION send_messages(
    conversation_ids uuid[], counts integer[],  -- each conversation, and how many entries it has
    slots integer[], places integer[],  -- for each entry: which of the conversations, from 1; which of its entries, from 1
    senders uuid[], kinds smallint[], contents text[], client_ids text[], keys uuid[], requests bigint[]
) RETURNS SETOF send_result
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    present timestamptz := clock_timestamp()::timestamptz(3);
    moved uuid[];
    seqs bigint[];
    revs bigint[];
    instants timestamptz[];
    members_revs bigint[];
    stored bigint;
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

    INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, dedupe_key, request_hash, kind, client_msg_id, body)
    SELECT moved[e.slot], seqs[e.slot] + e.place, revs[e.slot] + e.place, instants[e.slot], e.sender, e.key, e.request, e.kind, e.client_id, e.content
      FROM (SELECT unnest(slots) AS slot, unnest(places) AS place, unnest(senders) AS sender, unnest(kinds) AS kind, unnest(contents) AS content,
                   unnest(client_ids) AS client_id, unnest(keys) AS key, unnest(requests) AS request) e
     WHERE (SELECT p.left_rev IS NULL FROM participants p WHERE p.conversation_id = moved[e.slot] AND p.user_id = e.sender);
    GET DIAGNOSTICS stored = ROW_COUNT;
    IF stored <> cardinality(slots) THEN
        RAISE SQLSTATE 'PY001';
    END IF;

    INSERT INTO changes (xid, conversation_id, from_seq, to_seq, rev, at)
    SELECT pg_current_xact_id(), e.id, e.seq + 1, e.seq + e.count, e.rev + e.count, e.at
      FROM (SELECT unnest(moved) AS id, unnest(counts) AS count, unnest(seqs) AS seq, unnest(revs) AS rev, unnest(instants) AS at) e;

    RETURN QUERY
    SELECT 0::smallint, seqs[e.slot] + e.place, revs[e.slot] + e.place, instants[e.slot], members_revs[e.slot]
      FROM (SELECT unnest(slots) AS slot, unnest(places) AS place) e;
EXCEPTION WHEN unique_violation OR SQLSTATE 'PY001' THEN
    FOR i IN 1 .. cardinality(slots) LOOP
        RETURN NEXT send_message(conversation_ids[slots[i]], senders[i], kinds[i], contents[i], client_ids[i], keys[i], requests[i]);
    END LOOP;
END $$;
