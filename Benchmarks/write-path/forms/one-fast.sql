WITH head AS (
    UPDATE conversations c
       SET last_seq = c.last_seq + 1, rev = c.rev + 1, last_message_at = greatest(c.last_message_at, clock_timestamp()::timestamptz(3))
      FROM participants p
     WHERE c.id = :one_conversation AND c.members_rev = :one_members_rev
       AND p.conversation_id = :one_conversation AND p.user_id = :one_sender AND p.left_rev IS NULL
    RETURNING c.last_seq, c.rev, c.last_message_at, c.members_rev),
stored AS (
    INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, dedupe_key, request_hash, kind, client_msg_id, body)
    SELECT :one_conversation, h.last_seq, h.rev, h.last_message_at, :one_sender, :one_key, :one_hash, :one_kind, :one_client_msg_id, :one_body FROM head h),
logged AS (
    INSERT INTO changes (xid, conversation_id, from_seq, to_seq, rev, at)
    SELECT pg_current_xact_id(), :one_conversation, h.last_seq, h.last_seq, h.rev, h.last_message_at FROM head h)
SELECT 0::smallint AS outcome, last_seq AS seq, rev, last_message_at AS sent_at, members_rev FROM head
;;each
