WITH head AS (
    UPDATE conversations c
       SET last_seq = c.last_seq + e.n, rev = c.rev + e.n, last_message_at = greatest(c.last_message_at, clock_timestamp()::timestamptz(3))
      FROM (SELECT unnest(:conversations) AS id, unnest(:counts) AS n, unnest(:members_revs) AS members_rev, unnest(:conversation_slots) AS slot) e
     WHERE c.id = ANY (ARRAY[e.id]) AND c.members_rev = e.members_rev
    RETURNING e.slot, c.id, e.n, c.last_seq, c.rev, c.last_message_at),
logged AS (
    INSERT INTO changes (xid, conversation_id, from_seq, to_seq, rev, at)
    SELECT pg_current_xact_id(), h.id, h.last_seq - h.n + 1, h.last_seq, h.rev, h.last_message_at FROM head h),
stored AS (
    INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, dedupe_key, request_hash, kind, client_msg_id, body)
    SELECT h.id, h.last_seq - h.n + e.place, h.rev - h.n + e.place, h.last_message_at,
           (SELECT p.user_id FROM participants p WHERE p.conversation_id = h.id AND p.user_id = e.sender AND p.left_rev IS NULL),
           e.key, e.hash, e.kind, e.client_msg_id, e.body
      FROM (SELECT unnest(:slots) AS slot, unnest(:places) AS place, unnest(:senders) AS sender, unnest(:keys) AS key, unnest(:hashes) AS hash,
                   unnest(:kinds) AS kind, unnest(:client_msg_ids) AS client_msg_id, unnest(:bodies) AS body) e
      JOIN head h ON h.slot = e.slot)
SELECT slot, last_seq, rev, last_message_at FROM head
;;
