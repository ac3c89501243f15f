SELECT FROM conversations WHERE id = ANY (:conversations) ORDER BY id FOR NO KEY UPDATE
;;
WITH entry AS MATERIALIZED (
    SELECT e.*, (SELECT p.left_rev IS NULL FROM participants p WHERE p.conversation_id = e.conversation AND p.user_id = e.sender) AS is_member, old.seq AS old_seq
      FROM (SELECT (:conversations)[unnest(:slots)] AS conversation, unnest(:places) AS place, unnest(:senders) AS sender, unnest(:keys) AS key,
                   unnest(:hashes) AS hash, unnest(:kinds) AS kind, unnest(:client_msg_ids) AS client_msg_id, unnest(:bodies) AS body) e
      LEFT JOIN LATERAL (SELECT m.seq FROM messages m WHERE m.conversation_id = e.conversation AND m.dedupe_key = e.key OFFSET 0) old ON true),
head AS (
    SELECT c.id, c.last_seq, c.rev, c.members_rev, greatest(c.last_message_at, clock_timestamp()::timestamptz(3)) AS at
      FROM conversations c WHERE c.id = ANY (:conversations)),
fresh AS (
    SELECT e.*, h.last_seq + row_number() OVER w AS seq, h.rev + row_number() OVER w AS rev, h.at
      FROM entry e JOIN head h ON h.id = e.conversation
     WHERE e.is_member AND e.old_seq IS NULL WINDOW w AS (PARTITION BY e.conversation ORDER BY e.place)),
stored AS (
    INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, dedupe_key, request_hash, kind, client_msg_id, body)
    SELECT conversation, seq, rev, at, sender, key, hash, kind, client_msg_id, body FROM fresh),
span AS (SELECT conversation, min(seq) AS low, max(seq) AS high, max(rev) AS rev, max(at) AS at FROM fresh GROUP BY conversation),
moved AS (UPDATE conversations c SET last_seq = s.high, rev = s.rev, last_message_at = s.at FROM span s WHERE c.id = s.conversation),
logged AS (
    INSERT INTO changes (xid, conversation_id, from_seq, to_seq, rev, at)
    SELECT pg_current_xact_id(), conversation, low, high, rev, at FROM span)
SELECT e.conversation, e.place, f.seq, f.rev, f.at, h.members_rev
  FROM entry e LEFT JOIN fresh f USING (conversation, place) LEFT JOIN head h ON h.id = e.conversation
;;
